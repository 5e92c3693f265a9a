/**
 * Breaks text into rows of a width. Pure: what comes back are places in the text, so
 * that styles, cursors and marks can be laid over the rows.
 *
 * A row ends at a space where it can, behind a wide character (CJK has no spaces) or
 * wherever the width ends; nothing of the text but the spaces at a break is left out.
 */
import { graphemes, graphemeWidth, isAscii } from "./width.ts";

/** A row: the code units from `start` up to, not including, `end`. */
export interface Row {
  readonly start: number;
  readonly end: number;
}

export interface WrapWidths {
  /** Columns of the first row; at least 1. */
  readonly first: number;
  /** Columns of the others; at least 1. */
  readonly rest: number;
}

/** Rows of one line, at least one. The text holds no line breaks. */
export function wrapRows(text: string, widths: WrapWidths): readonly Row[] {
  if (text.length <= widths.first && isAscii(text)) {
    return [{ start: 0, end: text.length }];
  }
  return new Wrapper(text, widths).rows();
}

/** Rows cut where the width ends, words or not; for code and output. */
export function cutRows(text: string, widths: WrapWidths): readonly Row[] {
  const rows: Row[] = [];
  let start = 0;
  let end = 0;
  let width = 0;
  for (const cluster of graphemes(text)) {
    const columns = graphemeWidth(cluster);
    if (width + columns > limitOf(widths, rows.length) && end > start) {
      rows.push({ start, end });
      start = end;
      width = 0;
    }
    end += cluster.length;
    width += columns;
  }
  rows.push({ start, end });
  return rows;
}

function limitOf(widths: WrapWidths, row: number): number {
  return Math.max(1, row === 0 ? widths.first : widths.rest);
}

/** Where a row could end, where the next would begin, and the columns up to there. */
interface Break {
  readonly end: number;
  readonly next: number;
  readonly width: number;
}

/**
 * What no row begins with in Chinese and Japanese: what ends a phrase or goes on with
 * the sound before it (JIS X 4051, 6.1.1: the common ones).
 */
const NEVER_FIRST =
  /^[、。，．・：；？！）］｝〉》」』】〕〗〙”’…‥ーゝゞヽヾ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;

/** Walks the text once and remembers the last place where a row could end. */
class Wrapper {
  readonly #text: string;
  readonly #widths: WrapWidths;
  readonly #rows: Row[] = [];
  #start = 0;
  #width = 0;
  #break: Break | undefined;
  /** The place before it, for when a row must not begin behind it. */
  #earlier: Break | undefined;

  constructor(text: string, widths: WrapWidths) {
    this.#text = text;
    this.#widths = widths;
  }

  rows(): readonly Row[] {
    let at = 0;
    for (const cluster of graphemes(this.#text)) {
      this.#take(cluster, at);
      at += cluster.length;
    }
    this.#rows.push({ start: this.#start, end: at });
    return this.#rows;
  }

  #take(cluster: string, at: number): void {
    const columns = graphemeWidth(cluster);
    const isSpace = cluster === " ";
    if (this.#break?.next === at && NEVER_FIRST.test(cluster)) {
      this.#break = this.#earlier;
    }
    // A space that does not fit hangs over the edge: the break takes it.
    if (!isSpace) {
      while (this.#width + columns > this.#limit() && at > this.#start) {
        this.#endRow(at);
      }
    }
    this.#width += columns;
    const next = at + cluster.length;
    if (isSpace) {
      const isRun = this.#break?.next === at;
      this.#break = {
        end: isRun ? this.#break?.end ?? at : at,
        next,
        width: this.#width,
      };
    } else if (columns === 2) {
      this.#earlier = this.#break;
      this.#break = { end: next, next, width: this.#width };
    }
  }

  #endRow(at: number): void {
    const place = this.#break;
    this.#break = undefined;
    this.#earlier = undefined;
    if (place === undefined || place.end <= this.#start) {
      this.#rows.push({ start: this.#start, end: at });
      this.#start = at;
      this.#width = 0;
      return;
    }
    this.#rows.push({ start: this.#start, end: place.end });
    this.#start = place.next;
    this.#width -= place.width;
  }

  #limit(): number {
    return limitOf(this.#widths, this.#rows.length);
  }
}
