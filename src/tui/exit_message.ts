/** What is printed when the terminal is given back. */
import { quoteWord } from "@/text/shell_quote.ts";
import type { ThreadView, TuiState } from "./state.ts";

/** How to go on with a thread; undefined when there is nothing to go on with. */
export function resumeHint(view: ThreadView): string | undefined {
  if (view.turnsSaid.length === 0 || view.info.record.path === undefined) {
    return undefined;
  }
  return `To continue this session, run codex resume ${
    quoteWord(view.name ?? view.id)
  }`;
}

/** Rows without line ends. */
export function exitMessage(state: TuiState): readonly string[] {
  const view = mainView(state);
  if (view === undefined) return [];
  const usage = view.usage;
  const hint = resumeHint(view);
  return [
    ...(usage === undefined || usage.totalTokens === 0
      ? []
      : [usageText(usage)]),
    ...(hint === undefined ? [] : [hint]),
  ];
}

/** The user's own thread, even while a side or an agent is shown. */
function mainView({ thread, others }: TuiState): ThreadView | undefined {
  if (thread === undefined) return undefined;
  if (thread.sideOf !== undefined) return others.get(thread.sideOf);
  if (thread.origin === undefined) return thread;
  return [...others.values()].find(({ origin, sideOf }) =>
    origin === undefined && sideOf === undefined
  );
}

/** `Token usage: total=407,851 input=382,765 (+ 74,000 cached) output=25,086 …`. */
export function usageText(usage: NonNullable<ThreadView["usage"]>): string {
  const cached = usage.cachedInputTokens;
  const input = usage.inputTokens - cached;
  const reasoning = usage.reasoningOutputTokens;
  return `Token usage: total=${grouped(input + usage.outputTokens)} ` +
    `input=${grouped(input)}` +
    (cached > 0 ? ` (+ ${grouped(cached)} cached)` : "") +
    ` output=${grouped(usage.outputTokens)}` +
    (reasoning > 0 ? ` (reasoning ${grouped(reasoning)})` : "");
}

/** Digits in threes, by hand: the machinery for other languages takes 20 ms. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
