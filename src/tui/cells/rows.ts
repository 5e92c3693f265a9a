/**
 * The shape most cells share: a heading behind a bullet, details behind `└`, both
 * indented where they go on, and nothing wider than the screen.
 */
import { printable } from "@/text/ansi.ts";
import {
  endWithin,
  fitLine,
  type Line,
  lineWidth,
  sliceLine,
  type Span,
  span,
  textOf,
  wrapLine,
  type WrapOptions,
} from "../render/line.ts";
import { BOLD, DIM, over, PLAIN, type Style } from "../render/style.ts";

/** A bullet: dim for what only informs, bold in a colour that says how it ended. */
export function bullet(style: Style = DIM): Span {
  return span("• ", style === DIM ? DIM : over(style, BOLD));
}

export function bold(text: string): Span {
  return span(text, BOLD);
}

export function dim(text: string): Span {
  return span(text, DIM);
}

/** Rows behind a mark, as wide as the mark indented. */
export function markedRows(
  mark: Span,
  content: Line,
  width: number,
  mode: WrapOptions["mode"] = "words",
): readonly Line[] {
  const rest = [span(" ".repeat(lineWidth({ spans: [mark] })))];
  return wrapLine(content, { width, first: [mark], rest, mode });
}

/** Lines behind `└`. */
export function detailRows(
  contents: readonly Line[],
  width: number,
  mode: WrapOptions["mode"] = "words",
): readonly Line[] {
  return contents.flatMap((content, index) =>
    wrapLine(content, {
      width,
      first: [index === 0 ? dim("  └ ") : span("    ")],
      rest: [span("    ")],
      mode,
    })
  );
}

/** At most that many rows, the last of them saying how many are left out. */
export function firstRows(
  rows: readonly Line[],
  rowsMax: number,
): readonly Line[] {
  if (rows.length <= rowsMax) return rows;
  const left = rows.length - rowsMax + 1;
  return [...rows.slice(0, rowsMax - 1), leftOutRow(left)];
}

/** How many rows are left out in the history. */
export function leftOutRow(count: number): Line {
  const lines = count === 1 ? "line" : "lines";
  return {
    spans: [
      span("    "),
      dim(`… +${count} ${lines} (ctrl + t to view transcript)`),
    ],
  };
}

/** Text from elsewhere as lines: no control characters, tabs as spaces. */
export function textLines(text: string, style: Style = PLAIN): readonly Line[] {
  return printable(text, "plain").replaceAll("\t", "    ").split("\n")
    .map((row) => ({ spans: row === "" ? [] : [span(row, style)] }));
}

/** Text from elsewhere where one line is wanted. */
export function inOneLine(text: string): string {
  return printable(text, "plain").replace(/\s+/g, " ").trim();
}

/** The rows without what hangs over the edge: spaces, and what is wider than a row. */
export function fitted(
  rows: readonly Line[],
  width: number,
): readonly Line[] {
  return rows.map((row) => {
    if (lineWidth(row) <= width) return row;
    const text = textOf(row);
    const end = endWithin(text, width);
    return text.slice(end).trim() === ""
      ? sliceLine(row, { start: 0, end })
      : fitLine(row, width);
  });
}
