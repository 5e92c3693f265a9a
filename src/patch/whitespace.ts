/**
 * Whitespace as the patch format knows it: Unicode's White_Space property. The
 * built-in `trim` differs twice: it takes away U+FEFF, which is text at the start of
 * a file, and leaves U+0085.
 */

const SPACE =
  "[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const LEADING = new RegExp(`^${SPACE}+`);
const NOT_SPACE = new RegExp(SPACE.replace("[", "[^"));
const SPACE_CHARACTER = new RegExp(`^${SPACE}$`);

/** `text` without whitespace at both ends. */
export function trim(text: string): string {
  return trimEnd(text.replace(LEADING, ""));
}

/** `text` without whitespace at its end. */
export function trimEnd(text: string): string {
  // A pattern anchored at the end would be quadratic in a long run of spaces.
  let end = text.length;
  while (end > 0 && SPACE_CHARACTER.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** True when nothing but whitespace is there. */
export function isBlank(text: string): boolean {
  return !NOT_SPACE.test(text);
}
