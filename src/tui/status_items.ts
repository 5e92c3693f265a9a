/** What the status line and the window's title may show, by the names of config.toml. */
import { baseNameOf } from "@/platform/paths.ts";
import { VERSION } from "@/protocol/version.ts";
import { shortAmount } from "./cells/numbers.ts";
import { homePath } from "./cells/paths.ts";
import { effortOf, modelOf } from "./modes.ts";
import type { ThreadView, TuiState } from "./state.ts";
import { isBusy } from "./threads.ts";

/** As much of the window as instructions take anyway; it does not count as used. */
const BASELINE_TOKENS = 12_000;

/** Percent of the context that is left; 100 before anything is known. */
export function contextLeft(view: ThreadView | undefined): number {
  const window = view?.contextWindow;
  const used = view?.lastUsage?.totalTokens ?? 0;
  if (window === undefined || window <= BASELINE_TOKENS) return 100;
  const left = (window - used) / (window - BASELINE_TOKENS);
  return Math.round(Math.max(0, Math.min(1, left)) * 100);
}

export function contextLeftText(view: ThreadView | undefined): string {
  return `${contextLeft(view)}% context left`;
}

type ItemText = (state: TuiState, view: ThreadView) => string | undefined;

export const STATUS_ITEMS: Readonly<Record<string, ItemText>> = {
  "model-with-reasoning": (_, view) =>
    `${modelOf(view)} ${effortOf(view) ?? "default"}`,
  "current-dir": ({ homeDirectory }, { info }) =>
    homePath(info.cwd, homeDirectory),
  model: (_, view) => modelOf(view),
  "project-name": (_, { info }) => baseNameOf(info.cwd),
  "git-branch": ({ gitBranch }) => gitBranch,
  "run-state": (state, { turn }) =>
    turn === undefined && !isBusy(state)
      ? "Ready"
      : turn?.header === undefined
      ? "Working"
      : "Thinking",
  "context-remaining": (_, view) => `Context ${contextLeft(view)}% left`,
  "context-used": (_, view) => `Context ${100 - contextLeft(view)}% used`,
  "codex-version": () => VERSION,
  "context-window-size": (_, { contextWindow }) =>
    contextWindow === undefined
      ? undefined
      : `${shortAmount(contextWindow)} window`,
  "used-tokens": (_, { usage }) =>
    usage && `${shortAmount(usage.totalTokens)} used`,
  "total-input-tokens": (_, { usage }) =>
    usage && `${shortAmount(usage.inputTokens)} in`,
  "total-output-tokens": (_, { usage }) =>
    usage && `${shortAmount(usage.outputTokens)} out`,
  "session-id": (_, { id }) => id,
  "fast-mode": (_, { choices }) =>
    choices.serviceTier === "fast" ? "Fast" : undefined,
  "thread-title": (_, { name }) => name,
  "task-progress": (_, { plan }) =>
    `Tasks ${
      plan.filter(({ status }) => status === "completed").length
    }/${plan.length}`,
};

const STATUS_LINE_DEFAULT = ["model-with-reasoning", "current-dir"];

/** The texts of the status line, in its order. */
export function statusItems(state: TuiState): readonly string[] {
  const { thread, settings } = state;
  if (thread === undefined) return [];
  return (settings.statusLine ?? STATUS_LINE_DEFAULT).flatMap((name) => {
    const text = STATUS_ITEMS[name]?.(state, thread);
    return text === undefined ? [] : [text];
  });
}
