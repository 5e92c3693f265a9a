/**
 * What is on the terminal: finished lines, which go into its own scrollback and are
 * never touched again, and below them the view, a few rows that are drawn anew.
 *
 * The view is found again by the cursor, which stands in it: no answer of the terminal
 * is needed to draw. Where the terminal has said where the cursor is, finished lines
 * are put in above the view by scroll regions, and the view stands still; else they are
 * written over the view, which then follows below them.
 *
 * Source: ECMA-48 (CUU, EL, ED); DEC STD 070 (DECSTBM, DECAWM, DECTCEM); synchronised
 * output, mode 2026.
 */
import type { TerminalSize } from "@/platform/platform.ts";
import type { Encoder } from "./encode.ts";
import { type Line, lineWidth } from "./line.ts";

/** A place in the rows of a view. */
export interface CursorPlace {
  readonly row: number;
  readonly column: number;
}

export interface Frame {
  /** Lines that are finished, each no wider than the terminal. */
  readonly finished: readonly Line[];
  /** At least one row, at most as many as the terminal has. */
  readonly view: readonly Line[];
  /** Undefined: the cursor is not shown. */
  readonly cursor: CursorPlace | undefined;
}

/** What a terminal that becomes narrower does with its rows: wraps or cuts their text. */
export type ReflowKind = "wraps" | "cuts";

export interface ScreenOptions {
  readonly encoder: Encoder;
  readonly size: TerminalSize;
  readonly reflow: ReflowKind;
  /** False where scroll regions lose what is scrolled out of them. */
  readonly canScrollRegions: boolean;
}

const SYNC_START = "\x1b[?2026h";
const SYNC_END = "\x1b[?2026l";
const CURSOR_HIDE = "\x1b[?25l";
const CURSOR_SHOW = "\x1b[?25h";
const AUTOWRAP_OFF = "\x1b[?7l";
const AUTOWRAP_ON = "\x1b[?7h";
const ERASE_BELOW = "\x1b[J";
const ASK_CURSOR = "\x1b[6n";

interface Drawn {
  /** Rows as they were written, to see what has changed. */
  readonly rows: readonly string[];
  readonly widths: readonly number[];
  readonly cursor: CursorPlace;
  readonly isCursorShown: boolean;
}

/** What to write, and in which row of the view that leaves the cursor. */
interface Drawing {
  readonly written: string;
  readonly at: number;
}

const NOTHING: Drawn = {
  rows: [],
  widths: [],
  cursor: { row: 0, column: 0 },
  isCursorShown: true,
};

/**
 * How the first row of the view has moved since the terminal was asked: down by what
 * was printed, but never lower than leaves room for the view.
 */
interface Movement {
  readonly printed: number;
  readonly topMax: number;
}

/** Draws by giving back what has to be written; it writes nothing itself. */
export class Screen {
  readonly #encoder: Encoder;
  readonly #reflow: ReflowKind;
  readonly #canScrollRegions: boolean;
  #size: TerminalSize;
  #drawn: Drawn = NOTHING;
  /** The terminal's row in which the view begins, from 0; undefined when not known. */
  #top: number | undefined;
  #asked: { readonly cursorRow: number; movement: Movement } | undefined;
  /** Questions on their way; answers come in their order, and only the last counts. */
  #unanswered = 0;

  constructor(options: ScreenOptions) {
    this.#encoder = options.encoder;
    this.#reflow = options.reflow;
    this.#canScrollRegions = options.canScrollRegions;
    this.#size = options.size;
  }

  get size(): TerminalSize {
    return this.#size;
  }

  /** What to write to show the frame; empty when all of it is there already. */
  draw(frame: Frame): string {
    const next = this.#encode(frame);
    const { written, at } = frame.finished.length === 0
      ? this.#drawView(next)
      : this.#canInsert(next)
      ? this.#insert(next, frame.finished)
      : this.#rewrite(next, frame.finished);
    const isSame = written === "" &&
      next.cursor.row === this.#drawn.cursor.row &&
      next.cursor.column === this.#drawn.cursor.column &&
      next.isCursorShown === this.#drawn.isCursorShown;
    if (isSame) return "";
    this.#drawn = next;
    const content = CURSOR_HIDE + written + moveRows(next.cursor.row - at) +
      toColumn(next.cursor.column) + (next.isCursorShown ? CURSOR_SHOW : "");
    return SYNC_START + content + SYNC_END;
  }

  /** Asks the terminal where the cursor is; the answer goes to `located`. */
  locate(): string {
    this.#unanswered++;
    this.#asked = {
      cursorRow: this.#drawn.cursor.row,
      movement: { printed: 0, topMax: Infinity },
    };
    return ASK_CURSOR;
  }

  /** The terminal's answer, a row from 0. */
  located(row: number): void {
    if (this.#unanswered > 0) this.#unanswered--;
    // Where the cursor was before the last resize says nothing about where it is now.
    if (this.#unanswered > 0 || this.#asked === undefined) return;
    const { cursorRow, movement } = this.#asked;
    this.#asked = undefined;
    const top = Math.min(row - cursorRow + movement.printed, movement.topMax);
    if (top >= 0) this.#top = top;
  }

  /**
   * Takes the new size in and gives back what to write before the next frame: the view
   * is taken off the screen, wherever the terminal has put it.
   */
  resize(size: TerminalSize): string {
    const above = this.#rowsAboveCursor(size.columns);
    this.#size = size;
    this.#forget();
    return SYNC_START + moveRows(-Math.min(above, size.rows - 1)) + "\r" +
      ERASE_BELOW + SYNC_END + this.locate();
  }

  /** Leaves the view's place; the cursor stands where it began. */
  erase(): string {
    const up = moveRows(-this.#drawn.cursor.row);
    this.#forget();
    return `${up}\r${ERASE_BELOW}${CURSOR_SHOW}`;
  }

  /** Nothing is known of the screen any more; the cursor stands in column 0. */
  reset(): string {
    this.#forget();
    return this.locate();
  }

  #forget(): void {
    this.#drawn = NOTHING;
    this.#top = undefined;
    this.#asked = undefined;
  }

  #encode({ view, cursor }: Frame): Drawn {
    const { columns } = this.#size;
    return {
      rows: view.map((content) => this.#encoder.row(content, columns)),
      widths: view.map((content) => Math.min(columns, lineWidth(content))),
      cursor: cursor ?? { row: view.length - 1, column: 0 },
      isCursorShown: cursor !== undefined,
    };
  }

  /** Writes the rows that differ. */
  #drawView(next: Drawn): Drawing {
    const { rows, cursor } = this.#drawn;
    const isGrowing = next.rows.length > rows.length;
    const isShrinking = next.rows.length < rows.length;
    let written = "";
    let at = cursor.row;
    let bottom = Math.max(rows.length, 1) - 1;
    next.rows.forEach((row, index) => {
      if (index < rows.length && rows[index] === row) return;
      // Rows that are not there yet are made by line feeds, which may scroll.
      written += index <= bottom
        ? moveRows(index - at)
        : moveRows(bottom - at) + "\n".repeat(index - bottom);
      written += `\r${row}`;
      bottom = Math.max(bottom, index);
      at = index;
    });
    const last = next.rows.length - 1;
    if (isShrinking) {
      written += `${moveRows(last + 1 - at)}\r${ERASE_BELOW}${moveRows(-1)}`;
      at = last;
    }
    if (isGrowing || isShrinking) this.#moved(0, next.rows.length);
    return { written, at };
  }

  /** True when lines can be put in above the view without touching it. */
  #canInsert(next: Drawn): boolean {
    const height = this.#drawn.rows.length;
    return this.#canScrollRegions && this.#top !== undefined && this.#top > 1 &&
      height > 0 && this.#top + height === this.#size.rows &&
      next.rows.length <= height;
  }

  /** Scrolls what is above the view up, and draws the view where it stands. */
  #insert(next: Drawn, finished: readonly Line[]): Drawing {
    const top = this.#top ?? 0;
    const { columns } = this.#size;
    const lines = finished.map((content) =>
      `\r\n${this.#encoder.row(content, columns)}`
    );
    const scrolled = `\x1b[1;${top}r\x1b[${top};1H` +
      unwrapped(lines.join("")) + "\x1b[r" +
      `\x1b[${top + this.#drawn.cursor.row + 1};1H`;
    const { written, at } = this.#drawView(next);
    return { written: scrolled + written, at };
  }

  /** Writes lines over the view and the view below them. */
  #rewrite(next: Drawn, finished: readonly Line[]): Drawing {
    const { columns } = this.#size;
    const rows = [
      ...finished.map((content) =>
        unwrapped(this.#encoder.row(content, columns))
      ),
      ...next.rows,
    ];
    const erase = rows.length < this.#drawn.rows.length
      ? `\r\n${ERASE_BELOW}${moveRows(-1)}`
      : "";
    const up = moveRows(-this.#drawn.cursor.row);
    this.#moved(finished.length, next.rows.length);
    return {
      written: `${up}\r${rows.join("\r\n")}${erase}`,
      at: next.rows.length - 1,
    };
  }

  /** Keeps count of where the view is while lines are printed above it. */
  #moved(printed: number, height: number): void {
    const topMax = this.#size.rows - height;
    if (this.#top !== undefined) {
      this.#top = Math.min(this.#top + printed, topMax);
    }
    if (this.#asked === undefined) return;
    const { movement } = this.#asked;
    this.#asked.movement = {
      printed: movement.printed + printed,
      topMax: Math.min(movement.topMax + printed, topMax),
    };
  }

  /** How far the view's first row is above the cursor in that width. */
  #rowsAboveCursor(columns: number): number {
    const { widths, cursor } = this.#drawn;
    if (this.#reflow === "cuts") return cursor.row;
    const above = widths.slice(0, cursor.row).reduce(
      (rows, width) => rows + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    return above + Math.floor(cursor.column / columns);
  }
}

/**
 * Rows of the history stay one row each, also where a terminal measures a letter wider.
 * Rows of the view may wrap: one that is drawn just after the terminal became narrower
 * then takes as many rows as one that was there before, which is how the view is found
 * again. Were it cut, rows above the view would be taken for a part of it.
 */
function unwrapped(rows: string): string {
  return AUTOWRAP_OFF + rows + AUTOWRAP_ON;
}

/** Down for positive numbers, up for negative ones. */
function moveRows(count: number): string {
  if (count === 0) return "";
  return count > 0 ? `\x1b[${count}B` : `\x1b[${-count}A`;
}

function toColumn(column: number): string {
  return `\x1b[${column + 1}G`;
}
