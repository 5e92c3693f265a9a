/**
 * Keeps what a server answers within bounds, so that one answer can neither fill the
 * rollout nor the memory of a front end. What is left out is said in its place.
 */
import { truncateMiddle } from "@/text/truncate.ts";

/**
 * Characters of one result as JSON. The model reads far less; front ends show it all,
 * and a screenshot or two must fit.
 */
export const RESULT_CHARS_MAX = 8 * 1024 * 1024;

/** A message longer than this is no answer but a leak. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

export interface ToolResult {
  readonly content: readonly unknown[];
  readonly structuredContent?: unknown;
  readonly isError: boolean;
  /** What the server says beside it, not for the model. */
  readonly meta?: unknown;
}

/** The result, cut where it is too long; unchanged when it is not. */
export function boundResult(
  result: ToolResult,
  max = RESULT_CHARS_MAX,
): ToolResult {
  const { structuredContent, content } = result;
  const structured = structuredContent === undefined
    ? 0
    : JSON.stringify(structuredContent).length;
  let left = max;
  const kept: unknown[] = [];
  for (const [at, block] of content.entries()) {
    if (left <= 0) {
      kept.push(note(`${content.length - at} parts were left out`));
      break;
    }
    const bounded = boundBlock(block, left);
    left -= bounded.size;
    kept.push(bounded.block);
  }
  if (structured <= left) return { ...result, content: kept };
  const { structuredContent: _, ...rest } = result;
  return {
    ...rest,
    content: [
      ...kept,
      note(`the structured content (${structured} characters) was left out`),
    ],
  };
}

function boundBlock(
  block: unknown,
  max: number,
): { readonly block: unknown; readonly size: number } {
  const size = JSON.stringify(block)?.length ?? 0;
  if (size <= max) return { block, size };
  if (isText(block)) {
    const text = truncateMiddle(block.text, { unit: "bytes", max });
    return { block: { ...block, text }, size: max };
  }
  return { block: note(`a part of ${size} characters was left out`), size: 0 };
}

function isText(
  block: unknown,
): block is { readonly type: "text"; readonly text: string } {
  return typeof block === "object" && block !== null &&
    "type" in block && block.type === "text" &&
    "text" in block && typeof block.text === "string";
}

function note(what: string): unknown {
  return {
    type: "text",
    text: `[The result was too large: ${what}. Ask for less at a time.]`,
  };
}
