/** Going back to an earlier message, to say it differently from there on. */
import { loaded } from "./composer/keys.ts";
import { plainDraft } from "./composer/draft.ts";
import type { CellContext } from "./cells/context.ts";
import { pagerPane } from "./panes/pager.ts";
import { close, type Pane, stay } from "./panes/pane.ts";
import { allLines } from "./panes/transcript.ts";
import { EMPTY_LINE, type Line } from "./render/line.ts";
import { over } from "./render/style.ts";
import type { TuiState } from "./state.ts";
import { type Change, only, type Step } from "./step.ts";

/** Shows the transcript with the last message marked. */
export function openBacktrack(state: TuiState): Step {
  const count = userCells(state).length;
  return count === 0 ? only(state) : only({
    ...state,
    panes: [...state.panes, backtrackPane(state, count - 1)],
  });
}

/** Places of the user's messages among the cells. */
function userCells(state: TuiState): readonly number[] {
  return (state.thread?.cells ?? []).flatMap((cell, at) =>
    cell.source?.kind === "user" ? [at] : []
  );
}

function backtrackPane(state: TuiState, chosen: number): Pane {
  const places = userCells(state);
  const cells = state.thread?.cells ?? [];
  const to = (index: number) =>
    stay(
      backtrackPane(
        state,
        Math.max(0, Math.min(places.length - 1, index)),
      ),
    );
  const rowsBefore = (context: CellContext, end: number) =>
    cells.slice(0, end).reduce(
      (rows, cell) => rows + allLines(cell, context).length + 1,
      0,
    );
  let focus = 0;
  return pagerPane({
    name: "backtrack",
    title: "Transcript",
    start: "end",
    keymap: state.keymap.pager,
    hint:
      " q to quit   esc/← to edit prev   → to edit next   enter to edit message",
    focus: () => focus,
    rows: (paneContext) => {
      const context = paneContext.cells;
      const at = places[chosen] ?? 0;
      focus = rowsBefore(context, at);
      return cells.flatMap((cell, index) => [
        ...allLines(cell, context).map((row) =>
          index === at ? reversed(row) : row
        ),
        EMPTY_LINE,
      ]);
    },
    onOther: ({ chord }) => {
      if (chord === "escape" || chord === "left") return to(chosen - 1);
      if (chord === "right") return to(chosen + 1);
      return chord === "enter"
        ? close(editFrom(places.length - chosen, places[chosen] ?? 0))
        : undefined;
    },
  });
}

function reversed(row: Line): Line {
  return {
    ...row,
    spans: row.spans.map(({ text, style }) => ({
      text,
      style: over(style, { reverse: true }),
    })),
  };
}

/** A fork without the last turns takes the thread's place; its text is the draft. */
function editFrom(dropTurns: number, place: number): Change {
  return (state) => {
    const source = state.thread?.cells[place]?.source;
    if (state.thread === undefined || source?.kind !== "user") {
      return only(state);
    }
    return only(
      {
        ...state,
        composer: loaded(state.composer, plainDraft(source.text)),
      },
      {
        type: "open",
        how: { kind: "fork", id: state.thread.id, dropTurns },
      },
    );
  };
}
