/**
 * The block that is still being written, as it is shown meanwhile: with its marks
 * closed, without what may turn out to be something else, and of a long one no more
 * than its end.
 */
import {
  endText,
  type Piece,
  readLine,
  type SplitterState,
} from "./splitter.ts";
import { shortened } from "./shorten.ts";
import { closeMarks } from "./unfinished.ts";

/** Marks that do not yet say what they begin: a list, a rule, a heading, bold text. */
const UNDECIDED = /^\s*(?:[-=*_`~#+>|: ]+|\d{1,9}[.)]?)?\s*$/;

/** The unfinished rest, as the pieces it would be if the text ended here. */
export function openPieces(
  splitter: SplitterState,
  line: string,
): readonly Piece[] {
  if (splitter.open.kind === "fence") {
    return FENCE_MARK.test(line)
      ? []
      : asOpen([{ kind: "fenceLine", text: line }]);
  }
  const isRow = splitter.open.kind !== "table" &&
    line.trimStart().startsWith("|");
  if (isRow || UNDECIDED.test(line)) {
    return asOpen(endText(withoutTableHeader(splitter)));
  }
  const step = readLine(splitter, line);
  return [...step.pieces, ...asOpen(endText(step.state))];
}

function asOpen(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) => withMarksClosed(shortened(piece)));
}

/** Nothing yet, or what may become the end of a fence. */
const FENCE_MARK = /^\s*(?:`*|~*)\s*$/;

/** A line of cells is not shown as text while the rule of its table may follow. */
function withoutTableHeader(splitter: SplitterState): SplitterState {
  const { open } = splitter;
  if (open.kind !== "paragraph") return splitter;
  if (open.lines.at(-1)?.trimStart().startsWith("|") !== true) return splitter;
  const lines = open.lines.slice(0, -1);
  return {
    ...splitter,
    open: lines.length === 0 ? { kind: "none" } : { ...open, lines },
  };
}

function withMarksClosed(piece: Piece): Piece {
  if (piece.kind === "fenceLine" || piece.kind === "fenceStart") return piece;
  if (piece.languages.length > 0) return piece;
  // Marks do not reach over the end of a paragraph.
  const from = piece.text.lastIndexOf("\n\n") + 1;
  const last = Math.max(from, rowStart(piece.text));
  return {
    ...piece,
    text: piece.text.slice(0, last) + closeMarks(piece.text.slice(last)),
  };
}

/** Where the last row of a table, or of a nested list, begins; else 0. */
function rowStart(text: string): number {
  const start = text.lastIndexOf("\n") + 1;
  return /^\s*(?:\||[-+*] |\d+[.)] )/.test(text.slice(start)) ? start : 0;
}
