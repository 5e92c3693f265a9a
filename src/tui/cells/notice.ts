/** Short messages of the program itself: what happened, what is wrong, what failed. */
import * as v from "valibot";
import type { TurnError } from "@/protocol/events.ts";
import type { Cell } from "../cell.ts";
import { type Line, type Span, span, wrapLine } from "../render/line.ts";
import { DIM, PLAIN, type Style } from "../render/style.ts";
import { bullet, detailRows, fitted, markedRows, textLines } from "./rows.ts";

export function noticeCell(
  level: "info" | "warning" | "error",
  text: string,
): Cell {
  return {
    lines: ({ width, theme }) => {
      switch (level) {
        case "info":
          return messageRows(bullet(), text, PLAIN, width);
        case "warning":
          return messageRows(
            span("⚠ ", theme.warning),
            text,
            theme.warning,
            width,
          );
        case "error":
          return messageRows(
            span("■ ", theme.failure),
            text,
            theme.failure,
            width,
          );
      }
    },
    source: { kind: "other", markdown: text },
  };
}

/** Why a turn failed, and what went wrong underneath. */
export function errorCell(
  { message, details }: Pick<TurnError, "message" | "details">,
): Cell {
  const notice = noticeCell("error", readableError(message));
  return {
    ...notice,
    lines: (context) =>
      details === undefined ? notice.lines(context) : fitted([
        ...notice.lines(context),
        ...detailRows(textLines(readableError(details), DIM), context.width),
      ], context.width),
  };
}

/** A command that was typed, in front of what it prints. */
export function echoCell(text: string): Cell {
  return {
    lines: ({ width, theme }) => messageRows(span(""), text, theme.mode, width),
    source: { kind: "other", markdown: text },
  };
}

/** Rows as they are. */
export function textCell(text: string): Cell {
  return {
    lines: ({ width }) =>
      textLines(text).flatMap((row) => wrapLine(row, { width })),
    source: { kind: "other", markdown: text },
  };
}

export function compactionCell(): Cell {
  return noticeCell("info", "Context compacted");
}

function messageRows(
  mark: Span,
  text: string,
  style: Style,
  width: number,
): readonly Line[] {
  const rest = span(" ".repeat(mark.text.length));
  return fitted(
    textLines(text.trim(), style).flatMap((row, index) =>
      markedRows(index === 0 ? mark : rest, row, width)
    ),
    width,
  );
}

const ApiError = v.object({
  error: v.object({ message: v.pipe(v.string(), v.nonEmpty()) }),
});

/** Of an API's error the message, which is what its JSON is about. */
function readableError(text: string): string {
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
