/**
 * Lines of styled text: what everything in the terminal UI renders to. A line holds no
 * line breaks and no control characters; it fills its row from the left.
 */
import { displayWidth, graphemes, graphemeWidth } from "@/text/width.ts";
import { cutRows, type Row, wrapRows } from "@/text/wrap.ts";
import { over, PLAIN, type Style } from "./style.ts";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export interface Line {
  readonly spans: readonly Span[];
  /** Of the row behind the text, to its end. */
  readonly fill?: Style;
}

export const EMPTY_LINE: Line = { spans: [] };

export function span(text: string, style: Style = PLAIN): Span {
  return { text, style };
}

export function line(...spans: readonly (Span | string)[]): Line {
  return {
    spans: spans.map((part) => typeof part === "string" ? span(part) : part),
  };
}

export function textOf({ spans }: Line): string {
  if (spans.length === 1) return spans[0]?.text ?? "";
  return spans.map(({ text }) => text).join("");
}

export function lineWidth({ spans }: Line): number {
  let width = 0;
  for (const { text } of spans) width += displayWidth(text);
  return width;
}

/** The line with a style beneath all of it. */
export function styled(base: Style, { spans, fill }: Line): Line {
  return {
    spans: spans.map(({ text, style }) => ({ text, style: over(base, style) })),
    ...(fill === undefined ? {} : { fill }),
  };
}

/** The line in a row of that colour. */
export function filled(fill: Style, content: Line): Line {
  return { ...styled(fill, content), fill };
}

/** A part of a line, by code units of its text. */
export function sliceLine({ spans, fill }: Line, { start, end }: Row): Line {
  const parts: Span[] = [];
  let at = 0;
  for (const { text, style } of spans) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, text.length);
    if (from < to) {
      parts.push(
        from === 0 && to === text.length
          ? { text, style }
          : { text: text.slice(from, to), style },
      );
    }
    at += text.length;
    if (at >= end) break;
  }
  return { spans: parts, ...(fill === undefined ? {} : { fill }) };
}

export interface WrapOptions {
  /** Columns of a row with its prefix; at least 1 is left to the text. */
  readonly width: number;
  /** In front of the first row, and of the others. */
  readonly first?: readonly Span[];
  readonly rest?: readonly Span[];
  /** Code and output are cut; prose breaks between words. */
  readonly mode?: "words" | "cut";
}

/** The line in rows that fit. */
export function wrapLine(content: Line, options: WrapOptions): readonly Line[] {
  const { width, first = [], rest = first, mode = "words" } = options;
  const widths = {
    first: Math.max(1, width - lineWidth({ spans: first })),
    rest: Math.max(1, width - lineWidth({ spans: rest })),
  };
  const text = textOf(content);
  const rows = mode === "words"
    ? wrapRows(text, widths)
    : cutRows(text, widths);
  return rows.map((row, index) => {
    const part = rows.length === 1 ? content : sliceLine(content, row);
    const prefix = index === 0 ? first : rest;
    return prefix.length === 0
      ? part
      : { ...part, spans: [...prefix, ...part.spans] };
  });
}

/** The line cut to a width, with `…` where something is left out. */
export function fitLine(content: Line, width: number): Line {
  if (lineWidth(content) <= width) return content;
  if (width <= 0) return EMPTY_LINE;
  const end = endWithin(textOf(content), width - 1);
  const kept = sliceLine(content, { start: 0, end });
  const last = kept.spans.at(-1)?.style ?? PLAIN;
  return { ...kept, spans: [...kept.spans, { text: "…", style: last }] };
}

/** Where the text has to end to take no more than that many columns. */
export function endWithin(text: string, width: number): number {
  let end = 0;
  let columns = 0;
  for (const cluster of graphemes(text)) {
    columns += graphemeWidth(cluster);
    if (columns > width) break;
    end += cluster.length;
  }
  return end;
}
