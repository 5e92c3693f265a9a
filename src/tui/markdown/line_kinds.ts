/**
 * What a single line of Markdown can begin, by its first characters.
 *
 * Source: CommonMark 0.31.2 (block structure, 4 and 5) and the GFM tables extension.
 */

export interface FenceStart {
  /** The mark, as long as it was written. */
  readonly mark: string;
  /** Columns of the mark; as many are taken off every line. */
  readonly indent: number;
  readonly info: string;
}

export interface ItemStart {
  /** The bullet, or what stands behind the number. */
  readonly mark: string;
  readonly number: number | undefined;
  /** Where its content stands; lines indented by as much belong to it. */
  readonly contentColumn: number;
  readonly isEmpty: boolean;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;
const ITEM = /^( {0,3})(?:([-+*])|(\d{1,9})([.)]))( +|$)/;
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;
const ATX = /^ {0,3}#{1,6}(?: |$)/;
const SETEXT = /^ {0,3}(?:=+|-+) *$/;
const DELIMITERS = /^ {0,3}\|?(?: *:?-+:? *\|)* *:?-+:? *\|? *$/;

/** HTML that ends at a mark of its own; anything else ends at a blank line. */
const HTML_ENDS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i,
    /<\/(?:script|pre|style|textarea)>/i,
  ],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<![a-z]/i, />/],
  [
    /^ {0,3}<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s/>]|$)/i,
    /^$/,
  ],
];

export function isBlank(line: string): boolean {
  return line.trim() === "";
}

/** The line with the tabs it begins with as spaces, to stops of 4. */
export function withSpaces(line: string): string {
  if (!line.includes("\t")) return line;
  let columns = 0;
  let at = 0;
  for (; at < line.length; at++) {
    if (line[at] === "\t") columns += 4 - columns % 4;
    else if (line[at] === " ") columns++;
    else break;
  }
  return " ".repeat(columns) + line.slice(at);
}

export function columnsIndented(line: string): number {
  return line.length - line.trimStart().length;
}

/** The line without as many spaces as it has, up to that many. */
export function withoutIndent(line: string, columns: number): string {
  let at = 0;
  while (at < columns && line[at] === " ") at++;
  return line.slice(at);
}

export function fenceStart(line: string): FenceStart | undefined {
  const [, indent = "", mark = "", info = ""] = FENCE.exec(line) ?? [];
  if (mark === "") return undefined;
  // Backticks behind backticks are code in a paragraph.
  if (mark.startsWith("`") && info.includes("`")) return undefined;
  return { mark, indent: indent.length, info: info.trim() };
}

export function isFenceEnd(line: string, { mark }: FenceStart): boolean {
  const end = FENCE.exec(line);
  return end !== null && (end[2] ?? "").startsWith(mark) &&
    (end[3] ?? "").trim() === "";
}

export function itemStart(line: string): ItemStart | undefined {
  const match = ITEM.exec(line);
  if (match === null || RULE.test(line)) return undefined;
  const [whole, indent = "", bullet, digits, delimiter = "", gap = ""] = match;
  const isEmpty = whole.length === line.length;
  // More than four spaces belong to the content, which is code then.
  const isCode = gap.length > 4 || isEmpty;
  const markLength = whole.length - indent.length - gap.length;
  return {
    mark: bullet ?? delimiter,
    number: digits === undefined ? undefined : Number(digits),
    contentColumn: indent.length + markLength + (isCode ? 1 : gap.length),
    isEmpty,
  };
}

export function isRule(line: string): boolean {
  return RULE.test(line);
}

export function atxHeading(line: string): boolean {
  return ATX.test(line);
}

export function isSetextUnderline(line: string): boolean {
  return SETEXT.test(line);
}

export function isQuote(line: string): boolean {
  return /^ {0,3}>/.test(line);
}

/** What ends the HTML that begins here; undefined when none does. */
export function htmlEnd(line: string): RegExp | undefined {
  if (!line.trimStart().startsWith("<")) return undefined;
  return HTML_ENDS.find(([start]) => start.test(line))?.[1];
}

export function isDelimiterRow(line: string): boolean {
  return line.includes("-") && /[|:]/.test(line) && DELIMITERS.test(line);
}

/** Cells of a row of a table. */
export function cellCount(row: string): number {
  const inner = row.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).length;
}
