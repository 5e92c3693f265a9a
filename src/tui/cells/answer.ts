/** What the model says: Markdown behind a bullet, and its thoughts in dim italics. */
import type {
  AgentMessageThreadItem,
  PlanThreadItem,
  ReasoningThreadItem,
} from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  filled,
  type Line,
  line,
  span,
  styled,
  wrapLine,
} from "../render/line.ts";
import type { Style } from "../render/style.ts";
import type { Theme } from "../render/theme.ts";
import type { CellContext } from "./context.ts";
import { fenceLanguages } from "./languages.ts";
import { bold, bullet, fitted, textLines } from "./rows.ts";

/** Columns in front of an answer's text. */
export const ANSWER_INDENT = 2;

const THOUGHT: Style = { dim: true, italic: true };

export function answerCell(
  { text }: Pick<AgentMessageThreadItem, "text">,
): Cell {
  return {
    lines: (context) =>
      fitted(bulletedRows(markdownRows(text, context), "first"), context.width),
    source: { kind: "answer", markdown: text },
    languages: fenceLanguages(text),
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

/** A text as Markdown; as it is while nobody can draw that. */
export function markdownRows(
  text: string,
  context: CellContext,
): readonly Line[] {
  const width = Math.max(1, context.width - ANSWER_INDENT);
  return context.drawing?.markdown(text.trim(), width, context) ??
    textLines(text.trim()).flatMap((row) => wrapLine(row, { width }));
}

/** What is written as a message of the model: its answer, or a plan. */
export function writtenCell(kind: "answer" | "plan", text: string): Cell {
  return kind === "plan" ? proposedPlanCell({ text }) : answerCell({ text });
}

/** The plan the user is asked to agree to, in a block of its own colour. */
export function proposedPlanCell(
  { text }: Pick<PlanThreadItem, "text">,
): Cell {
  return {
    lines: (context) => {
      const { theme, width } = context;
      return fitted([
        ...planTitleRows(theme),
        ...planRows([...markdownRows(text, context), EMPTY_LINE], theme),
      ], width);
    },
    source: { kind: "other", markdown: text },
    languages: fenceLanguages(text),
  };
}

export function planTitleRows(theme: Theme): readonly Line[] {
  return [
    line(bullet(), bold("Proposed Plan")),
    filled(theme.input, EMPTY_LINE),
  ];
}

/** Rows of a plan in their place. */
export function planRows(
  rows: readonly Line[],
  theme: Theme,
): readonly Line[] {
  return bulletedRows(rows, "more").map((row) => filled(theme.input, row));
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
    languages: fenceLanguages(text),
  };
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
