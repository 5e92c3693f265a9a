/**
 * From arguments to an exit code: parse, find the command's module, run it, report
 * what it threw. A command's module is loaded only here, only when it runs.
 */
import type { Platform } from "@/platform/platform.ts";
import { baseNameOf } from "@/platform/paths.ts";
import { CodexError } from "@/protocol/errors.ts";
import { CODEX } from "./commands_table.ts";
import { reportFailure } from "./exit.ts";
import { parseCommandLine } from "./parse.ts";
import { flagValue, type ParsedCommand } from "./parsed.ts";
import type { CommandSpec } from "./spec.ts";

const USAGE_EXIT_CODE = 2;

/** Names under which the program is a patch tool, as models call it. */
const PATCH_TOOL_NAMES = ["apply_patch", "applypatch"];

/** Runs the command the arguments ask for. Resolves to the exit code, never rejects. */
export async function runProgram(
  args: readonly string[],
  platform: Platform,
): Promise<number> {
  try {
    if (isPatchTool(args, platform)) {
      return await runPatchTool(args, platform);
    }
    const outcome = parseCommandLine(CODEX, args);
    switch (outcome.kind) {
      case "text":
        platform.terminal.writeOut(outcome.text);
        return 0;
      case "usage":
        platform.terminal.writeErr(outcome.text);
        return USAGE_EXIT_CODE;
      case "command":
        return await runCommand(outcome.command, outcome.parsed, platform);
    }
  } catch (error) {
    return reportFailure(error, platform.terminal);
  }
}

/**
 * True when the program was started by a link named after the patch tool. Asking
 * costs a millisecond, so only arguments a patch tool could get are asked about.
 */
function isPatchTool(args: readonly string[], { host }: Platform): boolean {
  const first = args[0]?.trimStart();
  if (first !== undefined && !/^(\*\*\*|<<)/.test(first)) return false;
  return PATCH_TOOL_NAMES.includes(baseNameOf(host.invokedName() ?? ""));
}

async function runPatchTool(
  args: readonly string[],
  platform: Platform,
): Promise<number> {
  const { run } = await import("./commands/apply_patch.ts");
  const positionals = { PATCH: args };
  return run({ command: ["apply_patch"], flags: {}, positionals }, platform);
}

async function runCommand(
  command: CommandSpec,
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  refuseRemote(parsed);
  if (command.load === undefined) {
    throw new CodexError(
      "unsupported",
      `${nameOf(parsed)} is not available in this version yet`,
    );
  }
  const { run } = await command.load();
  return run(parsed, platform);
}

const REMOTE_COMMANDS = [
  "codex",
  "codex resume",
  "codex fork",
  "codex exec",
  "codex exec resume",
  "codex exec review",
  "codex review",
];

/** A remote server asked for must be used or refused, not forgotten. */
function refuseRemote(parsed: ParsedCommand): void {
  const remote = flagValue(parsed, "remote");
  const name = nameOf(parsed);
  if (remote === undefined || REMOTE_COMMANDS.includes(name)) return;
  throw new CodexError(
    "invalid_input",
    `\`--remote ${remote}\` is only supported for interactive TUI commands, exec and review, not ` +
      `\`${name}\``,
  );
}

function nameOf({ command }: ParsedCommand): string {
  return ["codex", ...command].join(" ");
}
