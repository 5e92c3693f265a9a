/** What the empty composer suggests: one at random for each session. */

const PLACEHOLDERS = [
  "Explain this codebase",
  "Summarize recent commits",
  "Implement {feature}",
  "Find and fix a bug in @filename",
  "Write tests for @filename",
  "Improve documentation in @filename",
  "Run /review on my current changes",
  "Use /skills to list available skills",
] as const;

/** One of them for a number from 0 up to 1. */
export function placeholderOf(random: number): string {
  return PLACEHOLDERS[Math.floor(random * PLACEHOLDERS.length)] ??
    PLACEHOLDERS[0];
}
