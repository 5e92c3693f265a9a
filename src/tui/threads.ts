/** Changes of the thread views in the state: the one that is shown and the others. */
import type { ThreadId } from "@/protocol/ids.ts";
import type { Op } from "@/protocol/ops.ts";
import type { Cell } from "./cell.ts";
import { type Change, type Effect, only, type Step } from "./step.ts";
import type { ThreadView, TuiState } from "./state.ts";

/** The view of a thread, shown or not. */
export function viewOf(
  state: TuiState,
  id: ThreadId,
): ThreadView | undefined {
  return state.thread?.id === id ? state.thread : state.others.get(id);
}

export function withView(state: TuiState, view: ThreadView): TuiState {
  if (state.thread?.id === view.id) return { ...state, thread: view };
  return { ...state, others: new Map(state.others).set(view.id, view) };
}

/** Changes the thread that is shown; nothing happens without one. */
export function changeThread(
  state: TuiState,
  change: (view: ThreadView) => ThreadView,
): TuiState {
  return state.thread === undefined
    ? state
    : { ...state, thread: change(state.thread) };
}

/** Adds cells to a thread; those of the one that is shown are printed. */
export function addCells(
  state: TuiState,
  view: ThreadView,
  ...cells: readonly Cell[]
): Step {
  if (cells.length === 0) return only(withView(state, view));
  // Nothing is put into the middle of an answer.
  if (view.answering !== undefined) {
    return only(withView(state, { ...view, held: [...view.held, ...cells] }));
  }
  const next = withView(state, { ...view, cells: [...view.cells, ...cells] });
  return only(next, ...printOf(next, view.id, cells));
}

function printOf(
  state: TuiState,
  id: ThreadId,
  cells: readonly Cell[],
): readonly Effect[] {
  return state.thread?.id === id ? [{ type: "print", cells }] : [];
}

/** Adds cells to what is shown; before there is a thread they are only printed. */
export function say(...cells: readonly Cell[]): Change {
  return (state) =>
    state.thread === undefined
      ? only(state, { type: "print", cells })
      : addCells(state, state.thread, ...cells);
}

/** Sends an op to the thread that is shown. */
export function send(op: Op): Change {
  return (state) =>
    state.thread === undefined
      ? only(state)
      : only(state, { type: "op", threadId: state.thread.id, op });
}

/** True while the thread that is shown works. */
export function isBusy({ thread }: TuiState): boolean {
  return thread?.turn !== undefined || (thread?.sent.length ?? 0) > 0;
}
