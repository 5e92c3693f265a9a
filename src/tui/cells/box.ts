/** A frame of dim lines around rows, as wide as they are and never wider than the screen. */
import {
  fitLine,
  type Line,
  line,
  lineWidth,
  type Span,
} from "../render/line.ts";
import { dim } from "./rows.ts";

/** Columns of the frame: a line and a space on both sides. */
const FRAME = 4;

/** Columns a box leaves to its content. */
export function boxRoom(width: number): number {
  return Math.max(1, width - FRAME);
}

export function boxed(
  rows: readonly Line[],
  width: number,
): readonly Line[] {
  const room = boxRoom(width);
  const inner = Math.min(
    room,
    rows.reduce((most, row) => Math.max(most, lineWidth(row)), 0),
  );
  const edge = "─".repeat(inner + 2);
  return [
    line(dim(`╭${edge}╮`)),
    ...rows.map((row) => ({ spans: framed(fitLine(row, inner), inner) })),
    line(dim(`╰${edge}╯`)),
  ];
}

function framed(row: Line, inner: number): readonly Span[] {
  const free = inner - lineWidth(row);
  return [dim("│ "), ...row.spans, dim(`${" ".repeat(Math.max(0, free))} │`)];
}
