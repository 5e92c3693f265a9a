/**
 * Shows an argv as one POSIX shell command line. The choice of quotes follows the
 * Rust crate `shlex` 1.3, so that a command looks the same here as in other tools:
 * bare if it can be, else single quotes, else double quotes, and a word no single
 * style covers is written in several pieces.
 */

/** The quoting styles that can hold the text read so far; a bit set. */
const BARE = 1;
const SINGLE = 2;
const DOUBLE = 4;

/** The words of `argv`, quoted where needed, one space between them. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

/** One word for a POSIX shell. Control characters pass through unchanged. */
export function quoteWord(word: string): string {
  if (word === "") return "''";
  let quoted = "";
  let rest = word;
  while (rest !== "") {
    const { length, styles } = longestPiece(rest);
    quoted += quotePiece(rest.slice(0, length), styles);
    rest = rest.slice(length);
  }
  return quoted;
}

/** The longest start of `text` that one style can hold, and the styles that can. */
function longestPiece(text: string): { length: number; styles: number } {
  // An interactive bash reads ^ as history unless it directly follows the quote.
  const startsWithCaret = text.startsWith("^");
  let styles = startsWithCaret ? SINGLE : BARE | SINGLE | DOUBLE;
  let length = startsWithCaret ? 1 : 0;
  while (length < text.length) {
    const next = styles & stylesFor(text.charAt(length));
    if (next === 0) break;
    styles = next;
    length++;
  }
  return { length, styles };
}

function stylesFor(character: string): number {
  if (/[A-Za-z0-9+\-./:@\]_]/.test(character)) return BARE | SINGLE | DOUBLE;
  switch (character) {
    case "^":
      return 0;
    // fish reads a backslash inside single quotes as an escape.
    case "'":
    case "\\":
      return DOUBLE;
    case "`":
    case "$":
    case "!":
      return SINGLE;
    default:
      return SINGLE | DOUBLE;
  }
}

function quotePiece(piece: string, styles: number): string {
  if ((styles & BARE) !== 0) return piece;
  if ((styles & SINGLE) !== 0) return `'${piece}'`;
  return `"${piece.replaceAll(/["\\]/g, "\\$&")}"`;
}
