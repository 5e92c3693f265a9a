/**
 * What a command printed, under its heading. In the history only its first and last
 * rows, counted after wrapping; in the transcript all of it.
 */
import { countLines } from "@/text/truncate.ts";
import { type Line, line, span, wrapLine } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import { dim, leftOutRow } from "./rows.ts";
import { outputLines } from "./sgr.ts";

/** Rows of output below a command of the model's, with the mark between them. */
export const OUTPUT_ROWS_MAX = 5;

/** A command the user typed is one they want to see the output of. */
export const USER_OUTPUT_ROWS_MAX = 50;

/** Of a longer output only the ends are drawn: 64 KiB are more rows than are shown. */
const DRAWN_CHARS_MAX = 64 * 1_024;

const INDENT = 4;

/** Rows of at most that many, head and tail, with the number of those left out. */
export function outputRows(
  text: string,
  width: number,
  rowsMax: number,
): readonly Line[] {
  if (text.trim() === "") return [];
  const parts = text.length <= DRAWN_CHARS_MAX
    ? { head: text, tail: "", hidden: 0 }
    : ends(text);
  const head = rowsOf(parts.head, width);
  const tail = parts.tail === "" ? [] : rowsOf(parts.tail, width);
  const count = head.length + tail.length;
  if (count <= rowsMax && parts.hidden === 0) {
    return indented([...head, ...tail]);
  }
  const tops = Math.floor((rowsMax - 1) / 2);
  const bottoms = rowsMax - 1 - tops;
  const all = [...head, ...tail];
  const left = count - tops - bottoms + parts.hidden;
  return [
    ...indented(all.slice(0, tops)),
    leftOutRow(left),
    ...all.slice(-bottoms).map((row) => ({
      spans: [span("    "), ...row.spans],
    })),
  ];
}

/** All rows of an output. */
export function allOutputRows(text: string, width: number): readonly Line[] {
  return text.trim() === "" ? [] : indented(rowsOf(text, width));
}

export function noOutputRow(): Line {
  return line(dim("  └ "), dim("(no output)"));
}

function rowsOf(text: string, width: number): readonly Line[] {
  return outputLines(text, DIM).flatMap((row) =>
    wrapLine(row, { width: width - INDENT, mode: "cut" })
  );
}

function indented(rows: readonly Line[]): readonly Line[] {
  return rows.map((row, index) => ({
    spans: [index === 0 ? dim("  └ ") : span("    "), ...row.spans],
  }));
}

/** Whole lines of both ends, and how many lie between them. */
function ends(text: string) {
  const half = DRAWN_CHARS_MAX / 2;
  const headEnd = text.lastIndexOf("\n", half) + 1 || half;
  const tailStart = text.indexOf("\n", text.length - half) + 1 ||
    text.length - half;
  return {
    head: text.slice(0, headEnd),
    tail: text.slice(tailStart),
    hidden: countLines(text.slice(headEnd, tailStart)),
  };
}
