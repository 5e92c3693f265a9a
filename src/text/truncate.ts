/**
 * Cuts the middle out of text that is too long for the model, keeping a head and a
 * tail. Budgets are UTF-8 bytes, cuts fall between code points, and nothing is
 * encoded: a 1 MiB output costs one pass and two slices.
 */
import { isPairAt, utf8Length } from "./utf8.ts";

/** How much text may stay, in the unit the marker reports. */
export interface TextLimit {
  readonly unit: "bytes" | "tokens";
  readonly max: number;
}

/** The rough size of a token that all budgets use. */
export const BYTES_PER_TOKEN = 4;

/** The tokens `text` is taken to cost: its UTF-8 bytes over four, rounded up. */
export function estimateTokens(text: string): number {
  return tokensOf(utf8Length(text));
}

/**
 * The form a tool gives its own output: unchanged when within `maxTokens`, else the
 * line count of the whole, then head, marker and tail.
 */
export function truncateToolOutput(text: string, maxTokens: number): string {
  const cut = truncateMiddle(text, { unit: "tokens", max: maxTokens });
  if (cut === text) return text;
  return `Total output lines: ${countLines(text)}\n\n${cut}`;
}

/**
 * The form the history gives to any output: `<head>…N chars truncated…<tail>` for a
 * limit in bytes, `…N tokens truncated…` for one in tokens. The marker comes on top
 * of the limit. N tokens is what lies over the budget; N chars is what was left out.
 */
export function truncateMiddle(text: string, limit: TextLimit): string {
  const budget = limit.unit === "tokens"
    ? limit.max * BYTES_PER_TOKEN
    : limit.max;
  // UTF-8 needs at most three bytes for a UTF-16 unit.
  if (text.length * 3 <= budget) return text;
  const total = utf8Length(text);
  if (total <= budget) return text;
  const headBudget = Math.floor(budget / 2);
  const headEnd = endWithin(text, headBudget);
  const tailStart = startWithin(text, budget - headBudget);
  const removed = limit.unit === "tokens"
    ? `${tokensOf(total - budget)} tokens`
    : `${countCodePoints(text, headEnd, tailStart)} chars`;
  return `${text.slice(0, headEnd)}…${removed} truncated…${
    text.slice(tailStart)
  }`;
}

function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** The end of the longest head of at most `budget` bytes. */
function endWithin(text: string, budget: number): number {
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    bytes += bytesAt(text, index);
    if (bytes > budget) break;
    index += isPairAt(text, index) ? 2 : 1;
  }
  return index;
}

/** The start of the longest tail of at most `budget` bytes. */
function startWithin(text: string, budget: number): number {
  let bytes = 0;
  let index = text.length;
  while (index > 0) {
    const previous = isPairAt(text, index - 2) ? index - 2 : index - 1;
    bytes += bytesAt(text, previous);
    if (bytes > budget) break;
    index = previous;
  }
  return index;
}

/** The UTF-8 bytes of the code point that starts at `index`. */
function bytesAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isPairAt(text, index) ? 4 : 3;
}

function countCodePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let index = start; index < end; index++) {
    if (isPairAt(text, index)) index++;
    count++;
  }
  return count;
}

/** Lines as a person counts them: an unfinished last line counts too. */
export function countLines(text: string): number {
  let count = 0;
  for (
    let at = text.indexOf("\n");
    at >= 0;
    at = text.indexOf("\n", at + 1)
  ) count++;
  return text === "" || text.endsWith("\n") ? count : count + 1;
}
