/**
 * Markdown that is still being written. What is finished is drawn once, taken and
 * printed for ever; only the block that is still growing is drawn again. So the cost
 * of a delta does not grow with the answer.
 *
 * This folder brings a parser along: import it when there is something to show.
 */
import { printable } from "@/text/ansi.ts";
import { type CodeReader, PLAIN_READER } from "../highlight/plain_reader.ts";
import { fenceLanguage } from "../highlight/languages.ts";
import { EMPTY_LINE, type Line } from "../render/line.ts";
import {
  type BlockContext,
  blockLines,
  codeLines,
  itemLines,
} from "./blocks.ts";
import { isDelimiterRow, itemStart } from "./line_kinds.ts";
import {
  endText,
  type Piece,
  readLine,
  SPLITTER_START,
  type SplitterState,
} from "./splitter.ts";
import { closeMarks } from "./unfinished.ts";

/** The rows of a whole text: those a stream of it ends up with. */
export function renderMarkdown(
  text: string,
  width: number,
  context: BlockContext,
): readonly Line[] {
  const stream = new MarkdownStream(context);
  stream.push(text);
  return stream.finish(width);
}

export class MarkdownStream {
  readonly #context: BlockContext;
  #splitter: SplitterState = SPLITTER_START;
  /** The line that is being written. */
  #partial = "";
  /** Finished and not yet taken. */
  #pieces: readonly Piece[] = [];
  #painted: Painted = NOTHING_PAINTED;

  constructor(context: BlockContext) {
    this.#context = context;
  }

  push(delta: string): void {
    if (!delta.includes("\n")) {
      this.#partial += delta;
      return;
    }
    const lines = (this.#partial + delta).split("\n");
    this.#partial = lines.pop() ?? "";
    const pieces: Piece[] = [];
    for (const text of lines) {
      const step = readLine(this.#splitter, cleaned(text));
      this.#splitter = step.state;
      pieces.push(...step.pieces);
    }
    if (pieces.length > 0) this.#pieces = [...this.#pieces, ...pieces];
  }

  /**
   * The rows that were finished since the last time; they will never change. Code whose
   * grammar is on its way is held back, and all behind it.
   */
  take(width: number): readonly Line[] {
    const ready = this.#readyCount();
    const rows = this.#paint(this.#pieces.slice(0, ready), width);
    this.#pieces = this.#pieces.slice(ready);
    return rows;
  }

  /** The rest as it looks now: what is held back, and what is being written. */
  open(width: number): readonly Line[] {
    const painted = {
      ...this.#painted,
      reader: this.#painted.reader?.fork(),
    };
    const pieces = [
      ...this.#pieces,
      ...openPieces(this.#splitter, this.#partial),
    ];
    return paintAll(pieces, width, painted, this.#context).rows;
  }

  /** The text has ended: the rows that were not taken yet. */
  finish(width: number): readonly Line[] {
    if (this.#partial !== "") this.push("\n");
    const pieces = [...this.#pieces, ...endText(this.#splitter)];
    this.#splitter = SPLITTER_START;
    this.#pieces = [];
    return this.#paint(pieces, width);
  }

  /** True while rows wait for a grammar, so that the app can draw again when it came. */
  get isWaiting(): boolean {
    return this.#readyCount() < this.#pieces.length;
  }

  #readyCount(): number {
    const { highlighter } = this.#context;
    if (highlighter === undefined) return this.#pieces.length;
    const held = this.#pieces.findIndex((piece) =>
      languagesOf(piece).some((language) =>
        highlighter.isComing(fenceLanguage(language))
      )
    );
    return held < 0 ? this.#pieces.length : held;
  }

  #paint(pieces: readonly Piece[], width: number): readonly Line[] {
    const { rows, painted } = paintAll(
      pieces,
      width,
      this.#painted,
      this.#context,
    );
    this.#painted = painted;
    return rows;
  }
}

/** What the next piece has to know of those before it. */
interface Painted {
  readonly isEmpty: boolean;
  /** A fence has begun, and no line of it is there. */
  readonly isFenceEmpty: boolean;
  /** Of the code that is being read. */
  readonly reader: CodeReader | undefined;
}

const NOTHING_PAINTED: Painted = {
  isEmpty: true,
  isFenceEmpty: false,
  reader: undefined,
};

function paintAll(
  pieces: readonly Piece[],
  width: number,
  start: Painted,
  context: BlockContext,
): { readonly rows: readonly Line[]; readonly painted: Painted } {
  const rows: Line[] = [];
  let painted = start;
  for (const piece of pieces) {
    if (!painted.isEmpty && isApart(piece, painted)) rows.push(EMPTY_LINE);
    for (const row of pieceLines(piece, width, painted, context)) {
      rows.push(row);
    }
    painted = {
      isEmpty: painted.isEmpty && piece.kind === "fenceStart",
      isFenceEmpty: piece.kind === "fenceStart",
      reader: readerAfter(piece, painted, context),
    };
  }
  return { rows, painted };
}

/** Whether a blank row stands in front of a piece. */
function isApart(piece: Piece, { isFenceEmpty }: Painted): boolean {
  switch (piece.kind) {
    case "fenceStart":
      return false;
    case "fenceLine":
      return isFenceEmpty;
    case "item":
      return !piece.isTight;
    case "block":
      return true;
  }
}

function pieceLines(
  piece: Piece,
  width: number,
  { reader }: Painted,
  context: BlockContext,
): readonly Line[] {
  switch (piece.kind) {
    case "block":
      return blockLines(piece.text, width, context);
    case "item":
      return itemLines(piece.text, piece.number, width, context);
    case "fenceStart":
      return [];
    case "fenceLine":
      return codeLines(piece.text, width, reader ?? PLAIN_READER);
  }
}

function readerAfter(
  piece: Piece,
  { reader }: Painted,
  { highlighter, theme }: BlockContext,
): CodeReader | undefined {
  if (piece.kind === "fenceLine") return reader;
  if (piece.kind !== "fenceStart") return undefined;
  return highlighter?.reader(fenceLanguage(piece.info), theme);
}

function languagesOf(piece: Piece): readonly string[] {
  switch (piece.kind) {
    case "fenceStart":
      return [piece.info];
    case "fenceLine":
      return [];
    default:
      return piece.languages;
  }
}

/** Marks that do not yet say what they begin: a list, a rule, a heading, bold text. */
const UNDECIDED = /^\s*(?:[-=*_`~#+>|: ]+|\d{1,9}[.)]?)?\s*$/;

/** The unfinished rest, as the pieces it would be if the text ended here. */
function openPieces(
  splitter: SplitterState,
  partial: string,
): readonly Piece[] {
  const line = cleaned(partial);
  if (splitter.open.kind === "fence") {
    return FENCE_MARK.test(line) ? [] : [{ kind: "fenceLine", text: line }];
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

/** More text than any screen shows the end of. */
const OPEN_CHARS_MAX = 12_000;

/** Steps in which the start of a long text is left out: between them rows stay as they are. */
const OPEN_CHARS_STEP = 4_000;

/** Rows of a table; each is worth many characters to draw. */
const OPEN_ROWS_MAX = 120;
const OPEN_ROWS_STEP = 40;

/** The end of a piece that is longer than a screen: its start has scrolled out of sight. */
function shortened(piece: Piece): Piece {
  if (piece.kind === "fenceStart" || piece.kind === "fenceLine") return piece;
  const { text } = piece;
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
      : `${first.slice(0, mark.contentColumn)}…${wholeLines(rest)}`,
  };
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

const CONTROL = /\p{Cc}/u;

/** A line without what a terminal would act on; tabs stay. */
function cleaned(line: string): string {
  return CONTROL.test(line)
    ? printable(line.replaceAll("\r", ""), "plain")
    : line;
}
