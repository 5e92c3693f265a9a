/**
 * Going through what was sent before: up and down from a draft, or by searching back
 * for a text. Pure; the entries come from this session and, through
 * `history_file.ts`, from earlier ones.
 */
import type { Draft, Range } from "./draft.ts";

/** Newest last. */
export type PromptHistory = readonly Draft[];

/** More than anyone walks back through; keeps the memory of a long session flat. */
const HISTORY_MAX = 5_000;

/** The history with a draft more; the same one twice in a row counts once. */
export function remember(history: PromptHistory, draft: Draft): PromptHistory {
  if (draft.text.trim() === "") return history;
  const last = history.at(-1);
  if (last?.text === draft.text && draft.elements.length === 0) return history;
  return [...history.slice(1 - HISTORY_MAX), draft];
}

/** Where in the history somebody is, and the draft they left. */
export interface Browsing {
  readonly index: number;
  readonly left: Draft;
}

export interface Recalled {
  /** Undefined when the draft that was left is back. */
  readonly browsing: Browsing | undefined;
  readonly draft: Draft;
}

/** The entry before; undefined at the oldest. */
export function recallOlder(
  history: PromptHistory,
  browsing: Browsing | undefined,
  current: Draft,
): Recalled | undefined {
  const left = browsing?.left ?? current;
  const shown = browsing === undefined ? left : history[browsing.index];
  for (let index = (browsing?.index ?? history.length) - 1; index >= 0;) {
    const draft = history[index];
    // What is on screen already is no step.
    if (draft !== undefined && draft.text !== shown?.text) {
      return { browsing: { index, left }, draft };
    }
    index--;
  }
  return undefined;
}

/** The entry after, and behind the newest the draft that was left. */
export function recallNewer(
  history: PromptHistory,
  browsing: Browsing | undefined,
): Recalled | undefined {
  if (browsing === undefined) return undefined;
  const shown = history[browsing.index];
  for (let index = browsing.index + 1; index < history.length; index++) {
    const draft = history[index];
    if (draft !== undefined && draft.text !== shown?.text) {
      return { browsing: { index, left: browsing.left }, draft };
    }
  }
  return { browsing: undefined, draft: browsing.left };
}

/**
 * True when up and down go through the history: nothing is written, or what was
 * recalled stands there unchanged.
 */
export function isBrowsable(
  history: PromptHistory,
  browsing: Browsing | undefined,
  current: Draft,
): boolean {
  if (current.text === "") return true;
  return browsing !== undefined &&
    history[browsing.index]?.text === current.text;
}

/** A search for a text, from new to old. */
export interface HistorySearch {
  readonly query: string;
  /** What was found; undefined when nothing was, or nothing was asked yet. */
  readonly found: {
    readonly index: number;
    readonly draft: Draft;
    readonly hit: Range;
  } | undefined;
  /** The draft that comes back when the search is given up. */
  readonly left: Draft;
}

export function beginSearch(current: Draft): HistorySearch {
  return { query: "", found: undefined, left: current };
}

/** The search for another text: from where it stands, so that typing on keeps a match. */
export function searchFor(
  history: PromptHistory,
  search: HistorySearch,
  query: string,
): HistorySearch {
  if (query === "") return { ...search, query, found: undefined };
  const isLonger = search.query !== "" && query.startsWith(search.query);
  const from = isLonger ? search.found?.index : undefined;
  return {
    ...search,
    query,
    found: findBack(history, query, from ?? history.length - 1),
  };
}

/** The next older match; the search as it is when there is none. */
export function searchOlder(
  history: PromptHistory,
  search: HistorySearch,
): HistorySearch {
  const { query, found } = search;
  if (found === undefined) return search;
  for (let from = found.index - 1; from >= 0;) {
    const older = findBack(history, query, from);
    if (older === undefined) return search;
    if (older.draft.text !== found.draft.text) {
      return { ...search, found: older };
    }
    from = older.index - 1;
  }
  return search;
}

function findBack(
  history: PromptHistory,
  query: string,
  from: number,
): HistorySearch["found"] {
  // Who types a capital means it.
  const isExact = query !== query.toLowerCase();
  for (let index = from; index >= 0; index--) {
    const draft = history[index];
    if (draft === undefined) continue;
    const text = isExact ? draft.text : foldedCase(draft.text);
    const start = text.indexOf(query);
    if (start >= 0) {
      return { index, draft, hit: { start, end: start + query.length } };
    }
  }
  return undefined;
}

/** In lower case, unless that would move places in the text. */
function foldedCase(text: string): string {
  const folded = text.toLowerCase();
  return folded.length === text.length ? folded : text;
}
