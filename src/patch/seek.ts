/**
 * Finds the lines a chunk wants to replace. Models misquote, so the comparison
 * loosens in four passes; each pass covers the whole range before the next begins,
 * so an exact match further down beats a loose one nearby.
 */
import { trim, trimEnd } from "./whitespace.ts";

const PASSES: readonly ((line: string) => string)[] = [
  (line) => line,
  trimEnd,
  trim,
  (line) => asciiPunctuation(trim(line)),
];

/** The lines of one file, with their looser forms made when first needed. */
export class FileLines {
  readonly lines: readonly string[];
  readonly #forms = new Map<number, readonly string[]>();

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /**
   * Where `pattern` first stands at or after `start`, in the strictest pass that
   * finds it; with `atEnd` only the last lines of the file can match. An empty
   * pattern is found at `start`.
   */
  find(
    pattern: readonly string[],
    start: number,
    place: "anywhere" | "atEnd",
  ): number | undefined {
    if (pattern.length === 0) return start;
    const last = this.lines.length - pattern.length;
    const first = place === "atEnd" ? Math.max(start, last) : start;
    if (first > last) return undefined;
    for (const [pass, form] of PASSES.entries()) {
      const found = search(this.#form(pass), pattern.map(form), first, last);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #form(pass: number): readonly string[] {
    const known = this.#forms.get(pass);
    if (known !== undefined) return known;
    const form = PASSES[pass];
    if (form === undefined) throw new Error(`No such pass: ${pass}`);
    const lines = pass === 0 ? this.lines : this.lines.map(form);
    this.#forms.set(pass, lines);
    return lines;
  }
}

function search(
  lines: readonly string[],
  pattern: readonly string[],
  first: number,
  last: number,
): number | undefined {
  for (let index = first; index <= last; index++) {
    if (pattern.every((line, offset) => lines[index + offset] === line)) {
      return index;
    }
  }
  return undefined;
}

/** Typographic dashes, quotes and spaces as the ASCII a model would type. */
function asciiPunctuation(line: string): string {
  return line
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll(/[\u2018-\u201b]/g, "'")
    .replaceAll(/[\u201c-\u201f]/g, '"')
    .replaceAll(/[\xa0\u2002-\u200a\u202f\u205f\u3000]/g, " ");
}
