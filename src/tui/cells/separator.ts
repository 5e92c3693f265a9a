/** The rule between work and its result. */
import type { Cell } from "../cell.ts";
import { line } from "../render/line.ts";
import { elapsedText } from "./numbers.ts";
import { dim, fitted } from "./rows.ts";

/** Shorter turns need no word about how long they took. */
const WORTH_SAYING_MS = 60_000;

/** @param workedMs how long the turn has worked; undefined when that is not known */
export function separatorCell(workedMs: number | undefined): Cell {
  return {
    lines: ({ width }) => {
      const words = workedMs === undefined || workedMs < WORTH_SAYING_MS
        ? ""
        : `─ Worked for ${elapsedText(workedMs)} `;
      const rule = words + "─".repeat(Math.max(0, width - words.length));
      return fitted([line(dim(rule))], width);
    },
  };
}
