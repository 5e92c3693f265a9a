/**
 * How well a query fits a path: the algorithm of fzf and of the matcher other versions
 * use, with its points. Letters beside each other, at the start of a word or of a
 * name, count for more; gaps cost. The best way to find the letters is searched for,
 * not the first. Pure but for its scratch memory, which one owner keeps.
 */
import {
  type Atom,
  foldedCase,
  parseQuery,
  withoutAccent,
} from "./fuzzy_pattern.ts";

const MATCH = 16;
const GAP_START = 3;
const GAP_MORE = 1;
/** At the start of a word. */
const BOUNDARY = 8;
/** At the start of a name, behind a slash. */
const DELIMITER = BOUNDARY + 1;
const CAMEL = BOUNDARY - GAP_START;
const CONSECUTIVE = GAP_START + GAP_MORE;
const FIRST_FACTOR = 2;

/** Paths this long no system has. */
const PATH_CHARS_MAX = 8192;

/** Kinds of characters, the ones words are made of last. */
const enum Class {
  Space,
  Other,
  Slash,
  Lower,
  Upper,
  Letter,
  Digit,
}

export interface FuzzyMatch {
  readonly score: number;
  /** Where the letters are, in code points, in order. */
  readonly indices: readonly number[];
}

/** Fits one query to many paths. */
export class FuzzyMatcher {
  readonly #atoms: readonly Atom[];
  readonly #longest: number;
  #length = 0;
  #folded = new Int32Array(256);
  #plain = new Int32Array(256);
  #bonus = new Int8Array(256);
  #found = new Int16Array(256);
  #over = new Int16Array(256);
  #runs = new Int8Array(256);
  #isRun = new Uint8Array(256);
  #isGapStart = new Uint8Array(256);

  constructor(query: string) {
    this.#atoms = parseQuery(query);
    this.#longest = Math.max(
      0,
      ...this.#atoms.map(({ codes }) => codes.length),
    );
  }

  /** The query asks for nothing. */
  get isEmpty(): boolean {
    return this.#atoms.length === 0;
  }

  /** Undefined when the query does not fit. */
  score(path: string): number | undefined {
    return this.#fit(path, undefined);
  }

  match(path: string): FuzzyMatch | undefined {
    const indices = new Set<number>();
    const score = this.#fit(path, indices);
    return score === undefined ? undefined : {
      score,
      indices: [...indices].sort((left, right) => left - right),
    };
  }

  #fit(path: string, indices: Set<number> | undefined): number | undefined {
    if (!this.#load(path)) return undefined;
    let total = 0;
    for (const atom of this.#atoms) {
      const score = atom.kind === "loose"
        ? this.#looseScore(atom, indices)
        : this.#boundScore(atom, atom.isInverse ? undefined : indices);
      if (atom.isInverse) {
        if (score !== undefined) return undefined;
        continue;
      }
      if (score === undefined) return undefined;
      total += score;
    }
    return total;
  }

  /** Takes a path apart; false for one that is too long. */
  #load(path: string): boolean {
    if (path.length > PATH_CHARS_MAX) return false;
    if (path.length > this.#folded.length) this.#grow(path.length);
    let length = 0;
    let previous = Class.Slash;
    for (let at = 0; at < path.length; at++) {
      const code = path.codePointAt(at) ?? 0;
      if (code > 0xffff) at++;
      const own = classOf(code);
      this.#folded[length] = foldedCase(code);
      this.#plain[length] = code < 128
        ? this.#folded[length] ?? 0
        : withoutAccent(foldedCase(code));
      this.#bonus[length] = bonusOf(previous, own);
      previous = own;
      length++;
    }
    this.#length = length;
    return true;
  }

  #grow(length: number): void {
    this.#folded = new Int32Array(length);
    this.#plain = new Int32Array(length);
    this.#bonus = new Int8Array(length);
  }

  #text({ keepsAccents }: Atom): Int32Array {
    return keepsAccents ? this.#folded : this.#plain;
  }

  /**
   * Letters in order with anything between them: the best of all ways. For each letter
   * and place, `found` is the best with the letter there, `over` the best with it
   * somewhere before.
   */
  #looseScore(
    atom: Atom,
    indices: Set<number> | undefined,
  ): number | undefined {
    const { codes } = atom;
    const text = this.#text(atom);
    const firsts = this.#firstPlaces(codes, text);
    if (firsts === undefined) return undefined;
    const width = this.#length;
    this.#reserve(width * this.#longest);
    for (const [row, code] of codes.entries()) {
      const start = row * width;
      const first = firsts[row] ?? 0;
      this.#over[start + first] = 0;
      for (let at = first; at < width; at++) {
        const cell = start + at;
        if (at > first) this.#leaveOut(cell);
        this.#found[cell] = 0;
        if (code === text[at]) this.#find(row, at, cell);
      }
    }
    const start = (codes.length - 1) * width;
    let end = firsts[codes.length - 1] ?? 0;
    for (let at = end; at < width; at++) {
      if ((this.#found[start + at] ?? 0) >= (this.#found[start + end] ?? 0)) {
        end = at;
      }
    }
    if (indices !== undefined) this.#trace(codes.length, end, indices);
    return this.#found[start + end];
  }

  #reserve(cells: number): void {
    if (cells <= this.#found.length) return;
    this.#found = new Int16Array(cells);
    this.#over = new Int16Array(cells);
    this.#runs = new Int8Array(cells);
    this.#isRun = new Uint8Array(cells);
    this.#isGapStart = new Uint8Array(cells);
  }

  /** The letter is not here: a gap begins or goes on. */
  #leaveOut(cell: number): void {
    const start = (this.#found[cell - 1] ?? 0) - GAP_START;
    const more = (this.#over[cell - 1] ?? 0) - GAP_MORE;
    this.#over[cell] = Math.max(start, more, 0);
    this.#isGapStart[cell] = start > Math.max(more, 0) ? 1 : 0;
  }

  /** The letter is here: right behind the one before it, or behind a gap. */
  #find(row: number, at: number, cell: number): void {
    const own = this.#bonus[at] ?? 0;
    if (row === 0) {
      this.#found[cell] = MATCH + own * FIRST_FACTOR;
      this.#runs[cell] = own;
      this.#isRun[cell] = 0;
      return;
    }
    const before = cell - this.#length - 1;
    const behindGap = (this.#over[before] ?? 0) + own;
    const found = this.#found[before] ?? 0;
    const run = this.#runBonus(before, own);
    const behindLetter = found === 0 ? 0 : found + Math.max(run, own);
    const isRun = behindLetter > behindGap;
    this.#found[cell] = MATCH + (isRun ? behindLetter : behindGap);
    this.#runs[cell] = isRun ? run : own;
    this.#isRun[cell] = isRun ? 1 : 0;
  }

  /** What each letter of a run gets: as its start, or a better start in it. */
  #runBonus(before: number, own: number): number {
    const run = Math.max(this.#runs[before] ?? 0, CONSECUTIVE);
    return own >= BOUNDARY && own > run ? own : run;
  }

  /** Where each letter is first, each behind the one before; undefined if one is not. */
  #firstPlaces(
    codes: readonly number[],
    text: Int32Array,
  ): readonly number[] | undefined {
    const firsts: number[] = [];
    let at = 0;
    for (const code of codes) {
      while (at < this.#length && text[at] !== code) at++;
      if (at === this.#length) return undefined;
      firsts.push(at++);
    }
    return firsts;
  }

  /** Walks the best way back, to where the letters were found. */
  #trace(rows: number, end: number, indices: Set<number>): void {
    const width = this.#length;
    let at = end;
    for (let row = rows - 1; row >= 0; row--) {
      indices.add(at);
      const isRun = this.#isRun[row * width + at] === 1;
      at--;
      if (isRun || row === 0) continue;
      // The gap began right behind the letter before.
      while (this.#isGapStart[(row - 1) * width + at] !== 1) at--;
      at--;
    }
  }

  /** A whole word where it must be, or where it is best. */
  #boundScore(
    atom: Atom,
    indices: Set<number> | undefined,
  ): number | undefined {
    const { codes, kind } = atom;
    const last = this.#length - codes.length;
    if (last < 0) return undefined;
    const from = kind === "suffix" ? last : 0;
    const to = kind === "prefix" ? 0 : last;
    if (kind === "exact" && last !== 0) return undefined;
    const text = this.#text(atom);
    let best: number | undefined;
    let bestAt = 0;
    for (let at = from; at <= to; at++) {
      if (!codes.every((code, offset) => text[at + offset] === code)) continue;
      const score = this.#wholeScore(at, codes.length);
      if (best !== undefined && score <= best) continue;
      best = score;
      bestAt = at;
    }
    if (best === undefined) return undefined;
    for (let offset = 0; offset < codes.length; offset++) {
      indices?.add(bestAt + offset);
    }
    return best;
  }

  #wholeScore(start: number, length: number): number {
    let first = this.#bonus[start] ?? 0;
    let score = MATCH + first * FIRST_FACTOR;
    for (let at = start + 1; at < start + length; at++) {
      const own = this.#bonus[at] ?? 0;
      if (own >= BOUNDARY && own > first) first = own;
      score += MATCH + Math.max(own, CONSECUTIVE, first);
    }
    return score;
  }
}

function classOf(code: number): Class {
  if (code < 128) {
    if (code >= 97 && code <= 122) return Class.Lower;
    if (code >= 65 && code <= 90) return Class.Upper;
    if (code >= 48 && code <= 57) return Class.Digit;
    if (code === 47) return Class.Slash;
    return code === 32 || (code >= 9 && code <= 13) ? Class.Space : Class.Other;
  }
  const char = String.fromCodePoint(code);
  if (/\p{Ll}/u.test(char)) return Class.Lower;
  if (/\p{Lu}/u.test(char)) return Class.Upper;
  if (/\p{L}/u.test(char)) return Class.Letter;
  if (/\p{N}/u.test(char)) return Class.Digit;
  return /\s/u.test(char) ? Class.Space : Class.Other;
}

function bonusOf(previous: Class, own: Class): number {
  if (own >= Class.Lower) {
    if (previous === Class.Slash) return DELIMITER;
    if (previous < Class.Lower) return BOUNDARY;
    const isHump = previous === Class.Lower && own === Class.Upper;
    const isNumber = previous !== Class.Digit && own === Class.Digit;
    return isHump || isNumber ? CAMEL : 0;
  }
  return own === Class.Slash ? 0 : BOUNDARY;
}
