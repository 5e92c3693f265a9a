/**
 * A block that grows beyond the screen: while it does, only its end is drawn, so that a
 * frame costs the same however long it is.
 */
import {
  type FenceStart,
  fenceStart,
  isDelimiterRow,
  isFenceEnd,
  itemStart,
} from "./line_kinds.ts";
import type { Piece } from "./splitter.ts";

/** More text than any screen shows the end of. */
const OPEN_CHARS_MAX = 12_000;

/** Steps in which the start of a long text is left out: between them rows stay as they are. */
const OPEN_CHARS_STEP = 4_000;

/** Rows of a table; each is worth many characters to draw. */
const OPEN_ROWS_MAX = 120;
const OPEN_ROWS_STEP = 40;

/** The end of a piece that is longer than a screen: its start has scrolled out of sight. */
export function shortened(piece: Piece): Piece {
  if (piece.kind === "fenceStart") return piece;
  const { text } = piece;
  if (piece.kind === "fenceLine") {
    const start = leftOut(text.length, OPEN_CHARS_MAX, OPEN_CHARS_STEP);
    return start === 0 ? piece : { ...piece, text: text.slice(start) };
  }
  const [first = "", second = ""] = text.split("\n", 2);
  if (piece.kind === "block" && isDelimiterRow(second)) {
    return { ...piece, text: shortTable(text) };
  }
  const from = leftOut(text.length, OPEN_CHARS_MAX, OPEN_CHARS_STEP);
  if (from === 0) return piece;
  const rest = text.slice(from).toWellFormed();
  const mark = piece.kind === "item" ? itemStart(first) : undefined;
  return {
    ...piece,
    text: mark === undefined
      ? rest.trimStart()
      : `${first.slice(0, mark.contentColumn)}…${
        openFence(text.slice(0, from))
      }${wholeLines(rest)}`,
  };
}

/** The line that opened the fence a text ends in, to open it again; else nothing. */
function openFence(text: string): string {
  let open: { readonly line: string; readonly fence: FenceStart } | undefined;
  for (const line of text.split("\n")) {
    const content = line.trimStart();
    if (open === undefined) {
      const fence = fenceStart(content);
      open = fence && { line, fence };
    } else if (isFenceEnd(content, open.fence)) open = undefined;
  }
  return open === undefined ? "" : `\n${open.line}`;
}

function shortTable(text: string): string {
  const [header = "", rule = "", ...rows] = text.split("\n");
  const from = leftOut(rows.length, OPEN_ROWS_MAX, OPEN_ROWS_STEP);
  return from === 0 ? text : [header, rule, ...rows.slice(from)].join("\n");
}

/** How much is left out of so much, in steps. */
function leftOut(length: number, most: number, step: number): number {
  return Math.max(0, Math.ceil((length - most) / step) * step);
}

/** From the first line break on; of one long line, all of it as a line. */
function wholeLines(text: string): string {
  const start = text.indexOf("\n");
  return start < 0 ? text : text.slice(start);
}
