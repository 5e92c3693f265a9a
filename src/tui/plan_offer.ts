/** What becomes of a plan that was proposed. */
import type { ThreadId } from "@/protocol/ids.ts";
import { isPlanning, withMode } from "./modes.ts";
import { listPane } from "./panes/list.ts";
import { submitInput } from "./queue.ts";
import { line, span } from "./render/line.ts";
import { BOLD } from "./render/style.ts";
import type { TuiState } from "./state.ts";
import { type Change, only, type Step } from "./step.ts";
import { changeThread, viewOf, withView } from "./threads.ts";

const GO = "Implement the plan.";

/** Asks whether to carry a plan out, once, when the turn that made it has ended. */
export function offerPlan(state: TuiState, threadId: ThreadId): Step {
  const view = viewOf(state, threadId);
  if (view?.proposedPlan === undefined) return only(state);
  const settled = withView(state, { ...view, proposedPlan: undefined });
  const isWanted = state.thread?.id === threadId && isPlanning(view) &&
    view.queue.length === 0;
  if (!isWanted) return only(settled);
  const pane = listPane({
    name: "plan-offer",
    keymap: state.keymap.list,
    title: [line(span("Implement this plan?", BOLD))],
    items: [
      {
        label: "Yes, implement this plan",
        description: "Switch to Default and start coding.",
        choose: carryOut,
      },
      {
        label: "Yes, clear context and implement",
        description: "Fresh thread with this plan.",
        choose: startAfresh(view.proposedPlan),
      },
      {
        label: "No, stay in Plan mode",
        description: "Continue planning with the model.",
        choose: (before) => only(before),
      },
    ],
    footer: "Press enter to confirm or esc to go back",
  });
  return only({ ...settled, panes: [...settled.panes, pane] }, {
    type: "notify",
    kind: "ask",
    text: "Plan mode prompt: Implement this plan?",
  });
}

const carryOut: Change = (state) => {
  const next = changeThread(state, (view) => withMode(view, "default"));
  return next.thread === undefined
    ? only(next)
    : submitInput(next, next.thread.id, message(GO));
};

function startAfresh(plan: string): Change {
  return (state) =>
    only({
      ...state,
      waiting: [...state.waiting, message(`${GO}\n\n${plan}`)],
    }, { type: "open", how: { kind: "new" } });
}

function message(text: string) {
  return { kind: "message", text, attachments: [] } as const;
}
