/** Text with marks in it, as lines of spans; a line break in the source stays one. */
import type { MarkedToken, Token, Tokens } from "marked";
import { printable } from "@/text/ansi.ts";
import { type Line, type Span, span } from "../render/line.ts";
import { over, PLAIN, type Style } from "../render/style.ts";
import type { Theme } from "../render/theme.ts";
import { decodeEntities } from "./entities.ts";
import { linkTarget } from "./link_target.ts";

export interface InlineContext {
  readonly theme: Theme;
  /** The directory paths are shown from. */
  readonly cwd: string;
}

/** The lines of some inline tokens; at least one. */
export function inlineLines(
  tokens: readonly Token[],
  context: InlineContext,
  base: Style = PLAIN,
): readonly Line[] {
  const lines: Span[][] = [[]];
  for (const { text, style } of inlineSpans(tokens, context, base)) {
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      // What stands around a line break is layout of the source.
      const shown = (index > 0 ? part.trimStart() : part)
        .replaceAll("\t", TAB);
      if (shown !== "") lines.at(-1)?.push({ text: shown, style });
    }
  }
  return lines.map((spans) => ({ spans: withoutEnd(spans) }));
}

/** A tab in prose; code has stops. */
const TAB = "    ";

/** The spans without the spaces behind the last word. */
function withoutEnd(spans: readonly Span[]): readonly Span[] {
  const last = spans.at(-1);
  if (last === undefined) return spans;
  const text = last.text.trimEnd();
  if (text === last.text) return spans;
  const rest = spans.slice(0, -1);
  return text === ""
    ? withoutEnd(rest)
    : [...rest, { text, style: last.style }];
}

function inlineSpans(
  tokens: readonly Token[],
  context: InlineContext,
  style: Style,
): readonly Span[] {
  // Without extensions the lexer makes no other tokens than these.
  return (tokens as readonly MarkedToken[])
    .flatMap((token) => tokenSpans(token, context, style));
}

function tokenSpans(
  token: MarkedToken,
  context: InlineContext,
  style: Style,
): readonly Span[] {
  const inside = (more: Style) =>
    "tokens" in token
      ? inlineSpans(token.tokens ?? [], context, over(style, more))
      : [];
  switch (token.type) {
    case "text":
      return token.tokens === undefined
        // As written: the lexer decodes references to control characters too.
        ? [span(decodeEntities(token.raw), style)]
        : inside(PLAIN);
    case "escape":
      return [span(token.text, style)];
    case "strong":
      return inside({ bold: true });
    case "em":
      return inside({ italic: true });
    case "del":
      return inside({ strike: true });
    case "codespan":
      return [span(token.text, over(style, context.theme.code))];
    case "br":
      return [span("\n", style)];
    case "link":
      return linkSpans(token, context, style);
    case "image":
      return [imageSpan(token, style)];
    case "html":
      return [
        span(/^<br\s*\/?>$/i.test(token.text) ? "\n" : token.text, style),
      ];
    // Drawn in place of the bullet.
    case "checkbox":
      return [];
    default:
      return [span(token.raw, style)];
  }
}

function linkSpans(
  token: Tokens.Link,
  context: InlineContext,
  style: Style,
): readonly Span[] {
  const { theme, cwd } = context;
  const target = linkTarget(safeUrl(token.href), cwd);
  if (target.kind === "file") {
    const look = { ...theme.code, ...linkStyle(target.url) };
    return [span(oneLine(target.label), over(style, look))];
  }
  const linked = linkStyle(target.kind === "web" ? target.url : undefined);
  // An address that was written out stands there once.
  const isBare = token.text === token.href ||
    `mailto:${token.text}` === token.href ||
    `http://${token.text}` === token.href;
  if (isBare) {
    return [span(token.text, over(style, { ...theme.link, ...linked }))];
  }
  return [
    ...inlineSpans(token.tokens, context, over(style, linked)),
    span(" (", style),
    span(safeUrl(token.href), over(style, { ...theme.link, ...linked })),
    span(")", style),
  ];
}

function linkStyle(url: string | undefined): Style {
  return url === undefined ? {} : { link: url };
}

function imageSpan({ text, href }: Tokens.Image, style: Style): Span {
  const target = linkTarget(safeUrl(href), "");
  const look = linkStyle(target.kind === "web" ? target.url : undefined);
  return span(decodeEntities(text) || "image", over(style, look));
}

/** An address in one line, as it may stand in a sequence to the terminal. */
function safeUrl(href: string): string {
  return oneLine(decodeEntities(href));
}

function oneLine(text: string): string {
  return printable(text, "plain").replace(/[\n\t]/g, "");
}
