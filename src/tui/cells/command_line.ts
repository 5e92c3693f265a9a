/** A command where there is room for one line of it. */
import { shownCommand } from "./command.ts";
import { inOneLine } from "./rows.ts";

/** Columns that say which command it was. */
const COLUMNS_MAX = 80;

/** @param command the command line, quoted for a POSIX shell */
export function commandLine(command: string): string {
  const shown = shownCommand({ command });
  const [first = "", ...others] = shown.split("\n");
  const line = inOneLine(first);
  const isCut = line.length > COLUMNS_MAX;
  const kept = isCut ? line.slice(0, COLUMNS_MAX).toWellFormed() : line;
  return isCut || others.length > 0 ? `${kept} ...` : kept;
}
