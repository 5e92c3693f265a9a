/**
 * Finds files while somebody types: scores what the tree has so far in short slices,
 * keeps the best, and tells them now and then until the tree has been read.
 */
import { abortable } from "@/async/scope.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import type {
  FileMatch,
  FileSearch,
  OpenSearch,
  SearchUpdate,
} from "@/protocol/file_search.ts";
import { FuzzyMatcher } from "@/text/fuzzy_match.ts";
import { FileTree, type TreeEntry } from "./file_tree.ts";

export interface SearchPorts {
  readonly files: FileSystem;
  readonly clock: Clock;
}

/** As many as a list shows; the reference's number. */
const MATCHES_MAX = 50;
/** How long scoring may keep everything else from happening. */
const SLICE_MS = 4;
/** Entries between two looks at the clock. */
const ENTRIES_PER_LOOK = 256;
/** How often somebody hears of a search that goes on. */
const UPDATE_MS = 100;

export function createFileSearch({ files, clock }: SearchPorts): FileSearch {
  return {
    open(roots): OpenSearch {
      const tree = new FileTree(files, roots);
      return {
        query: (text, signal) =>
          search({ tree, roots, clock }, new FuzzyMatcher(text), signal),
        close: () => tree.close(),
      };
    },
  };
}

interface Search {
  readonly tree: FileTree;
  readonly roots: readonly string[];
  readonly clock: Clock;
}

async function* search(
  { tree, roots, clock }: Search,
  matcher: FuzzyMatcher,
  signal: AbortSignal,
): AsyncGenerator<SearchUpdate, void> {
  if (matcher.isEmpty) {
    yield { matches: [], isComplete: true };
    return;
  }
  const best = new Best();
  let toldMs = clock.monotonic();
  let hasNews = false;
  let at = 0;
  while (true) {
    signal.throwIfAborted();
    // Asked before looking, so that what comes meanwhile is not missed.
    const { hasEnded, grown } = tree;
    const sliceMs = clock.monotonic();
    while (at < tree.entries.length && clock.monotonic() - sliceMs < SLICE_MS) {
      hasNews = scorePart(matcher, tree.entries, at, best) || hasNews;
      at = Math.min(at + ENTRIES_PER_LOOK, tree.entries.length);
    }
    const isAhead = at === tree.entries.length;
    if (isAhead && hasEnded) break;
    if (hasNews && clock.monotonic() - toldMs > UPDATE_MS) {
      yield { matches: best.matches(matcher, roots), isComplete: false };
      toldMs = clock.monotonic();
      hasNews = false;
    }
    await (isAhead ? abortable(grown, signal) : clock.sleep(0, signal));
  }
  yield { matches: best.matches(matcher, roots), isComplete: true };
}

/** True when something got among the best. */
function scorePart(
  matcher: FuzzyMatcher,
  entries: readonly TreeEntry[],
  start: number,
  best: Best,
): boolean {
  let hasNews = false;
  for (const entry of entries.slice(start, start + ENTRIES_PER_LOOK)) {
    const score = matcher.score(entry.path);
    if (score !== undefined) hasNews = best.offer(entry, score) || hasNews;
  }
  return hasNews;
}

interface Scored {
  readonly entry: TreeEntry;
  readonly score: number;
}

/** The best of what was offered, in order. */
class Best {
  readonly #kept: Scored[] = [];

  /** True when it is one of them. */
  offer(entry: TreeEntry, score: number): boolean {
    const scored = { entry, score };
    let at = this.#kept.length;
    while (at > 0 && isBetter(scored, this.#kept[at - 1])) at--;
    if (at === MATCHES_MAX) return false;
    this.#kept.splice(at, 0, scored);
    if (this.#kept.length > MATCHES_MAX) this.#kept.pop();
    return true;
  }

  matches(
    matcher: FuzzyMatcher,
    roots: readonly string[],
  ): readonly FileMatch[] {
    return this.#kept.map(({ entry, score }) => ({
      root: roots[entry.root] ?? "",
      path: entry.path,
      kind: entry.isDirectory ? "directory" : "file",
      score,
      indices: matcher.match(entry.path)?.indices ?? [],
    }));
  }
}

/** Those that are as good stand in the order of their paths, so that nothing jumps. */
function isBetter(one: Scored, other: Scored | undefined): boolean {
  if (other === undefined) return true;
  if (one.score !== other.score) return one.score > other.score;
  const { path, root } = one.entry;
  return path === other.entry.path
    ? root < other.entry.root
    : path < other.entry.path;
}
