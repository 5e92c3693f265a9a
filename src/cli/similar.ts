/**
 * What the user probably meant. Similarity is Jaro's: the share of characters two
 * words have in common within a window, less for those out of order.
 */

/** Below this two words are not similar enough to mention one for the other. */
const CONFIDENCE_MIN = 0.7;

/** The candidates similar to the word, the best last. */
export function similar(
  word: string,
  candidates: readonly string[],
): readonly string[] {
  return candidates
    .map((candidate) => ({ candidate, score: jaro(word, candidate) }))
    .filter(({ score }) => score > CONFIDENCE_MIN)
    .sort((left, right) => left.score - right.score)
    .map(({ candidate }) => candidate);
}

/** The candidate most similar to the word, when one is similar at all. */
export function closest(
  word: string,
  candidates: readonly string[],
): string | undefined {
  return similar(word, candidates).at(-1);
}

/** Jaro similarity, 0 to 1. */
export function jaro(left: string, right: string): number {
  if (left === right) return 1;
  if (left === "" || right === "") return 0;
  const window = Math.max(
    Math.floor(Math.max(left.length, right.length) / 2) - 1,
    0,
  );
  const used = new Array<boolean>(right.length).fill(false);
  const fromLeft: string[] = [];
  for (let index = 0; index < left.length; index++) {
    const end = Math.min(index + window + 1, right.length);
    for (let other = Math.max(0, index - window); other < end; other++) {
      if (used[other] || left[index] !== right[other]) continue;
      used[other] = true;
      fromLeft.push(right[other] ?? "");
      break;
    }
  }
  const matches = fromLeft.length;
  if (matches === 0) return 0;
  const fromRight = [...right].filter((_, index) => used[index]);
  const swapped = fromLeft.filter((letter, index) =>
    letter !== fromRight[index]
  );
  return (
    matches / left.length +
    matches / right.length +
    (matches - swapped.length / 2) / matches
  ) / 3;
}
