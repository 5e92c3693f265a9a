/** Going from one thread to another that runs in this session. */
import type { ThreadId } from "@/protocol/ids.ts";
import type { ThreadView, TuiState } from "./state.ts";
import { only, type Step } from "./step.ts";

/** Shows another thread; what was shown goes on beside it. */
export function showThread(state: TuiState, id: ThreadId): Step {
  const { thread, others } = state;
  const next = others.get(id);
  if (next === undefined) return only(state);
  const rest = new Map(others);
  rest.delete(id);
  if (thread !== undefined) rest.set(thread.id, thread);
  return only({ ...state, thread: next, others: rest }, {
    type: "redraw",
    cells: next.cells,
    scrollback: "keep",
  });
}

/** The user's own thread and its agents, in the order they were started. */
export function agentViews(state: TuiState): readonly ThreadView[] {
  const all = [
    ...(state.thread === undefined ? [] : [state.thread]),
    ...state.others.values(),
  ].filter(({ sideOf }) => sideOf === undefined);
  // Ids are made of times.
  return all.sort((left, right) => left.id < right.id ? -1 : 1);
}

export function cycleAgent(state: TuiState, by: 1 | -1): Step {
  const views = agentViews(state);
  const at = views.findIndex(({ id }) => id === state.thread?.id);
  const next = views[(at + by + views.length) % views.length];
  return at === -1 || next === undefined || next.id === state.thread?.id
    ? only(state)
    : showThread(state, next.id);
}

/** `Main [default]`, `Maxwell [explorer]`. */
export function agentLabel({ origin }: ThreadView): string {
  return origin === undefined
    ? "Main [default]"
    : `${origin.nickname} [${origin.role ?? "default"}]`;
}
