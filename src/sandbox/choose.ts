/**
 * Decides once how this process confines commands: the strongest mechanism that
 * works here, or the reasons why none does.
 */
import type {
  FileSystem,
  HostInfo,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { tryBwrap } from "./linux/bwrap_mechanism.ts";
import { tryHelper } from "./linux/helper_mechanism.ts";
import { tryLandlock } from "./linux/landlock.ts";
import { type Libc, openLibc } from "./linux/libc.ts";
import { type Architecture, architectureOf } from "./linux/syscalls.ts";
import { trySeatbelt } from "./macos/mechanism.ts";
import type { Attempt, Mechanism } from "./mechanism.ts";
import type { SandboxStatus } from "./sandbox.ts";

/** The steps, strongest first. A compiler is used only when bubblewrap is no help. */
const STEPS = [
  "helper",
  "bwrap",
  "built-helper",
  "helper-landlock",
  "landlock",
] as const;
type Step = typeof STEPS[number] | "landlock-strict";

/** What `CODEX_SANDBOX_MECHANISM` may name. Every one of them confines. */
const CHOICES: Readonly<Record<string, readonly Step[]>> = {
  "helper": ["helper", "built-helper"],
  "bwrap": ["bwrap"],
  "helper-landlock": ["helper-landlock"],
  "landlock": ["landlock"],
  "landlock-strict": ["landlock-strict"],
};

export interface ChooseDeps {
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly host: Pick<HostInfo, "os" | "arch" | "uid" | "pid">;
  readonly codexHome: string;
  /**
   * Value of `CODEX_SANDBOX_MECHANISM`: the only mechanism to try. It chooses among
   * mechanisms that confine and can never choose none.
   */
  readonly mechanism: string | undefined;
}

export type Choice =
  | {
    readonly kind: "ready";
    readonly mechanism: Mechanism;
    /** Ends the mechanism and lets go of everything that was opened for it. */
    close(): void;
  }
  | { readonly kind: "none"; readonly reasons: readonly string[] };

/** Tries the mechanisms in their order. */
export async function chooseMechanism(deps: ChooseDeps): Promise<Choice> {
  const { host } = deps;
  if (host.os === "darwin") return await chooseSeatbelt(deps);
  if (host.os !== "linux") {
    return none(`confining commands on ${host.os} is not supported yet`);
  }
  const arch = architectureOf(host.arch);
  if (arch === undefined) {
    return none(`confining commands on ${host.arch} is not supported`);
  }
  const steps = stepsToTry(deps.mechanism);
  if (steps === undefined) {
    return none(
      `CODEX_SANDBOX_MECHANISM is "${deps.mechanism}"; use ${
        Object.keys(CHOICES).join(", ")
      } or unset it`,
    );
  }
  const libc = openLibc();
  if (libc === undefined) {
    return none("this process may not call the C library (--allow-ffi)");
  }
  return await tryInOrder(steps, deps, libc, arch);
}

async function chooseSeatbelt(deps: ChooseDeps): Promise<Choice> {
  const attempt = await trySeatbelt(deps);
  return attempt.kind === "ready"
    ? { ...attempt, close: () => attempt.mechanism.close() }
    : none(attempt.reason);
}

async function tryInOrder(
  steps: readonly Step[],
  deps: ChooseDeps,
  libc: Libc,
  arch: Architecture,
): Promise<Choice> {
  const reasons: string[] = [];
  for (const step of steps) {
    const because = reasons.length === 0
      ? "it was asked for"
      : reasons.join("; ");
    const attempt = await tryStep(step, { ...deps, libc, arch, because });
    if (attempt.kind === "ready") {
      const { mechanism } = attempt;
      return {
        kind: "ready",
        mechanism,
        close: () => closeAll(mechanism, libc),
      };
    }
    if (!reasons.includes(attempt.reason)) reasons.push(attempt.reason);
  }
  libc.unload();
  return { kind: "none", reasons };
}

function closeAll(mechanism: Mechanism, libc: Libc): void {
  mechanism.close();
  libc.unload();
}

interface TryDeps extends ChooseDeps {
  readonly libc: Libc;
  readonly arch: Architecture;
  readonly because: string;
}

async function tryStep(step: Step, deps: TryDeps): Promise<Attempt> {
  switch (step) {
    case "helper":
    case "built-helper":
      return await tryHelper(deps, {
        modes: ["full", "no-userns"],
        mayBuild: step === "built-helper",
      });
    case "helper-landlock":
      return await tryHelper(deps, {
        modes: ["landlock-only"],
        mayBuild: false,
      });
    case "bwrap":
      return await tryBwrap(deps);
    case "landlock":
      return tryLandlock({ ...deps, isStrict: false });
    case "landlock-strict":
      return tryLandlock({ ...deps, isStrict: true });
  }
}

function stepsToTry(wanted: string | undefined): readonly Step[] | undefined {
  if (wanted === undefined || wanted === "") return STEPS;
  return Object.hasOwn(CHOICES, wanted) ? CHOICES[wanted] : undefined;
}

function none(reason: string): Choice {
  return { kind: "none", reasons: [reason] };
}

/** What the user is told when nothing works. */
export function unavailableStatus(reasons: readonly string[]): SandboxStatus {
  return {
    kind: "unavailable",
    description: `commands cannot be confined here: ${reasons.join("; ")}`,
    gaps: [
      "commands are refused unless the sandbox mode is danger-full-access",
    ],
  };
}

export function unavailableError(reasons: readonly string[]): CodexError {
  return new CodexError(
    "sandbox_unavailable",
    `Cannot confine the command: ${reasons.join("; ")}; ` +
      "install bubblewrap, or run with --sandbox danger-full-access inside a " +
      "container or machine you are ready to lose",
  );
}
