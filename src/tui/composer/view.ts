/** What of the composer is on screen: its rows as styled lines, scrolled to the cursor. */
import { fitted } from "../cells/rows.ts";
import { type Line, type Span, span } from "../render/line.ts";
import { BOLD, DIM, over, PLAIN, type Style } from "../render/style.ts";
import type { Theme } from "../render/theme.ts";
import type { Draft, Range } from "./draft.ts";
import { layoutDraft, shownText } from "./layout.ts";

export interface ComposerViewOptions {
  /** Columns of a row with its prompt. */
  readonly width: number;
  /** Rows there are; at least 1. */
  readonly height: number;
  /** The row that was on top before; the view moves no more than it has to. */
  readonly top: number;
  readonly theme: Theme;
  /** In front of the first row; the others are indented by as much. */
  readonly prompt: Span;
  /** Shown dim while nothing is written. */
  readonly placeholder: string;
  /** What a search found. */
  readonly hit: Range | undefined;
}

export interface ComposerView {
  readonly lines: readonly Line[];
  readonly cursor: { readonly row: number; readonly column: number };
  /** The row of the draft that is on top. */
  readonly top: number;
}

/** The rows that fit, with the cursor among them. */
export function viewComposer(
  draft: Draft & { readonly cursor: number },
  options: ComposerViewOptions,
): ComposerView {
  const { width, height, theme, prompt, placeholder, hit } = options;
  const indent = prompt.text.length;
  const { rows, cursor } = layoutDraft(
    draft,
    draft.cursor,
    Math.max(1, width - indent),
  );
  const top = topRow({ top: options.top, height, cursor: cursor.row }, rows);
  const isEmpty = draft.text === "";
  const lines = rows.slice(top, top + Math.max(1, height)).map(
    (row, index) => {
      const first = top + index === 0 ? prompt : span(" ".repeat(indent));
      const content = isEmpty
        ? [span(placeholder, DIM)]
        : rowSpans(draft, row, { theme, hit });
      return { spans: [first, ...content] };
    },
  );
  return {
    // Spaces that hang over the edge are there, and need no sign.
    lines: fitted(lines, width),
    cursor: { row: cursor.row - top, column: cursor.column + indent },
    top,
  };
}

function topRow(
  { top, height, cursor }: {
    readonly top: number;
    readonly height: number;
    readonly cursor: number;
  },
  rows: readonly unknown[],
): number {
  const last = Math.max(0, rows.length - height);
  const lowest = Math.max(0, cursor - height + 1);
  return Math.min(Math.max(top, lowest), cursor, last);
}

interface Marks {
  readonly theme: Theme;
  readonly hit: Range | undefined;
}

/** A row cut where its look changes. */
function rowSpans(
  { text, elements }: Draft,
  row: Range,
  { theme, hit }: Marks,
): readonly Span[] {
  const edges = [
    row.start,
    row.end,
    ...elements.flatMap(({ start, end }) => [start, end]),
    ...(hit === undefined ? [] : [hit.start, hit.end]),
  ].filter((edge) => edge >= row.start && edge <= row.end)
    .sort((left, right) => left - right);
  const spans: Span[] = [];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1] ?? start;
    if (start === end) continue;
    const isElement = elements.some((element) =>
      element.start <= start && element.end >= end
    );
    const isHit = hit !== undefined && hit.start <= start && hit.end >= end;
    const base: Style = isElement ? theme.accent : PLAIN;
    spans.push(
      span(
        shownText(text.slice(start, end)),
        isHit ? over(base, HIT) : base,
      ),
    );
  }
  return spans;
}

const HIT: Style = { ...BOLD, reverse: true };
