/** From what was typed after a slash to what it does. */
import { echoCell, noticeCell } from "@/tui/cells/notice.ts";
import type { TuiState } from "@/tui/state.ts";
import { inOrder, only, type Step } from "@/tui/step.ts";
import { isBusy, say } from "@/tui/threads.ts";
import type { SlashCommand } from "./command.ts";
import { SLASH_COMMANDS } from "./table.ts";

export interface Typed {
  readonly name: string;
  readonly argument: string;
}

/** `/name argument`; undefined for what is no command: a path, or a space before it. */
export function readSlash(text: string): Typed | undefined {
  const match = /^\/([A-Za-z][\w-]*)(?:\s+([^]*))?$/.exec(text.trimEnd());
  if (match === null) return undefined;
  return { name: match[1] ?? "", argument: (match[2] ?? "").trim() };
}

export function findCommand(name: string): SlashCommand | undefined {
  return SLASH_COMMANDS.find((command) =>
    command.name === name || command.aliases?.includes(name) === true
  );
}

/** True for a line that can be run as it is. */
export function isRunnable(text: string): boolean {
  const typed = readSlash(text);
  const command = typed && findCommand(typed.name);
  return typed !== undefined && command !== undefined &&
    (typed.argument === "" || command.takesArguments === true);
}

/** The commands that are offered for what was typed so far, in the table's order. */
export function offeredCommands(
  state: TuiState,
  prefix: string,
): readonly SlashCommand[] {
  return SLASH_COMMANDS.filter((command) =>
    !command.isHidden && command.name.startsWith(prefix) &&
    (command.isAvailable?.(state) ?? true)
  );
}

export function runSlashCommand(state: TuiState, text: string): Step {
  const typed = readSlash(text);
  const command = typed && findCommand(typed.name);
  if (typed === undefined || command === undefined) {
    return say(noticeCell(
      "error",
      `Unrecognized command '${text.trim()}'. Type "/" for a list of supported commands.`,
    ))(state);
  }
  if (typed.argument !== "" && !command.takesArguments) {
    return say(noticeCell(
      "error",
      `'/${command.name}' takes nothing behind it; to send the text as a message, put a space before it.`,
    ))(state);
  }
  if (isBusy(state) && !command.worksWhileBusy) {
    return say(noticeCell(
      "error",
      `'/${command.name}' is disabled while a task is in progress.`,
    ))(state);
  }
  return inOrder(
    command.isEchoed ? say(echoCell(text.trim())) : (before) => only(before),
    (before) => command.run(typed.argument, before)(before),
  )(state);
}
