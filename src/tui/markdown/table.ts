/**
 * Tables: columns as wide as what is in them, narrower with wrapped cells when the
 * screen is, and records of `key: value` when that would leave columns of nothing.
 */
import type { Tokens } from "marked";
import { displayWidth } from "@/text/width.ts";
import {
  EMPTY_LINE,
  type Line,
  lineWidth,
  type Span,
  span,
  textOf,
  wrapLine,
} from "../render/line.ts";
import { BOLD, DIM, PLAIN } from "../render/style.ts";
import { type InlineContext, inlineLines } from "./inline.ts";

/** Lines of one cell, unwrapped. */
type Cell = readonly Line[];
type Row = readonly Cell[];
type Align = "left" | "right" | "center" | null;

const GAP = " │ ";
/** A column is not made narrower than its longest word, up to this. */
const WORD_COLUMNS_MAX = 16;

export function tableLines(
  table: Tokens.Table,
  width: number,
  context: InlineContext,
): readonly Line[] {
  const header = table.header.map(({ tokens }) =>
    inlineLines(tokens, context, BOLD)
  );
  const rows = table.rows.map((row) =>
    row.map(({ tokens }) => inlineLines(tokens, context))
  );
  const widths = columnWidths([header, ...rows], width);
  return widths === undefined
    ? records(header, rows, width)
    : grid(header, rows, { widths, aligns: table.align });
}

/** Columns of each cell; undefined when they would be too narrow to read. */
function columnWidths(
  rows: readonly Row[],
  width: number,
): readonly number[] | undefined {
  const columns = rows[0]?.length ?? 0;
  const indices = Array.from({ length: columns }, (_, index) => index);
  const wanted = indices.map((index) => widest(rows, index, lineWidth));
  const least = indices.map((index) =>
    Math.min(widest(rows, index, longestWord), WORD_COLUMNS_MAX)
  );
  const room = width - (columns - 1) * GAP.length;
  if (sum(wanted) <= room) return wanted;
  if (sum(least) > room) return undefined;
  return shared(wanted, least, room);
}

function widest(
  rows: readonly Row[],
  index: number,
  measure: (line: Line) => number,
): number {
  let most = 1;
  for (const row of rows) {
    for (const line of row[index] ?? []) most = Math.max(most, measure(line));
  }
  return most;
}

function longestWord(line: Line): number {
  return Math.max(0, ...textOf(line).split(/\s+/).map(displayWidth));
}

/** The room dealt out by what columns want above the least they need. */
function shared(
  wanted: readonly number[],
  least: readonly number[],
  room: number,
): readonly number[] {
  const spare = room - sum(least);
  const more = wanted.map((columns, index) => columns - (least[index] ?? 0));
  const widths = least.map((columns, index) =>
    columns + Math.floor(spare * (more[index] ?? 0) / sum(more))
  );
  // What rounding left goes to the first that want it.
  let left = room - sum(widths);
  return widths.map((columns, index) => {
    if (left === 0 || columns >= (wanted[index] ?? 0)) return columns;
    left--;
    return columns + 1;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

interface Grid {
  readonly widths: readonly number[];
  readonly aligns: readonly Align[];
}

function grid(
  header: Row,
  rows: readonly Row[],
  shape: Grid,
): readonly Line[] {
  const drawn = rows.map((row) => rowLines(row, shape));
  // Wrapped rows are told apart by a rule.
  const isRuled = drawn.some((lines) => lines.length > 1);
  return [
    ...rowLines(header, shape),
    rule(shape, "━", "━┿━"),
    ...drawn.flatMap((lines, index) =>
      isRuled && index > 0 ? [rule(shape, "─", "─┼─"), ...lines] : lines
    ),
  ];
}

function rule({ widths }: Grid, dash: string, crossing: string): Line {
  const text = widths.map((columns) => dash.repeat(columns)).join(crossing);
  return { spans: [span(text, DIM)] };
}

function rowLines(row: Row, { widths, aligns }: Grid): readonly Line[] {
  const cells = widths.map((width, index) =>
    (row[index] ?? []).flatMap((line) => wrapLine(line, { width }))
  );
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const spans: Span[] = [];
    for (const [index, width] of widths.entries()) {
      if (index > 0) spans.push(span(GAP, DIM));
      const isLast = index === widths.length - 1;
      spans.push(...aligned(
        cells[index]?.[at] ?? EMPTY_LINE,
        { width, align: aligns[index] ?? null, isLast },
      ));
    }
    return { spans };
  });
}

interface Place {
  readonly width: number;
  readonly align: Align;
  /** Nothing is drawn behind it, so it needs no filling up. */
  readonly isLast: boolean;
}

function aligned(line: Line, { width, align, isLast }: Place): readonly Span[] {
  const free = Math.max(0, width - lineWidth(line));
  const before = align === "right"
    ? free
    : align === "center"
    ? Math.floor(free / 2)
    : 0;
  return [
    ...blank(before),
    ...line.spans,
    ...blank(isLast ? 0 : free - before),
  ];
}

function blank(columns: number): readonly Span[] {
  return columns <= 0 ? [] : [span(" ".repeat(columns), PLAIN)];
}

function records(
  header: Row,
  rows: readonly Row[],
  width: number,
): readonly Line[] {
  const shown = rows.length === 0 ? [header.map(() => [])] : rows;
  return shown.flatMap((row, index) => [
    ...(index === 0 ? [] : [EMPTY_LINE]),
    ...row.flatMap((cell, column) => record(header[column] ?? [], cell, width)),
  ]);
}

function record(key: Cell, value: Cell, width: number): readonly Line[] {
  const [first = EMPTY_LINE, ...others] = value;
  const name = key.flatMap(({ spans }) => spans);
  const head = { spans: [...name, span(": ", DIM), ...first.spans] };
  return [
    ...wrapLine(head, { width, first: [], rest: [span("  ")] }),
    ...others.flatMap((line) => wrapLine(line, { width, first: [span("  ")] })),
  ];
}
