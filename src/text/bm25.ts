/**
 * Ranks short texts by a query: Okapi BM25 (Robertson and Zaragoza, 2009) over words
 * with their English endings cut off. Pure; equal scores keep the order of the texts.
 */

/** How soon more of the same word stops counting. */
const SATURATION = 1.2;
/** How much a long text is held against it. */
const LENGTH_WEIGHT = 0.75;

interface Document {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

export class Bm25Index {
  readonly #documents: readonly Document[];
  readonly #averageLength: number;
  /** In how many documents a word occurs. */
  readonly #frequency = new Map<string, number>();

  constructor(texts: readonly string[]) {
    this.#documents = texts.map(documentOf);
    const total = this.#documents.reduce((sum, { length }) => sum + length, 0);
    this.#averageLength = total / Math.max(1, texts.length);
    for (const { counts } of this.#documents) {
      for (const word of counts.keys()) {
        this.#frequency.set(word, (this.#frequency.get(word) ?? 0) + 1);
      }
    }
  }

  /** Positions of the texts that share a word with the query, the best first. */
  search(query: string, limit: number): readonly number[] {
    const words = new Set(wordsOf(query));
    return this.#documents
      .map((document, at) => ({ at, score: this.#score(document, words) }))
      .filter(({ score }) => score > 0)
      .sort((left, right) => right.score - left.score || left.at - right.at)
      .slice(0, limit)
      .map(({ at }) => at);
  }

  #score({ counts, length }: Document, words: ReadonlySet<string>): number {
    let score = 0;
    for (const word of words) {
      const count = counts.get(word) ?? 0;
      if (count === 0) continue;
      const norm = 1 - LENGTH_WEIGHT +
        LENGTH_WEIGHT * length / this.#averageLength;
      score += this.#rarity(word) * count * (SATURATION + 1) /
        (count + SATURATION * norm);
    }
    return score;
  }

  /** Never below zero, so that a word of every text still finds something. */
  #rarity(word: string): number {
    const found = this.#frequency.get(word) ?? 0;
    const total = this.#documents.length;
    return Math.log(1 + (total - found + 0.5) / (found + 0.5));
  }
}

function documentOf(text: string): Document {
  const words = wordsOf(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: words.length };
}

/** The words of a text: `createIssue_v2` is `creat`, `issu`, `v2`. */
export function wordsOf(text: string): readonly string[] {
  return (text.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !STOP_WORDS.has(word))
    .map(stem);
}

/** Words that say nothing of what a text is about. */
const STOP_WORDS: ReadonlySet<string> = new Set([
  ..."a an and are as at be by for from in into is it of on or that the".split(
    " ",
  ),
  ..."their then this to was which will with".split(" "),
]);

/** What must be left of a word when its ending goes. */
const STEM_MIN = 3;

const ENDINGS: readonly (readonly [string, string])[] = [
  ["ies", "y"],
  ["ings", ""],
  ["ing", ""],
  ["ers", ""],
  ["er", ""],
  ["ed", ""],
  ["es", ""],
  ["s", ""],
  ["e", ""],
];

/** `writes`, `writing`, `writer` and `write` are all `writ`. */
function stem(word: string): string {
  if (/\d/.test(word) || word.endsWith("ss")) return word;
  for (const [ending, instead] of ENDINGS) {
    const start = word.slice(0, -ending.length);
    if (word.endsWith(ending) && start.length >= STEM_MIN) {
      return start + instead;
    }
  }
  return word;
}
