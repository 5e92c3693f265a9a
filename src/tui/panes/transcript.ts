/** Everything that happened in a thread, in full. */
import type { Cell } from "@/tui/cell.ts";
import type { CellContext } from "@/tui/cells/context.ts";
import { EMPTY_LINE, type Line } from "@/tui/render/line.ts";
import type { TuiState } from "@/tui/state.ts";
import { pagerPane } from "./pager.ts";
import type { Pane, PaneContext } from "./pane.ts";

export function transcriptPane(state: TuiState): Pane {
  const cells = state.thread?.cells ?? [];
  return pagerPane({
    name: "transcript",
    title: "Transcript",
    start: "end",
    keymap: state.keymap.pager,
    rows: rowsOnce(cells),
  });
}

/** The rows for the width they were asked for last; cells do not change. */
export function rowsOnce(
  cells: readonly Cell[],
): (context: PaneContext) => readonly Line[] {
  let made:
    | { readonly width: number; readonly rows: readonly Line[] }
    | undefined;
  return (context) => {
    if (made?.width !== context.width) {
      made = {
        width: context.width,
        rows: cells.flatMap((cell) => [
          ...allLines(cell, context.cells),
          EMPTY_LINE,
        ]),
      };
    }
    return made.rows;
  };
}

export function allLines(cell: Cell, context: CellContext): readonly Line[] {
  return (cell.allLines ?? cell.lines).call(cell, context);
}
