/**
 * The version lines. Alone in this file so that `codex --version` loads nothing
 * else: it is how many scripts find out whether the program is there.
 */
import { VERSION } from "@/protocol/version.ts";

/** The name `codex --version` prints. */
export const PROGRAM_VERSION_NAME = "codex-cli";
/** The name `codex exec --version` prints. */
export const EXEC_VERSION_NAME = "codex-cli-exec";

/** `codex-cli 0.124.0` and a line break. */
export function versionLine(name: string = PROGRAM_VERSION_NAME): string {
  return `${name} ${VERSION}\n`;
}

/** The line asked for by the whole command line, if it asks for nothing else. */
export function quickVersion(args: readonly string[]): string | undefined {
  const isVersion = (word: string | undefined) =>
    word === "--version" || word === "-V";
  if (args.length === 1 && isVersion(args[0])) return versionLine();
  if (args.length === 2 && args[0] === "exec" && isVersion(args[1])) {
    return versionLine(EXEC_VERSION_NAME);
  }
  return undefined;
}
