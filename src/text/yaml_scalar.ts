/** Single values of YAML, and what is said when they cannot be read. */

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

export class YamlProblem extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Deeper than any header; stops a text made to exhaust the stack. */
export const DEPTH_MAX = 32;

/** Starts of scalars that mean something this reader does not know. */
export const UNKNOWN_STARTS: Readonly<Record<string, string>> = {
  "&": "anchors are not supported",
  "*": "aliases are not supported",
  "!": "tags are not supported",
  "%": "directives are not supported",
  "@": "a plain value cannot start with `@`; quote it",
  "`": "a plain value cannot start with a backtick; quote it",
};

export function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.*$/, "").trimEnd();
}

/** Where the quote a text begins with is closed. */
export function closingQuote(text: string): number | undefined {
  const quote = text.charAt(0);
  for (let at = 1; at < text.length; at++) {
    if (quote === '"' && text.charAt(at) === "\\") at++;
    else if (text.charAt(at) === quote) {
      if (quote === "'" && text.charAt(at + 1) === "'") at++;
      else return at;
    }
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  '"': '"',
  "\\": "\\",
  "/": "/",
  " ": " ",
};

export function unquoted(text: string, line: number): string {
  const body = text.slice(1, -1);
  if (text.startsWith("'")) return body.replaceAll("''", "'");
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs,
    (_, hex2?: string, hex4?: string, letter?: string) => {
      const hex = hex2 ?? hex4;
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      const known = ESCAPES[letter ?? ""];
      if (known !== undefined) return known;
      throw new YamlProblem(`the escape \`\\${letter}\` is not known`, line);
    },
  );
}

/** A plain scalar by the core schema of YAML 1.2. */
export function scalarOf(text: string): YamlValue {
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(\d+|\d*\.\d+|\d+\.\d*)([eE][-+]?\d+)?$/.test(text)) {
    return Number(text);
  }
  return /^0(?:x[0-9a-fA-F]+|o[0-7]+)$/.test(text) ? Number(text) : text;
}
