/**
 * The whole terminal, for what is looked at and left again: the alternate screen has
 * no scrollback, and what was there before comes back when it is left.
 *
 * Source: XTerm Control Sequences (modes 1049 and 1007).
 */
import type { TerminalSize } from "@/platform/platform.ts";
import type { Encoder } from "./encode.ts";
import { EMPTY_LINE, type Line } from "./line.ts";
import type { CursorPlace } from "./screen.ts";

/** The wheel sends arrow keys meanwhile, so that it scrolls what is shown. */
export const ENTER_FULL_SCREEN = "\x1b[?1049h\x1b[?1007h\x1b[H\x1b[2J";
export const LEAVE_FULL_SCREEN = "\x1b[?1007l\x1b[?1049l";

export class FullScreen {
  readonly #encoder: Encoder;
  readonly #size: TerminalSize;
  #rows: readonly string[] = [];
  #cursor = "";

  constructor(encoder: Encoder, size: TerminalSize) {
    this.#encoder = encoder;
    this.#size = size;
  }

  /** What to write to show these rows; rows that are missing are empty. */
  draw(view: readonly Line[], cursor: CursorPlace | undefined): string {
    const { columns, rows } = this.#size;
    const next = Array.from(
      { length: rows },
      (_, index) => this.#encoder.row(view[index] ?? EMPTY_LINE, columns),
    );
    const changed = next
      .map((row, index) =>
        row === this.#rows[index] ? "" : `\x1b[${index + 1};1H${row}`
      )
      .join("");
    const place = cursor === undefined
      ? "\x1b[?25l"
      : `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
    if (changed === "" && place === this.#cursor) return "";
    this.#rows = next;
    this.#cursor = place;
    return `\x1b[?2026h\x1b[?25l\x1b[?7l${changed}\x1b[?7h${place}\x1b[?2026l`;
  }
}
