/** How the agent works: its mode and how much it thinks. */
import type { ReasoningEffort } from "@/protocol/policy.ts";
import { noticeCell } from "./cells/notice.ts";
import type { ThreadView, TuiState } from "./state.ts";
import { inOrder, only, type Step } from "./step.ts";
import { changeThread, say } from "./threads.ts";

export function isPlanning(view: ThreadView | undefined): boolean {
  return view?.choices.mode?.kind === "plan";
}

/** Default, plan, and round again; it holds from the next turn on. */
export function cycleMode(state: TuiState): Step {
  return only(
    changeThread(
      state,
      (view) => withMode(view, isPlanning(view) ? "default" : "plan"),
    ),
  );
}

export function withMode(
  view: ThreadView,
  kind: "default" | "plan",
): ThreadView {
  return { ...view, choices: { ...view.choices, mode: { kind } } };
}

/** The model the next turn is asked with. */
export function modelOf({ choices, info }: ThreadView): string {
  return choices.model ?? info.model;
}

export function effortOf(
  { choices, info }: ThreadView,
): ReasoningEffort | undefined {
  return choices.effort ?? info.reasoningEffort;
}

/** One step more or less reasoning, for models that have steps. */
export function changeEffort(state: TuiState, by: 1 | -1): Step {
  const { thread } = state;
  if (thread === undefined) return only(state);
  const model = state.models.find(({ name }) => name === modelOf(thread));
  const efforts = model?.efforts ?? [];
  if (efforts.length < 2) {
    return say(noticeCell(
      "info",
      `Reasoning shortcuts are unavailable for ${modelOf(thread)}.`,
    ))(state);
  }
  const current = effortOf(thread) ?? model?.defaultEffort ?? "";
  const at = efforts.indexOf(current) + by;
  // What a model offers is one of the efforts there are.
  const effort = efforts[at] as ReasoningEffort | undefined;
  if (effort === undefined) return only(state);
  return inOrder(
    (before) =>
      only(changeThread(before, (view) => ({
        ...view,
        choices: { ...view.choices, effort },
      }))),
    say(noticeCell("info", `Reasoning effort set to ${effort}`)),
  )(state);
}
