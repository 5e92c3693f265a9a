/** Short messages of the program itself: what happened, what is wrong, what failed. */
import * as v from "valibot";
import type { Cell } from "../cell.ts";
import { type Line, line, span } from "../render/line.ts";
import { DIM, type Style } from "../render/style.ts";
import { bullet, detailRows, fitted, markedRows, textLines } from "./rows.ts";

/** Something to know, with a word on what can be done. */
export function infoCell(text: string, hint = ""): Cell {
  return {
    lines: ({ width }) => {
      const [first = line(), ...others] = textLines(text.trim());
      const withHint = hint === ""
        ? first
        : { spans: [...first.spans, span(` ${hint}`, DIM)] };
      return fitted([
        ...markedRows(bullet(), withHint, width),
        ...others.flatMap((row) => markedRows(span("  "), row, width)),
      ], width);
    },
  };
}

export function warningCell(text: string): Cell {
  return {
    lines: ({ width, theme }) => messageRows("⚠ ", text, theme.warning, width),
  };
}

/** A failure; `details` is what went wrong underneath. */
export function errorCell(text: string, details = ""): Cell {
  return {
    lines: ({ width, theme }) =>
      fitted([
        ...messageRows("■ ", readableError(text), theme.failure, width),
        ...(details === "" ? [] : detailRows(
          textLines(readableError(details), DIM),
          width,
        )),
      ], width),
  };
}

export function compactionCell(): Cell {
  return infoCell("Context compacted");
}

function messageRows(
  mark: string,
  text: string,
  style: Style,
  width: number,
): readonly Line[] {
  return fitted(
    textLines(text.trim(), style).flatMap((row, index) =>
      markedRows(index === 0 ? span(mark, style) : span("  "), row, width)
    ),
    width,
  );
}

const ApiError = v.object({
  error: v.object({ message: v.pipe(v.string(), v.nonEmpty()) }),
});

/** Of an API's error the message, which is what its JSON is about. */
export function readableError(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return text;
  try {
    const parsed = v.safeParse(ApiError, JSON.parse(trimmed));
    return parsed.success ? parsed.output.error.message : text;
  } catch (error) {
    // Not JSON, although it begins like it.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
