/** What is printed when the terminal is given back. */
import { quoteWord } from "@/text/shell_quote.ts";
import { inOneLine } from "./cells/rows.ts";
import { usageText } from "./cells/usage.ts";
import type { ThreadView, TuiState } from "./state.ts";

/** How to go on with a thread; undefined when there is nothing to go on with. */
export function resumeHint(view: ThreadView): string | undefined {
  if (view.turnsSaid.length === 0 || view.info.record.path === undefined) {
    return undefined;
  }
  const { id, name } = view;
  // A name somebody else gave it may not be printable; its id always is.
  const isPrintable = name !== undefined && inOneLine(name) === name;
  return `To continue this session, run codex resume ${
    quoteWord(isPrintable ? name : id)
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
