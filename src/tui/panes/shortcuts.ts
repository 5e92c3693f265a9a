/** The overview of keys under the composer. */
import { displayWidth } from "@/text/width.ts";
import { fitLine, type Line, line, span } from "@/tui/render/line.ts";
import { DIM } from "@/tui/render/style.ts";

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ["/ for commands", "! for shell commands"],
  ["ctrl + j for newline", "tab to queue message"],
  ["@ for file paths", "ctrl + v to paste images"],
  ["ctrl + g to edit in external editor", "esc esc to edit previous message"],
  ["ctrl + r search history", "ctrl + c to exit"],
  ["alt + , reasoning down", "alt + . reasoning up"],
  ["shift + tab to change mode", "ctrl + t to view transcript"],
  ["ctrl + o to copy the last answer", "ctrl + _ to undo"],
];

const LEFT_WIDTH = 45;

/** One or two columns, as they fit. */
export function shortcutLines(width: number): readonly Line[] {
  const widest = LEFT_WIDTH +
    Math.max(...SHORTCUTS.map(([, right]) => displayWidth(right)));
  const rows = width > widest
    ? SHORTCUTS.map(([left, right]) =>
      `  ${left.padEnd(LEFT_WIDTH - 2)}${right}`
    )
    : SHORTCUTS.flat().map((text) => `  ${text}`);
  return rows.map((text) => fitLine(line(span(text, DIM)), width));
}
