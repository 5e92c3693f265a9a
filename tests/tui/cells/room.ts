/** What cells are drawn with in these tests, and how their rows are read. */
import { loadMarkdown } from "@/tui/answer_stream.ts";
import type { Cell } from "@/tui/cell.ts";
import type { CellContext } from "@/tui/cells/context.ts";
import { type Line, textOf } from "@/tui/render/line.ts";
import type { Style } from "@/tui/render/style.ts";
import { createTheme } from "@/tui/render/theme.ts";
import type { CommandExecutionThreadItem } from "@/protocol/items.ts";

export const theme = createTheme([0x1e, 0x1e, 0x1e]);

const { drawing } = await loadMarkdown();
await Promise.all(["sh", "ts"].map((each) => drawing.highlighter.load(each)));

export function contextOf(width = 80): CellContext {
  return {
    width,
    theme,
    cwd: "/home/u/ws",
    homeDirectory: "/home/u",
    nowMs: 0,
    drawing,
  };
}

/** The rows of a cell in the history, as text. */
export function rowsOf(cell: Cell | undefined, width = 80): readonly string[] {
  return (cell?.lines(contextOf(width)) ?? []).map(textOf);
}

/** And in the transcript. */
export function allRowsOf(cell: Cell, width = 80): readonly string[] {
  const lines = cell.allLines ?? cell.lines;
  return lines(contextOf(width)).map(textOf);
}

/** The style of the first span that holds a text. */
export function styleOf(
  lines: readonly Line[],
  text: string,
): Style | undefined {
  return lines.flatMap(({ spans }) => spans)
    .find((span) => span.text.includes(text))?.style;
}

/** A finished command of the model's; what is given stands in its place. */
export function command(
  script: string,
  changes: Partial<CommandExecutionThreadItem> = {},
): CommandExecutionThreadItem {
  return {
    type: "commandExecution",
    id: "call_1",
    command: `/bin/bash -lc '${script}'`,
    cwd: "/home/u/ws",
    status: "completed",
    aggregatedOutput: "",
    exitCode: 0,
    durationMs: 12,
    ...changes,
  };
}
