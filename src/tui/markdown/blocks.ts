/** Blocks of Markdown as rows of a width: what the parser found, drawn. */
import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { type CodeReader, PLAIN_READER } from "../highlight/plain_reader.ts";
import type { Highlighter } from "../highlight/highlighter.ts";
import { fenceLanguage } from "../highlight/languages.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
  styled,
  wrapLine,
} from "../render/line.ts";
import { PLAIN, type Style } from "../render/style.ts";
import type { Theme } from "../render/theme.ts";
import { type InlineContext, inlineLines } from "./inline.ts";
import { tableLines } from "./table.ts";

export interface BlockContext extends InlineContext {
  readonly theme: Theme;
  /** Absent: code has no colours. */
  readonly highlighter?: Highlighter;
}

/** Columns from a bullet to the bullets of the list in its item. */
const NESTED_COLUMNS = 4;

/** Columns of a tab in code. */
const TAB_COLUMNS = 8;

/** The rows of a stretch of Markdown. */
export function blockLines(
  text: string,
  width: number,
  context: BlockContext,
): readonly Line[] {
  return tokensLines(new Lexer({ gfm: true }).lex(text), width, context);
}

/** The rows of a top-level item, which counts as a number of its own. */
export function itemLines(
  text: string,
  number: number | undefined,
  width: number,
  context: BlockContext,
): readonly Line[] {
  const tokens = known(new Lexer({ gfm: true }).lex(text));
  return join(tokens.flatMap((token) => {
    if (token.type === "space") return [];
    return [
      token.type === "list" && number !== undefined
        ? listLines({ ...token, start: number }, width, context)
        : tokenLines(token, width, context),
    ];
  }));
}

/** The row of a line of code, cut where the width ends. */
export function codeLines(
  text: string,
  width: number,
  reader: CodeReader,
): readonly Line[] {
  const spans = reader.line(withoutTabs(text));
  return spans.length === 0
    ? [EMPTY_LINE]
    : wrapLine({ spans }, { width, mode: "cut" });
}

/** Without extensions the lexer makes no other tokens than its own. */
function known(tokens: readonly Token[]): readonly MarkedToken[] {
  return tokens as readonly MarkedToken[];
}

function tokensLines(
  tokens: readonly Token[],
  width: number,
  context: BlockContext,
): readonly Line[] {
  return join(
    known(tokens).filter(({ type }) => type !== "space")
      .map((token) => tokenLines(token, width, context)),
  );
}

/** Blocks with a blank row between them. */
function join(blocks: readonly (readonly Line[])[]): readonly Line[] {
  return blocks.flatMap((lines, index) =>
    index === 0 ? lines : [EMPTY_LINE, ...lines]
  );
}

function tokenLines(
  token: MarkedToken,
  width: number,
  context: BlockContext,
): readonly Line[] {
  switch (token.type) {
    case "heading":
      return headingLines(token, width, context);
    case "paragraph":
    case "text":
      return textLines(token.tokens ?? [], width, context);
    case "code":
      return fencedLines(token, width, context);
    case "blockquote":
      return quoteLines(token, width, context);
    case "list":
      return listLines(token, width, context);
    case "table":
      return tableLines(token, width, context);
    case "hr":
      return [line("———")];
    default:
      return literalLines(token.raw, width);
  }
}

function textLines(
  tokens: readonly Token[],
  width: number,
  context: BlockContext,
  style: Style = PLAIN,
): readonly Line[] {
  return inlineLines(tokens, context, style)
    .flatMap((row) => wrapLine(row, { width }));
}

/** What is shown as it is written: HTML, and definitions of links. */
function literalLines(text: string, width: number): readonly Line[] {
  return text.trimEnd().split("\n")
    .flatMap((row) => wrapLine(line(withoutTabs(row)), { width, mode: "cut" }));
}

const HEADINGS: readonly Style[] = [
  { bold: true, underline: true },
  { bold: true },
  { bold: true, italic: true },
  { italic: true },
];

function headingLines(
  { depth, tokens }: Tokens.Heading,
  width: number,
  context: BlockContext,
): readonly Line[] {
  const style = HEADINGS[Math.min(depth, HEADINGS.length) - 1] ?? PLAIN;
  const mark = span(`${"#".repeat(depth)} `, style);
  return inlineLines(tokens, context, style).flatMap((row, index) =>
    wrapLine(
      index === 0 ? { spans: [mark, ...row.spans] } : row,
      { width },
    )
  );
}

function fencedLines(
  { text, lang, codeBlockStyle }: Tokens.Code,
  width: number,
  { highlighter, theme }: BlockContext,
): readonly Line[] {
  const reader = highlighter?.reader(fenceLanguage(lang ?? ""), theme) ??
    PLAIN_READER;
  const indent = codeBlockStyle === "indented" ? NESTED_COLUMNS : 0;
  const rows = text.replace(/\n+$/, "").split("\n").flatMap((row) =>
    codeLines(row, width - indent, reader)
  );
  return prefixed(rows, [span(" ".repeat(indent))]);
}

/** Tabs as spaces up to the next stop. */
function withoutTabs(text: string): string {
  if (!text.includes("\t")) return text;
  let columns = 0;
  let shown = "";
  for (const part of text.split(/(\t)/)) {
    const piece = part === "\t"
      ? " ".repeat(TAB_COLUMNS - columns % TAB_COLUMNS)
      : part;
    columns += piece.length;
    shown += piece;
  }
  return shown;
}

function quoteLines(
  { tokens }: Tokens.Blockquote,
  width: number,
  context: BlockContext,
): readonly Line[] {
  const { quote } = context.theme;
  const inner = tokensLines(tokens, Math.max(1, width - 2), context);
  return inner.map((row) => {
    const { spans } = styled(quote, row);
    return { spans: [span("> ", quote), ...spans] };
  });
}

function listLines(
  { items, start, ordered, loose }: Tokens.List,
  width: number,
  context: BlockContext,
): readonly Line[] {
  return items.flatMap((item, index) => {
    const number = ordered ? (start === "" ? 1 : start) + index : undefined;
    const lines = listItemLines(item, number, width, context);
    return loose && index > 0 ? [EMPTY_LINE, ...lines] : lines;
  });
}

function listItemLines(
  item: Tokens.ListItem,
  number: number | undefined,
  width: number,
  context: BlockContext,
): readonly Line[] {
  const marks = itemMarks(item, number, context.theme);
  const columns = marks.reduce((total, { text }) => total + text.length, 0);
  const inner = Math.max(1, width - columns);
  const blocks = known(item.tokens);
  const lines: Line[] = [];
  for (const [index, token] of blocks.entries()) {
    if (token.type === "space" || token.type === "checkbox") continue;
    const isNested = token.type === "list";
    const extra = isNested ? Math.max(0, NESTED_COLUMNS - columns) : 0;
    const drawn = prefixed(
      tokenLines(token, Math.max(1, inner - extra), context),
      extra === 0 ? [] : [span(" ".repeat(extra))],
    );
    const isApart = blocks[index - 1]?.type === "space" ||
      token.type === "code" || token.type === "blockquote";
    if (isApart && lines.length > 0) lines.push(EMPTY_LINE);
    lines.push(...drawn);
  }
  const rest = [span(" ".repeat(columns))];
  return (lines.length === 0 ? [EMPTY_LINE] : lines).map((row, index) =>
    index === 0
      ? { spans: [...marks, ...row.spans] }
      : row.spans.length === 0
      ? row
      : { ...row, spans: [...rest, ...row.spans] }
  );
}

function itemMarks(
  { task, checked }: Tokens.ListItem,
  number: number | undefined,
  theme: Theme,
): readonly Span[] {
  const box = task ? [span(checked === true ? "☑ " : "☐ ")] : [];
  if (number !== undefined) {
    return [span(`${number}. `, theme.listNumber), ...box];
  }
  return task ? box : [span("- ")];
}

function prefixed(
  lines: readonly Line[],
  prefix: readonly Span[],
): readonly Line[] {
  if (prefix.every(({ text }) => text === "")) return lines;
  return lines.map((row) =>
    row.spans.length === 0 ? row : { ...row, spans: [...prefix, ...row.spans] }
  );
}
