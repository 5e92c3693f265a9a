/**
 * A command: what ran, how it ended and what it printed. While it runs it says
 * `Running`, whatever it has printed already.
 */
import type { CommandExecutionThreadItem } from "@/protocol/items.ts";
import { shellWords } from "@/exec-policy/words.ts";
import { printable } from "@/text/ansi.ts";
import type { Cell } from "../cell.ts";
import { PLAIN_READER } from "../highlight/plain_reader.ts";
import { type Line, line, type Span, span, wrapLine } from "../render/line.ts";
import { PLAIN } from "../render/style.ts";
import type { CellContext } from "./context.ts";
import { itemLanguages } from "./languages.ts";
import { durationText } from "./numbers.ts";
import {
  allOutputRows,
  noOutputRow,
  OUTPUT_ROWS_MAX,
  outputRows,
  USER_OUTPUT_ROWS_MAX,
} from "./output.ts";
import { bold, bullet, dim, fitted } from "./rows.ts";

/** Rows of a command in the history; a script is in the transcript. */
const COMMAND_ROWS_MAX = 3;

export function commandCell(item: CommandExecutionThreadItem): Cell {
  return {
    lines: (context) => commandLines(item, context),
    allLines: (context) => commandTranscript(item, context),
    languages: itemLanguages(item),
    source: {
      kind: "other",
      markdown: `\`\`\`console\n$ ${shownCommand(item)}\n${
        printable(item.aggregatedOutput, "plain").trimEnd()
      }\n\`\`\``,
    },
  };
}

/** Finished or not: the status says. */
export function commandLines(
  item: CommandExecutionThreadItem,
  context: CellContext,
): readonly Line[] {
  const { width } = context;
  const rowsMax = item.source === "userShell"
    ? USER_OUTPUT_ROWS_MAX
    : OUTPUT_ROWS_MAX;
  const output = outputRows(item.aggregatedOutput, width, rowsMax);
  const isOver = item.status === "completed" || item.status === "failed";
  return fitted([
    ...headingRows(item, context),
    ...(output.length === 0 && isOver ? [noOutputRow()] : output),
    ...(isOneLine(item) ? [] : endingRows(item, context)),
  ], width);
}

/** Where systems have their shells. */
const SHELL =
  /^(?:(?:\/usr(?:\/local)?|\/opt\/homebrew|\/run\/current-system\/sw|)\/bin\/)?(?:ba|z)?sh$/;

/**
 * The command as one would type it: without the shell that runs it. Only a shell of
 * the system is left out: a program elsewhere that is called `bash` may be any.
 */
export function shownCommand(
  { command }: { readonly command: string },
): string {
  const words = shellWords(command) ?? [];
  const [program = "", flag = "", script] = words;
  const isScript = words.length === 3 && SHELL.test(program) &&
    /^-l?c$/.test(flag);
  return printable(isScript ? script ?? command : command, "plain").trim();
}

/** The lines of a command in colours. */
export function commandCode(
  text: string,
  { drawing, theme }: CellContext,
): readonly Line[] {
  const reader = drawing?.highlighter.reader("sh", theme) ?? PLAIN_READER;
  return text.replaceAll("\t", "    ").split("\n")
    .map((row) => ({ spans: reader.line(row) }));
}

function headingRows(
  item: CommandExecutionThreadItem,
  context: CellContext,
): readonly Line[] {
  const [first, ...others] = commandCode(shownCommand(item), context);
  const title: Line = {
    spans: [
      bold(`${verbOf(item)} `),
      ...first?.spans ?? [],
      ...(isOneLine(item) ? endingSpans(item, context) : []),
    ],
  };
  const go = [dim("  │ ")];
  const rows = [
    ...wrapLine(title, {
      width: context.width,
      first: [markOf(item, context)],
      rest: go,
      mode: "cut",
    }),
    ...others.flatMap((row) =>
      wrapLine(row, { width: context.width, first: go, mode: "cut" })
    ),
  ];
  if (rows.length <= COMMAND_ROWS_MAX + 1) return rows;
  const left = rows.length - COMMAND_ROWS_MAX;
  return [
    ...rows.slice(0, COMMAND_ROWS_MAX),
    line(...go, dim(`… +${left} lines`)),
  ];
}

function verbOf({ status, source }: CommandExecutionThreadItem): string {
  if (status === "declined") return "Declined";
  if (status === "inProgress") return "Running";
  return source === "userShell" ? "You ran" : "Ran";
}

/** Green or red once it is over; while it runs it blinks, as `liveBullet` says. */
function markOf(
  { status }: CommandExecutionThreadItem,
  { theme, nowMs }: CellContext,
): Span {
  switch (status) {
    case "inProgress":
      return liveBullet(nowMs);
    case "completed":
      return bullet(theme.success);
    case "failed":
    case "declined":
      return bullet(theme.failure);
  }
}

/** How long each look of a live bullet stays. */
const BLINK_MS = 600;

/** A bullet that shows that something goes on. */
export function liveBullet(nowMs: number): Span {
  const isBright = Math.floor(nowMs / BLINK_MS) % 2 === 0;
  return isBright ? bold("• ") : dim("• ");
}

/** The exit code, when it says something: behind a command of one line, else below. */
function endingSpans(
  { exitCode, status }: CommandExecutionThreadItem,
  { theme }: CellContext,
): readonly Span[] {
  return status === "failed" && exitCode !== undefined
    ? [span(` (exit ${exitCode})`, theme.failure)]
    : [];
}

function endingRows(
  item: CommandExecutionThreadItem,
  context: CellContext,
): readonly Line[] {
  const spans = endingSpans(item, context);
  return spans.length === 0 ? [] : [line("   ", ...spans)];
}

function isOneLine(item: CommandExecutionThreadItem): boolean {
  return !shownCommand(item).includes("\n");
}

/** The whole command with all it printed. */
export function commandTranscript(
  item: CommandExecutionThreadItem,
  context: CellContext,
): readonly Line[] {
  const { width, theme } = context;
  const rows = commandCode(shownCommand(item), context).flatMap((row, index) =>
    wrapLine(row, {
      width,
      first: [index === 0 ? span("$ ", theme.mode) : span("  ", PLAIN)],
      rest: [span("  ")],
      mode: "cut",
    })
  );
  return fitted([
    ...rows,
    ...allOutputRows(item.aggregatedOutput, width),
    ...transcriptEnd(item, context),
  ], width);
}

function transcriptEnd(
  { status, exitCode, durationMs }: CommandExecutionThreadItem,
  { theme }: CellContext,
): readonly Line[] {
  const time = durationMs === undefined ? "" : ` • ${durationText(durationMs)}`;
  switch (status) {
    case "inProgress":
      return [];
    case "completed":
      return [line(span("✓", theme.success), dim(time))];
    case "failed":
      return [
        line(
          span(`✗ (${exitCode ?? "no exit code"})`, theme.failure),
          dim(time),
        ),
      ];
    case "declined":
      return [line(span("✗ declined", theme.failure))];
  }
}
