/** The steps of the work, and how far it is. */
import type { PlanStep } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span, wrapLine } from "../render/line.ts";
import { DIM, over, type Style } from "../render/style.ts";
import type { CellContext } from "./context.ts";
import { bold, bullet, dim, fitted, inOneLine, textLines } from "./rows.ts";

export function planCell(
  steps: readonly PlanStep[],
  explanation: string | undefined,
): Cell {
  return { lines: (context) => planLines(steps, explanation, context) };
}

function planLines(
  steps: readonly PlanStep[],
  explanation: string | undefined,
  context: CellContext,
): readonly Line[] {
  const { width } = context;
  const reason = explanation?.trim() ?? "";
  const entries: readonly (readonly [Span | undefined, Line])[] = [
    ...(reason === "" ? [] : textLines(reason, { dim: true, italic: true })
      .map((row) => [undefined, row] as const)),
    ...steps.map((step) => stepEntry(step, context)),
    ...(steps.length === 0
      ? [[undefined, line(dim("(no steps)"))] as const]
      : []),
  ];
  return fitted([
    line(bullet(), bold("Updated Plan")),
    ...entries.flatMap(([mark, content], index) => {
      const start = index === 0 ? dim("  └ ") : span("    ");
      return wrapLine(content, {
        width,
        first: mark === undefined ? [start] : [start, mark],
        rest: [span(mark === undefined ? "    " : "      ")],
      });
    }),
  ], width);
}

function stepEntry(
  { step, status }: PlanStep,
  { theme }: CellContext,
): readonly [Span, Line] {
  const style = STYLES[status];
  const look = status === "inProgress" ? over(theme.accent, style) : style;
  const mark = status === "completed" ? "✔ " : "□ ";
  return [span(mark), line(span(inOneLine(step), look))];
}

const STYLES: Readonly<Record<PlanStep["status"], Style>> = {
  completed: { dim: true, strike: true },
  inProgress: { bold: true },
  pending: DIM,
};
