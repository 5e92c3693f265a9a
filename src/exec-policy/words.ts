/** Splits a command line into words as a POSIX shell would, without expanding any. */

const PIECE = /[^\s'"\\]+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/y;

/** The words; undefined when a quote is not closed or a backslash ends the text. */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(text);
    if (match !== null) {
      word = (word ?? "") + pieceValue(match);
      at = PIECE.lastIndex;
      continue;
    }
    if (!/\s/.test(text[at] ?? "")) return undefined;
    if (word !== undefined) words.push(word);
    word = undefined;
    at++;
  }
  return word === undefined ? words : [...words, word];
}

function pieceValue(match: RegExpExecArray): string {
  const [whole, single, double, escaped] = match;
  if (single !== undefined) return single;
  if (double !== undefined) {
    return double.replaceAll(
      /\\(["\\$`\n])/g,
      (_, next) => next === "\n" ? "" : next,
    );
  }
  return escaped === "\n" ? "" : escaped ?? whole;
}
