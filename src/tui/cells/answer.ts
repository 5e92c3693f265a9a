/** What the model says: Markdown behind a bullet, and its thoughts in dim italics. */
import type {
  AgentMessageThreadItem,
  PlanThreadItem,
  ReasoningThreadItem,
} from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { renderMarkdown } from "../markdown/stream.ts";
import {
  EMPTY_LINE,
  filled,
  type Line,
  line,
  span,
  styled,
} from "../render/line.ts";
import type { Style } from "../render/style.ts";
import type { CellContext } from "./context.ts";
import { bold, bullet, fitted } from "./rows.ts";

/** Columns in front of an answer's text. */
export const ANSWER_INDENT = 2;

const THOUGHT: Style = { dim: true, italic: true };

export function answerCell({ text }: AgentMessageThreadItem): Cell {
  return {
    lines: (context) =>
      fitted(bulletedRows(markdownRows(text, context), "first"), context.width),
    source: { kind: "answer", markdown: text },
  };
}

/**
 * Rows of an answer in their place: the bullet stands in front of the first one. For a
 * stream the rows that come later are `more`.
 */
export function bulletedRows(
  rows: readonly Line[],
  from: "first" | "more",
): readonly Line[] {
  return rows.map((row, index) => {
    const isFirst = from === "first" && index === 0;
    if (row.spans.length === 0 && !isFirst) return row;
    const mark = isFirst ? bullet() : span(" ".repeat(ANSWER_INDENT));
    return { ...row, spans: [mark, ...row.spans] };
  });
}

function markdownRows(text: string, context: CellContext): readonly Line[] {
  return renderMarkdown(
    text.trim(),
    Math.max(1, context.width - ANSWER_INDENT),
    context,
  );
}

/** The plan the user is asked to agree to. */
export function proposedPlanCell({ text }: PlanThreadItem): Cell {
  return {
    lines: (context) =>
      fitted([
        line(bullet(), bold("Proposed Plan")),
        ...[EMPTY_LINE, ...markdownRows(text, context), EMPTY_LINE]
          .map((row) => filled(context.theme.input, indented(row))),
      ], context.width),
    source: { kind: "other", markdown: text },
  };
}

function indented(row: Line): Line {
  return row.spans.length === 0
    ? row
    : { ...row, spans: [span(" ".repeat(ANSWER_INDENT)), ...row.spans] };
}

/** Thoughts, when there are any beside the title that stood in the status row. */
export function reasoningCell(item: ReasoningThreadItem): Cell | undefined {
  const text = withoutTitle(item.summary.join("\n\n"));
  if (text === "") return undefined;
  return {
    lines: (context) =>
      fitted(
        bulletedRows(
          markdownRows(text, context).map((row) => styled(THOUGHT, row)),
          "first",
        ),
        context.width,
      ),
    source: { kind: "other", markdown: text },
  };
}

/** Thoughts as the model had them, for those who asked to see them. */
export function rawReasoningCell(item: ReasoningThreadItem): Cell | undefined {
  return item.content.length === 0
    ? reasoningCell(item)
    : reasoningCell({ ...item, summary: item.content });
}

const TITLE = /\*\*([^*\n]+)\*\*/;

function withoutTitle(text: string): string {
  const trimmed = text.trim();
  const title = TITLE.exec(trimmed);
  return title?.index === 0 ? trimmed.slice(title[0].length).trim() : trimmed;
}

/** The latest title in a summary that is being written, for the status row. */
export function reasoningTitle(text: string): string | undefined {
  return [...text.matchAll(new RegExp(TITLE, "g"))].at(-1)?.[1]?.trim();
}
