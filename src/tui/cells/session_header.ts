/** The box at the start of a session: which program, which model, where. */
import type { ThreadInfo } from "@/protocol/host.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
} from "../render/line.ts";
import { BOLD, over } from "../render/style.ts";
import { boxed, boxRoom } from "./box.ts";
import type { CellContext } from "./context.ts";
import { homePath } from "./paths.ts";
import { bold, dim, fitted, inOneLine } from "./rows.ts";
import { displayWidth, graphemes, graphemeWidth } from "@/text/width.ts";

export type SessionFacts = Pick<
  ThreadInfo,
  "model" | "reasoningEffort" | "cwd" | "approvalPolicy" | "sandboxPolicy"
>;

export function sessionHeaderCell(facts: SessionFacts): Cell {
  return { lines: (context) => sessionHeaderLines(facts, context) };
}

/** Said only when nothing confines commands and nobody is asked. */
function permissionsOf(
  { approvalPolicy, sandboxPolicy }: SessionFacts,
): string | undefined {
  return approvalPolicy === "never" &&
      sandboxPolicy.type === "danger-full-access"
    ? "YOLO mode"
    : undefined;
}

const LABEL_COLUMNS = 11;
const LONG_LABEL_COLUMNS = 13;

function sessionHeaderLines(
  facts: SessionFacts,
  context: CellContext,
): readonly Line[] {
  const { theme, width, homeDirectory } = context;
  const permissions = permissionsOf(facts);
  const label = permissions === undefined ? LABEL_COLUMNS : LONG_LABEL_COLUMNS;
  const room = boxRoom(width) - label;
  const effort = facts.reasoningEffort === undefined
    ? ""
    : ` ${facts.reasoningEffort}`;
  const model = inOneLine(facts.model) + effort;
  const change = "   /model to change";
  const row = (name: string, ...value: readonly Span[]): Line =>
    line(dim(`${name}:`.padEnd(label)), ...value);
  const directory = inOneLine(homePath(facts.cwd, homeDirectory));
  return fitted(
    boxed([
      titleLine(VERSION),
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
      ...(permissions === undefined
        ? []
        : [row("permissions", span(permissions, over(theme.mode, BOLD)))]),
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
