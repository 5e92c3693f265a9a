/** A side conversation: a fork that is not kept, beside the thread it came from. */
import { showThread } from "./agents.ts";
import type { TuiState } from "./state.ts";
import { inOrder, only, type Step } from "./step.ts";

/** Back to the thread it is a side of; the side conversation ends. */
export function leaveSide(state: TuiState): Step {
  const side = state.thread;
  if (side?.sideOf === undefined) return only(state);
  const main = side.sideOf;
  return inOrder(
    (before) => showThread(before, main),
    (before) => {
      const others = new Map(before.others);
      others.delete(side.id);
      return only({ ...before, others }, {
        type: "closeThread",
        threadId: side.id,
      });
    },
  )(state);
}
