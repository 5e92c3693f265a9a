/** The interactive interface: needs a terminal, and in this version more than that. */
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ParsedCommand } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  { terminal }: Platform,
): Promise<number> {
  if (!terminal.stdinIsTty) {
    throw new CodexError("invalid_input", "stdin is not a terminal");
  }
  const name = ["codex", ...parsed.command].join(" ");
  throw new CodexError(
    "unsupported",
    `${name} is not available in this version yet`,
  );
}
