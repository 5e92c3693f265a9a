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
import { openPieces } from "./open_pieces.ts";
import {
  endText,
  type Piece,
  readLine,
  SPLITTER_START,
  type SplitterState,
} from "./splitter.ts";

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
      ...openPieces(this.#splitter, cleaned(this.#partial)),
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

const CONTROL = /\p{Cc}/u;

/** A line without what a terminal would act on; tabs stay. */
function cleaned(line: string): string {
  return CONTROL.test(line)
    ? printable(line.replaceAll("\r", ""), "plain")
    : line;
}
