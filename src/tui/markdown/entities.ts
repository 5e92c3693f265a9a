/**
 * Character references in Markdown: `&amp;`, `&#8212;`. Of the 2,125 names HTML knows,
 * the ones people write; another one stays as it is written.
 */

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  ensp: "\u2002",
  emsp: "\u2003",
  thinsp: "\u2009",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  laquo: "«",
  raquo: "»",
  bull: "•",
  middot: "·",
  deg: "°",
  plusmn: "±",
  times: "×",
  divide: "÷",
  minus: "−",
  ne: "≠",
  le: "≤",
  ge: "≥",
  infin: "∞",
  sum: "∑",
  radic: "√",
  larr: "←",
  uarr: "↑",
  rarr: "→",
  darr: "↓",
  harr: "↔",
  rArr: "⇒",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  para: "¶",
  check: "✓",
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  lambda: "λ",
  mu: "μ",
  pi: "π",
  sigma: "σ",
  omega: "ω",
};

/** The text with its references as characters; controls stay references. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) {
        return Object.hasOwn(NAMED, name) ? NAMED[name] ?? whole : whole;
      }
      const code = decimal !== undefined
        ? Number(decimal)
        : parseInt(hex ?? "", 16);
      return isPrintable(code) ? String.fromCodePoint(code) : whole;
    },
  );
}

/** No control character, no half of a pair, and within Unicode. */
function isPrintable(code: number): boolean {
  return code >= 0x20 && !(code >= 0x7f && code < 0xa0) &&
    !(code >= 0xd800 && code < 0xe000) && code <= 0x10_ffff;
}
