/** The frame around a review, and what it found. */
import type {
  EnteredReviewModeThreadItem,
  ExitedReviewModeThreadItem,
} from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { EMPTY_LINE, type Line, line, span, wrapLine } from "../render/line.ts";
import { bulletedRows, markdownRows } from "./answer.ts";
import type { CellContext } from "./context.ts";
import { fenceLanguages } from "./languages.ts";
import { fitted, inOneLine } from "./rows.ts";

export function reviewStartCell(
  { review }: EnteredReviewModeThreadItem,
): Cell {
  return {
    lines: (context) =>
      frameLines(`>> Code review started: ${inOneLine(review)} <<`, context),
  };
}

export function reviewEndCell({ review }: ExitedReviewModeThreadItem): Cell {
  return {
    lines: (context) => {
      const found = review.trim();
      return [
        ...frameLines("<< Code review finished >>", context),
        ...(found === "" ? [] : [EMPTY_LINE, ...foundLines(found, context)]),
      ];
    },
    source: { kind: "answer", markdown: review },
    languages: fenceLanguages(review),
  };
}

function frameLines(text: string, { width, theme }: CellContext) {
  return fitted(wrapLine(line(span(text, theme.accent)), { width }), width);
}

function foundLines(text: string, context: CellContext): readonly Line[] {
  return fitted(
    bulletedRows(markdownRows(text, context), "first"),
    context.width,
  );
}
