/** The box at the start of a session: which program, which model, where. */
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
} from "../render/line.ts";
import { boxed, boxRoom } from "./box.ts";
import type { CellContext } from "./context.ts";
import { homePath } from "./paths.ts";
import { bold, dim, fitted, inOneLine } from "./rows.ts";
import { displayWidth, graphemes, graphemeWidth } from "@/text/width.ts";

export interface SessionFacts {
  readonly version: string;
  readonly model: string;
  readonly reasoningEffort: string | undefined;
  readonly directory: string;
  /** Said only when they are unusual. */
  readonly permissions: string | undefined;
}

export function sessionHeaderCell(facts: SessionFacts): Cell {
  return { lines: (context) => sessionHeaderLines(facts, context) };
}

const LABEL_COLUMNS = 13;

function sessionHeaderLines(
  facts: SessionFacts,
  context: CellContext,
): readonly Line[] {
  const { theme, width, homeDirectory } = context;
  const label = facts.permissions === undefined ? 11 : LABEL_COLUMNS;
  const room = boxRoom(width) - label;
  const effort = facts.reasoningEffort === undefined
    ? ""
    : ` ${facts.reasoningEffort}`;
  const model = inOneLine(facts.model) + effort;
  const change = "   /model to change";
  const row = (name: string, ...value: readonly Span[]): Line =>
    line(dim(`${name}:`.padEnd(label)), ...value);
  const directory = inOneLine(homePath(facts.directory, homeDirectory));
  return fitted(
    boxed([
      titleLine(facts.version),
      EMPTY_LINE,
      row(
        "model",
        span(model),
        ...(displayWidth(model + change) > room ? [] : [
          span("   "),
          span("/model", theme.accent),
          dim(" to change"),
        ]),
      ),
      row("directory", span(shortPath(directory, room))),
      ...(facts.permissions === undefined ? [] : [
        row("permissions", span(inOneLine(facts.permissions), theme.warning)),
      ]),
    ], width),
    width,
  );
}

export function titleLine(version: string): Line {
  return line(dim(">_ "), bold("OpenAI Codex"), dim(` (v${version})`));
}

/** The path without what does not fit of its start: its end says more. */
export function shortPath(path: string, width: number): string {
  if (displayWidth(path) <= width) return path;
  let kept = "";
  let columns = 1;
  for (const cluster of [...graphemes(path)].reverse()) {
    columns += graphemeWidth(cluster);
    if (columns > width) break;
    kept = cluster + kept;
  }
  return `…${kept}`;
}
