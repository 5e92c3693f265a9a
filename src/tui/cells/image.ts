/** Pictures: those the model looked at, and those it made. */
import type {
  ImageGenerationThreadItem,
  ImageViewThreadItem,
} from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { line, span } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import { shownPath } from "./paths.ts";
import {
  bold,
  bullet,
  detailRows,
  fitted,
  inOneLine,
  textLines,
} from "./rows.ts";

export function imageViewCell({ path }: ImageViewThreadItem): Cell {
  return {
    lines: (context) =>
      fitted([
        line(bullet(), bold("Viewed Image")),
        ...detailRows(
          [line(span(inOneLine(shownPath(path, context)), DIM))],
          context.width,
        ),
      ], context.width),
  };
}

export function imageGenerationCell(
  { status, revisedPrompt }: ImageGenerationThreadItem,
): Cell {
  return {
    lines: ({ width, theme }) => {
      const isFailed = status === "failed";
      return fitted([
        line(
          bullet(isFailed ? theme.failure : theme.success),
          bold(isFailed ? "Could not generate an image" : "Generated Image"),
        ),
        ...detailRows(
          revisedPrompt === undefined
            ? []
            : textLines(revisedPrompt.trim(), DIM),
          width,
        ),
      ], width);
    },
  };
}
