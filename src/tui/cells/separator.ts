/** The rule between work and its result. */
import type { Cell } from "../cell.ts";
import { line } from "../render/line.ts";
import { elapsedText } from "./numbers.ts";
import { dim, fitted } from "./rows.ts";

/** Shorter turns need no word about how long they took. */
const WORTH_SAYING_MS = 60_000;

/** @param workedMs how long the turn has worked; undefined when that is not known */
export function separatorCell(workedMs: number | undefined): Cell {
  const words = workedMs === undefined || workedMs < WORTH_SAYING_MS
    ? ""
    : `Worked for ${elapsedText(workedMs)}`;
  const start = words === "" ? "" : `─ ${words} `;
  return {
    lines: ({ width }) => {
      const rule = start + "─".repeat(Math.max(0, width - start.length));
      return fitted([line(dim(rule))], width);
    },
    spoken: words,
  };
}
