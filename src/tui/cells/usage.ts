/** What a session took, in one line. */
import type { TokenUsage } from "@/protocol/events.ts";
import { withSeparators } from "./numbers.ts";

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
