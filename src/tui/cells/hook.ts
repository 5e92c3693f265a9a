/** What hooks of the user's did, when there is something to say about it. */
import type { HookRun } from "@/protocol/hooks.ts";
import type { HookPromptThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import type { Theme } from "../render/theme.ts";
import {
  bold,
  bullet,
  detailRows,
  fitted,
  markedRows,
  textLines,
} from "./rows.ts";

/** A hook that kept the turn going, with what it wants. */
export function hookPromptCell({ fragments }: HookPromptThreadItem): Cell {
  return {
    lines: ({ width }) =>
      fitted([
        ...markedRows(bullet(), line(bold("A hook asks to go on")), width),
        ...detailRows(
          fragments.flatMap(({ text }) => textLines(text.trim(), DIM)),
          width,
        ),
      ], width),
  };
}

/** A run that is over; undefined when it passed and has nothing to say to a person. */
export function hookRunCell(run: HookRun): Cell | undefined {
  const entries = run.entries.filter(({ kind }) => kind !== "context");
  if (run.status === "completed" && entries.length === 0) return undefined;
  return {
    lines: ({ width, theme }) =>
      fitted([
        ...markedRows(
          bullet(markStyle(run, theme)),
          { spans: headingOf(run) },
          width,
        ),
        ...detailRows(
          entries.flatMap(({ kind, text }) => entryLines(kind, text, theme)),
          width,
        ),
      ], width),
  };
}

function markStyle({ status }: HookRun, theme: Theme) {
  switch (status) {
    case "failed":
    case "blocked":
      return theme.failure;
    case "stopped":
      return theme.warning;
    case "running":
    case "completed":
      return DIM;
  }
}

const ENDINGS: Readonly<Record<HookRun["status"], string>> = {
  running: "runs",
  completed: "has run",
  failed: "failed",
  blocked: "blocked it",
  stopped: "stopped the turn",
};

function headingOf({ eventName, status }: HookRun): readonly Span[] {
  const name = eventName.charAt(0).toUpperCase() + eventName.slice(1);
  return [bold(`${name} hook`), span(` ${ENDINGS[status]}`)];
}

function entryLines(
  kind: HookRun["entries"][number]["kind"],
  text: string,
  theme: Theme,
): readonly Line[] {
  const style = kind === "warning"
    ? theme.warning
    : kind === "error"
    ? theme.failure
    : DIM;
  return textLines(text.trim(), style);
}
