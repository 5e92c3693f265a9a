/**
 * A command's output as lines of spans: its colours are kept, what would move the
 * cursor is not. A carriage return begins the line again, as in a progress bar, and a
 * backspace takes a character back.
 *
 * Source: ECMA-48 (SGR, 8.3.117); ISO 8613-6 for colours of 24 bits.
 */
import { printable } from "@/text/ansi.ts";
import { graphemes } from "@/text/width.ts";
import type { Line, Span } from "../render/line.ts";
import { type Color, over, PLAIN, rgb, type Style } from "../render/style.ts";

const TAB_COLUMNS = 8;

// deno-lint-ignore no-control-regex -- escape sequences are what it looks for
const SGR = /(?:\x1b\[|\x9b)([\d;:]*)m/g;

/** The lines of an output; an empty last one is left out. */
export function outputLines(
  text: string,
  base: Style = PLAIN,
): readonly Line[] {
  const lines: Line[] = [];
  let style: Style = PLAIN;
  const cleaned = withoutMoves(text.replace(/\r*\n/g, "\n"));
  const rows = cleaned.split("\n");
  if (rows.at(-1) === "") rows.pop();
  for (const row of rows) {
    const read = readRow(row, style, base);
    lines.push({ spans: read.spans });
    style = read.style;
  }
  return lines;
}

/** Only colours, carriage returns and backspaces of what a terminal acts on. */
function withoutMoves(text: string): string {
  if (!/[\p{Cc}]/u.test(text)) return text;
  return text.split(/([\r\b])/).map((part) =>
    part === "\r" || part === "\b" ? part : withoutReset(part)
  ).join("");
}

/** `printable` ends what has colours with a reset, which is not the command's. */
function withoutReset(part: string): string {
  const kept = printable(part, "keep colours");
  return kept.endsWith("\x1b[0m") && !part.endsWith("\x1b[0m")
    ? kept.slice(0, -"\x1b[0m".length)
    : kept;
}

interface RowRead {
  readonly spans: readonly Span[];
  readonly style: Style;
}

function readRow(row: string, start: Style, base: Style): RowRead {
  let style = start;
  let spans: Span[] = [];
  let at = 0;
  let columns = 0;
  const add = (text: string) => {
    for (const piece of text.split(/([\r\b\t])/)) {
      if (piece === "") continue;
      if (piece === "\r") {
        spans = [];
        columns = 0;
      } else if (piece === "\b") {
        spans = withoutLast(spans);
        columns = Math.max(0, columns - 1);
      } else {
        const shown = piece === "\t"
          ? " ".repeat(TAB_COLUMNS - columns % TAB_COLUMNS)
          : piece;
        spans.push({ text: shown, style: over(base, style) });
        columns += shown.length;
      }
    }
  };
  // What a progress bar wrote last is what it shows, were it the line's end or not.
  const trimmed = row.replace(/\r+$/, "");
  for (const match of trimmed.matchAll(SGR)) {
    add(trimmed.slice(at, match.index));
    style = restyled(style, match[1] ?? "");
    at = match.index + match[0].length;
  }
  add(trimmed.slice(at));
  return { spans, style };
}

function withoutLast(spans: readonly Span[]): Span[] {
  const last = spans.at(-1);
  if (last === undefined) return [];
  const text = graphemes(last.text).slice(0, -1).join("");
  const rest = spans.slice(0, -1);
  return text === "" ? rest : [...rest, { text, style: last.style }];
}

/** The style after the parameters of one sequence. */
function restyled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      // `38:2::r:g:b` names a colour space, which is empty.
      const hasSpace = codes[at + 1] === 2 && parameters.includes("::");
      const read = extendedColor(codes, at + 1, hasSpace ? 1 : 0);
      const key = code === 38 ? "fg" : "bg";
      if (read.color !== undefined) next = { ...next, [key]: read.color };
      at += read.length;
    } else {
      next = withCode(next, code);
    }
  }
  return next;
}

function extendedColor(
  codes: readonly number[],
  at: number,
  skipped: number,
): { readonly color: Color | undefined; readonly length: number } {
  if (codes[at] === 5) {
    const index = codes[at + 1] ?? -1;
    return { color: isByte(index) ? index : undefined, length: 2 };
  }
  if (codes[at] !== 2) return { color: undefined, length: 1 };
  const [red = 0, green = 0, blue = 0] = codes.slice(at + 1 + skipped);
  return {
    color: [red, green, blue].every(isByte) ? rgb(red, green, blue) : undefined,
    length: 4 + skipped,
  };
}

function isByte(value: number): boolean {
  return value >= 0 && value <= 255;
}

const ADDED: Readonly<Record<number, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { reverse: true },
  9: { strike: true },
};

const REMOVED: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["reverse"],
  29: ["strike"],
  39: ["fg"],
  49: ["bg"],
};

function withCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  const added = ADDED[code];
  if (added !== undefined) return { ...style, ...added };
  const removed = REMOVED[code];
  if (removed !== undefined) {
    return Object.fromEntries(
      // The keys are those of a style.
      Object.entries(style).filter(([key]) =>
        !removed.includes(key as keyof Style)
      ),
    );
  }
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 100 + 8 };
  return style;
}
