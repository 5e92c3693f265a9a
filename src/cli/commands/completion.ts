/** `codex completion`: prints a script for the shell to load. */
import type { Platform } from "@/platform/platform.ts";
import { CODEX } from "../commands_table.ts";
import { completionPoints } from "../completion.ts";
import { COMPLETION_SHELLS, completionScript } from "../completion_scripts.ts";
import { type ParsedCommand, positional } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  { terminal }: Platform,
): Promise<number> {
  const wanted = positional(parsed, "SHELL") ?? "bash";
  const shell = COMPLETION_SHELLS.find((name) => name === wanted);
  if (shell === undefined) {
    throw new Error(`The parser let "${wanted}" through`);
  }
  terminal.writeOut(completionScript(shell, completionPoints(CODEX)));
  return 0;
}
