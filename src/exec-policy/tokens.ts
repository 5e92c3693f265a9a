/**
 * The words of a rule file: the part of Starlark that rule files use. A line end
 * counts only outside brackets.
 */

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export type Token =
  & Place
  & (
    | { readonly kind: "name"; readonly text: string }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "number"; readonly text: string }
    | { readonly kind: "sign"; readonly text: string }
    /** Blanks before the first word of a line. */
    | { readonly kind: "indent" }
    /** A line end or `;`. */
    | { readonly kind: "end" }
  );

/** What is wrong with a rule file, and where. */
export class RuleProblem extends Error {
  override readonly name = "RuleProblem";
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const BLANK = /(?:[ \t\r]|#[^\n]*|\\\r?\n)+/y;
const STRING_START = /(r?)("""|'''|"|')/y;
const SIGNS = "()[]{},=+-*/%:.<>!&|^~@";

/** All tokens of a file. @throws RuleProblem */
export function readTokens(text: string): readonly Token[] {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #depth = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    // A byte order mark is no part of the text.
    this.#text = text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  read(): readonly Token[] {
    while (true) {
      const isLineStart = this.#at === this.#lineStart;
      const blank = this.#match(BLANK)?.[0] ?? "";
      const next = this.#text[this.#at];
      if (next === undefined) break;
      if (next === "\n") this.#endLine();
      else {
        if (isLineStart && /^[ \t]/.test(blank) && this.#depth === 0) {
          this.#push({ kind: "indent" });
        }
        this.#token(next);
      }
    }
    this.#push({ kind: "end" });
    return this.#tokens;
  }

  #token(next: string): void {
    const place = this.#place();
    const string = this.#match(STRING_START);
    if (string !== undefined) {
      const value = this.#string(place, string[2] ?? "", string[1] === "r");
      this.#tokens.push({ kind: "string", value, ...place });
      return;
    }
    const name = this.#match(NAME);
    if (name !== undefined) {
      this.#tokens.push({ kind: "name", text: name[0], ...place });
      return;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) {
      this.#tokens.push({ kind: "number", text: number[0], ...place });
      return;
    }
    if (next === ";") this.#push({ kind: "end" });
    else if (SIGNS.includes(next)) this.#push({ kind: "sign", text: next });
    else throw this.#problem(`unexpected character ${JSON.stringify(next)}`);
    if ("([{".includes(next)) this.#depth++;
    if (")]}".includes(next)) this.#depth = Math.max(0, this.#depth - 1);
    this.#at++;
  }

  /** The rest of a string after its opening quotes. */
  #string(start: Place, quotes: string, isRaw: boolean): string {
    let value = "";
    while (!this.#text.startsWith(quotes, this.#at)) {
      const next = this.#text[this.#at];
      if (next === undefined || (next === "\n" && quotes.length === 1)) {
        throw new RuleProblem(start, "this string has no closing quote");
      }
      if (next === "\\") value += this.#escape(isRaw);
      else {
        value += next;
        this.#advance();
      }
    }
    this.#at += quotes.length;
    return value;
  }

  #escape(isRaw: boolean): string {
    const escape = this.#match(ESCAPE);
    if (escape === undefined) {
      this.#advance();
      return "\\";
    }
    const [whole, hex, octal, letter = ""] = escape;
    if (letter === "\n") this.#newLine();
    if (isRaw) return whole;
    if (hex !== undefined) {
      const code = parseInt(hex.slice(1), 16);
      if (code > 0x10ffff) {
        throw this.#problem(`\\${hex} is not a character`);
      }
      return String.fromCodePoint(code);
    }
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    // An escape nobody knows stands for itself, as in Starlark.
    return Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] ?? "" : whole;
  }

  #endLine(): void {
    if (this.#depth === 0) this.#push({ kind: "end" });
    this.#advance();
  }

  #advance(): void {
    const isLineEnd = this.#text[this.#at] === "\n";
    this.#at++;
    if (isLineEnd) this.#newLine();
  }

  #newLine(): void {
    this.#line++;
    this.#lineStart = this.#at;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    if (pattern === BLANK) {
      const continued = match[0].lastIndexOf("\n");
      if (continued >= 0) {
        this.#line += match[0].split("\n").length - 1;
        this.#lineStart = match.index + continued + 1;
      }
    }
    return match;
  }

  #push(
    token: { kind: "end" | "indent" } | { kind: "sign"; text: string },
  ): void {
    this.#tokens.push({ ...token, ...this.#place() });
  }

  #place(): Place {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #problem(message: string): RuleProblem {
    return new RuleProblem(this.#place(), message);
  }
}

const ESCAPE =
  /\\(?:(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|([0-7]{1,3})|([^]))/y;

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  '"': '"',
  "'": "'",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What a rule file may hold, for errors about everything else. */
export const SUPPORTED =
  "a rule file holds calls of prefix_rule, host_executable and network_rule, " +
  "and constants";
