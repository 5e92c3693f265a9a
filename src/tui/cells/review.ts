/** The frame around a review. */
import type { EnteredReviewModeThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { line, span, wrapLine } from "../render/line.ts";
import type { CellContext } from "./context.ts";
import { fitted, inOneLine } from "./rows.ts";

export function reviewStartCell(
  { review }: EnteredReviewModeThreadItem,
): Cell {
  return {
    lines: (context) =>
      frameLines(`>> Code review started: ${inOneLine(review)} <<`, context),
  };
}

/** Only the frame: what was found is said in a message behind it. */
export function reviewEndCell(): Cell {
  return {
    lines: (context) => frameLines("<< Code review finished >>", context),
  };
}

function frameLines(text: string, { width, theme }: CellContext) {
  return fitted(wrapLine(line(span(text, theme.accent)), { width }), width);
}
