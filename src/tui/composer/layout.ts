/**
 * A draft in rows of a width, and where the cursor stands in them. The last column is
 * kept free, so that the cursor has a place behind a full row.
 */
import { graphemes, graphemeWidth } from "@/text/width.ts";
import { type Row, wrapRows } from "@/text/wrap.ts";
import type { Draft } from "./draft.ts";
import { lineEnd, standable } from "./motion.ts";

export interface Layout {
  /** At least one; code units of the draft's text. */
  readonly rows: readonly Row[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Columns a tab is shown as. */
const TAB = "    ";

/** The rows of a draft and the cursor's place, for that many columns. */
export function layoutDraft(
  draft: Draft,
  cursor: number,
  width: number,
): Layout {
  const rows = draftRows(draft.text, width);
  const row = rowOf(rows, cursor);
  const start = rows[row]?.start ?? 0;
  // Spaces may hang over the edge; the cursor stays inside.
  const column = Math.min(
    columnsOf(draft.text.slice(start, cursor)),
    Math.max(0, width - 1),
  );
  return { rows, cursor: { row, column } };
}

/** Text as it is shown: a tab is a step of fixed width. */
export function shownText(text: string): string {
  return text.replaceAll("\t", TAB);
}

interface RowMove {
  readonly cursor: number;
  /** The column to keep; undefined for the cursor's own. */
  readonly column: number | undefined;
  readonly direction: "up" | "down";
  readonly width: number;
}

/** One row up or down; undefined when there is none. */
export function placeInRow(
  draft: Draft,
  { cursor, column, direction, width }: RowMove,
): { readonly at: number; readonly column: number } | undefined {
  const layout = layoutDraft(draft, cursor, width);
  const target = layout
    .rows[layout.cursor.row + (direction === "up" ? -1 : 1)];
  if (target === undefined) return undefined;
  const goal = column ?? layout.cursor.column;
  const at = offsetAt(draft.text, target, goal);
  // Out of an element in the direction of the move, so that no row is a trap.
  const place = standable(draft, at, direction === "up" ? "back" : "forward");
  return { at: place, column: goal };
}

function draftRows(text: string, width: number): readonly Row[] {
  const columns = Math.max(1, width - 1);
  const rows: Row[] = [];
  for (let start = 0; start <= text.length;) {
    const end = lineEnd({ text, elements: [] }, start);
    for (const row of lineRows(text.slice(start, end), columns)) {
      rows.push({ start: start + row.start, end: start + row.end });
    }
    start = end + 1;
  }
  return rows;
}

/** Rows of one line; tabs are wrapped as the spaces they are shown as. */
function lineRows(line: string, columns: number): readonly Row[] {
  const widths = { first: columns, rest: columns };
  if (!line.includes("\t")) return wrapRows(line, widths);
  const shown = shownText(line);
  return wrapRows(shown, widths).map(({ start, end }) => ({
    start: unshownOffset(line, start),
    end: unshownOffset(line, end),
  }));
}

/** Where a place in the shown text lies in the text; inside of a tab, in front of it. */
function unshownOffset(line: string, shown: number): number {
  let at = 0;
  let seen = 0;
  while (at < line.length) {
    seen += line[at] === "\t" ? TAB.length : 1;
    if (seen > shown) break;
    at++;
  }
  return at;
}

function rowOf(rows: readonly Row[], at: number): number {
  let row = rows.length - 1;
  while (row > 0 && (rows[row]?.start ?? 0) > at) row--;
  return row;
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const cluster of graphemes(shownText(text))) {
    columns += graphemeWidth(cluster);
  }
  return columns;
}

/** The place in a row that is nearest to a column, from the left. */
function offsetAt(text: string, { start, end }: Row, column: number): number {
  let at = start;
  let columns = 0;
  for (const cluster of graphemes(text.slice(start, end))) {
    columns += columnsOf(cluster);
    if (columns > column) break;
    at += cluster.length;
  }
  return at;
}
