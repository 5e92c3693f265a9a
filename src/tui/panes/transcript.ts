/** Everything that happened in a thread, in full, and what happens in it now. */
import type { Cell } from "@/tui/cell.ts";
import { writtenCell } from "@/tui/cells/answer.ts";
import type { CellContext } from "@/tui/cells/context.ts";
import { explorationCell } from "@/tui/cells/exploration.ts";
import { liveItemLines } from "@/tui/cells/item.ts";
import { EMPTY_LINE, type Line } from "@/tui/render/line.ts";
import type { Answering, ThreadView, TuiState } from "@/tui/state.ts";
import { pagerPane } from "./pager.ts";
import type { Pane } from "./pane.ts";

export function transcriptPane({ keymap }: TuiState): Pane {
  const rowsOf = rowsOnce();
  return pagerPane({
    name: "transcript",
    title: "Transcript",
    start: "end",
    keymap: keymap.pager,
    rows: ({ thread, cells: context }) =>
      thread === undefined ? [] : [
        ...thread.cells.flatMap((cell) => rowsOf(cell, context)),
        ...blocksUnderWay(thread, context).flatMap(withGap),
        ...thread.held.flatMap((cell) => rowsOf(cell, context)),
      ],
  });
}

/** The rows of cells for the context they were asked for last; cells do not change. */
function rowsOnce(): (cell: Cell, context: CellContext) => readonly Line[] {
  let last: CellContext | undefined;
  let made = new WeakMap<Cell, readonly Line[]>();
  return (cell, context) => {
    if (
      last?.width !== context.width || last.theme !== context.theme ||
      last.drawing !== context.drawing
    ) made = new WeakMap();
    last = context;
    const known = made.get(cell);
    if (known !== undefined) return known;
    const rows = withGap(allLines(cell, context));
    made.set(cell, rows);
    return rows;
  };
}

function blocksUnderWay(
  { answering, explored, live, agents }: ThreadView,
  context: CellContext,
): readonly (readonly Line[])[] {
  return [
    ...(answering === undefined ? [] : [answerSoFar(answering, context)]),
    ...(explored.length === 0
      ? []
      : [allLines(explorationCell(explored), context)]),
    ...live.map((item) => liveItemLines(item, agents, context)),
  ].filter((rows) => rows.length > 0);
}

/** Read as Markdown with every frame; more would hold up the keys. */
const MARKDOWN_CHARS_MAX = 16_000;

function answerSoFar(
  { kind, text }: Answering,
  context: CellContext,
): readonly Line[] {
  const isLong = text.length > MARKDOWN_CHARS_MAX;
  return allLines(
    writtenCell(kind, text),
    isLong ? { ...context, drawing: undefined } : context,
  );
}

function withGap(rows: readonly Line[]): readonly Line[] {
  return [...rows, EMPTY_LINE];
}

export function allLines(cell: Cell, context: CellContext): readonly Line[] {
  return (cell.allLines ?? cell.lines).call(cell, context);
}
