/**
 * The command line of the Windows helper for a confinement. Pure. The helper confines
 * writes by a restricted token; it cannot keep a command from the network and hides no
 * file, so a policy that needs either is refused instead of half kept.
 *
 * Nothing here has run on Windows; `choose.ts` refuses there until it has.
 */
import type { Confinement } from "../policy.ts";

export type WindowsPlan =
  | { readonly kind: "ok"; readonly argv: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * The helper's command line.
 *
 * @param capability the SID that stands for this policy, from `capabilitySid`
 */
export function windowsHelperArgv(
  helper: string,
  capability: string,
  confinement: Confinement,
  argv: readonly string[],
): WindowsPlan {
  if (confinement.network === "none") {
    return refused("a restricted token cannot close the network");
  }
  if (confinement.hidden.length > 0) {
    return refused("a restricted token cannot hide files");
  }
  const roots = confinement.writableRoots;
  return {
    kind: "ok",
    argv: [
      helper,
      "--capability",
      capability,
      ...roots.flatMap((root) => ["--root", root.path]),
      ...roots.flatMap((root) =>
        root.protected.flatMap((path) => ["--closed", path])
      ),
      "--",
      windowsCommandLine(argv),
    ],
  };
}

/**
 * A SID nobody else has, made of sixteen bytes: the capability of one policy.
 * `S-1-5-21` is the form of a domain's accounts ([MS-DTYP] 2.4.2).
 */
export function capabilitySid(bytes: Uint8Array): string {
  if (bytes.length < 16) throw new Error("A SID needs sixteen bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const parts = [0, 4, 8, 12].map((offset) => view.getUint32(offset));
  return `S-1-5-21-${parts.join("-")}`;
}

/** One command line that `CommandLineToArgvW` splits into these arguments again. */
export function windowsCommandLine(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(" ");
}

/**
 * Backslashes count only before a quote: there, and before the closing one, each is
 * doubled, and a quote of the argument gets one more.
 */
function quoteArgument(argument: string): string {
  if (argument !== "" && !/[\s"]/.test(argument)) return argument;
  const escaped = argument.replace(
    /(\\*)("|$)/g,
    (_, slashes: string, quote: string) =>
      slashes + slashes + (quote === '"' ? '\\"' : ""),
  );
  return `"${escaped}"`;
}

function refused(reason: string): WindowsPlan {
  return { kind: "refused", reason };
}
