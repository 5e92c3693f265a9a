/** What is said once the screen is left: what it took, and how to go on. */
import type { TokenUsage } from "@/protocol/events.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { type Line, line, span } from "../render/line.ts";
import type { Theme } from "../render/theme.ts";
import { withSeparators } from "./numbers.ts";
import { inOneLine } from "./rows.ts";

export interface ExitFacts {
  readonly usage: TokenUsage;
  /** Id or name of a thread that can be continued; undefined when there is none. */
  readonly resumable: string | undefined;
}

export function exitLines(
  { usage, resumable }: ExitFacts,
  theme: Theme,
): readonly Line[] {
  return [
    ...(usage.totalTokens === 0 ? [] : [line(usageText(usage))]),
    ...(resumable === undefined ? [] : [
      line(
        "To continue this session, run ",
        span(resumeCommand(resumable), theme.accent),
      ),
    ]),
  ];
}

export function resumeCommand(thread: string): string {
  return quoteCommand(["codex", "resume", inOneLine(thread)]);
}

/** What was not cached is what was paid for in full. */
export function usageText(usage: TokenUsage): string {
  const input = usage.inputTokens - usage.cachedInputTokens;
  const cached = usage.cachedInputTokens === 0
    ? ""
    : ` (+ ${withSeparators(usage.cachedInputTokens)} cached)`;
  const reasoning = usage.reasoningOutputTokens === 0
    ? ""
    : ` (reasoning ${withSeparators(usage.reasoningOutputTokens)})`;
  return `Token usage: total=${withSeparators(input + usage.outputTokens)} ` +
    `input=${withSeparators(input)}${cached} ` +
    `output=${withSeparators(usage.outputTokens)}${reasoning}`;
}
