/**
 * What somebody types to find a path, as the parts of it that must be found: words
 * with spaces between them, each loose (its letters in order), or bound by `^`, `$`,
 * `'`, or turned round by `!`. Pure.
 */

export type AtomKind = "loose" | "substring" | "prefix" | "suffix" | "exact";

export interface Atom {
  readonly kind: AtomKind;
  /** Must not be found. */
  readonly isInverse: boolean;
  /** Folded code points, at least one. */
  readonly codes: readonly number[];
  /** An accent in it must be there; without one, accents count for nothing. */
  readonly keepsAccents: boolean;
}

/** More than anyone types; what is longer is cut. */
const QUERY_CHARS_MAX = 256;

/** The parts of a query; none of an empty one. */
export function parseQuery(query: string): readonly Atom[] {
  return query.slice(0, QUERY_CHARS_MAX)
    .split(/(?<!\\)\s+/)
    .flatMap((word) => atomOf(word));
}

function atomOf(word: string): readonly Atom[] {
  let rest = word;
  const isInverse = rest.startsWith("!");
  if (isInverse) rest = rest.slice(1);
  const isSubstring = rest.startsWith("'");
  const isPrefix = rest.startsWith("^");
  if (isSubstring || isPrefix) rest = rest.slice(1);
  const isSuffix = rest.endsWith("$") && !rest.endsWith("\\$");
  if (isSuffix) rest = rest.slice(0, -1);
  const text = rest.replace(/\\([\s!'^$\\])/g, "$1");
  const codes = Array.from(
    text,
    (char) => foldedCase(char.codePointAt(0) ?? 0),
  );
  if (codes.length === 0) return [];
  return [{
    kind: kindOf({ isSubstring: isSubstring || isInverse, isPrefix, isSuffix }),
    isInverse,
    codes,
    keepsAccents: codes.some((code) => withoutAccent(code) !== code),
  }];
}

function kindOf(marks: {
  readonly isSubstring: boolean;
  readonly isPrefix: boolean;
  readonly isSuffix: boolean;
}): AtomKind {
  if (marks.isPrefix) return marks.isSuffix ? "exact" : "prefix";
  if (marks.isSuffix) return "suffix";
  return marks.isSubstring ? "substring" : "loose";
}

/** The code point in lower case; one that would become several stays. */
export function foldedCase(code: number): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code;
  const lower = String.fromCodePoint(code).toLowerCase();
  return singleCode(lower) ?? code;
}

/** The letter under an accent. */
export function withoutAccent(code: number): number {
  if (code < 128) return code;
  const [base] = String.fromCodePoint(code).normalize("NFD");
  return base?.codePointAt(0) ?? code;
}

function singleCode(text: string): number | undefined {
  const code = text.codePointAt(0);
  return code !== undefined && String.fromCodePoint(code).length === text.length
    ? code
    : undefined;
}
