/**
 * Files that were changed, with what changed in them. A patch that was declined or
 * failed says so, and why; it never looks like one that was applied.
 */
import type { FileChange, FileChangeThreadItem } from "@/protocol/items.ts";
import { printable } from "@/text/ansi.ts";
import type { Cell } from "../cell.ts";
import { PLAIN_READER } from "../highlight/plain_reader.ts";
import { fileLanguage } from "../highlight/languages.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
  styled,
  wrapLine,
} from "../render/line.ts";
import { DIM, over, PLAIN, type Style } from "../render/style.ts";
import { liveBullet } from "./command.ts";
import type { CellContext } from "./context.ts";
import {
  type DiffRow,
  type FileDiff,
  fileDiff,
  nearChanges,
} from "./diff_rows.ts";
import { itemLanguages } from "./languages.ts";
import { shownPath } from "./paths.ts";
import {
  bold,
  bullet,
  detailRows,
  dim,
  fitted,
  inOneLine,
  leftOutRow,
  markedRows,
  textLines,
} from "./rows.ts";

/** Unchanged lines around a change in the history. */
const CONTEXT_ROWS = 1;

/** Rows of one file in the history: a screenful many times over; all are in the transcript. */
const FILE_ROWS_MAX = 1_000;

/** More unchanged lines than a diff has around a change. */
const ALL_ROWS = Number.MAX_SAFE_INTEGER;

export function patchCell(item: FileChangeThreadItem): Cell {
  return {
    lines: (context) => patchLines(item, context),
    allLines: (context) => patchTranscript(item, context),
    languages: itemLanguages(item),
  };
}

interface ChangedFile extends FileDiff {
  readonly change: FileChange;
}

/** In the history, finished or not: the status says. */
export function patchLines(
  item: FileChangeThreadItem,
  context: CellContext,
): readonly Line[] {
  const files = changedFiles(item.changes);
  switch (item.status) {
    case "failed":
      return fitted(failedLines(item, files, context), context.width);
    case "declined":
      return fitted(
        headedLines("Declined", bullet(context.theme.failure), files, context),
        context.width,
      );
    case "inProgress":
      return fitted(
        [
          ...headingRows("Editing", liveBullet(context.nowMs), files, context),
          ...diffsLines(files, context),
        ],
        context.width,
      );
    case "completed":
      return fitted(
        [
          ...headingRows("Edited", bullet(), files, context),
          ...diffsLines(files, context),
        ],
        context.width,
      );
  }
}

/** Only the changes, for a question about them. */
export function changesLines(
  changes: readonly FileChange[],
  context: CellContext,
): readonly Line[] {
  const files = changedFiles(changes);
  const [only] = files;
  if (only === undefined) return [];
  return fitted(
    files.length === 1
      ? [
        { spans: fileSpans(only, context) },
        ...fileRows(only, context, CONTEXT_ROWS, FILE_ROWS_MAX),
      ]
      : diffsLines(files, context),
    context.width,
  );
}

function patchTranscript(
  item: FileChangeThreadItem,
  context: CellContext,
): readonly Line[] {
  const files = changedFiles(item.changes);
  const rows = files.flatMap((file, index) => [
    ...(index === 0 ? [] : [EMPTY_LINE]),
    { spans: fileSpans(file, context) },
    ...fileRows(file, context, ALL_ROWS, ALL_ROWS),
  ]);
  const head = item.status === "failed"
    ? failedLines(item, [], context)
    : item.status === "declined"
    ? headedLines("Declined", bullet(context.theme.failure), [], context)
    : [];
  return fitted([...head, ...rows], context.width);
}

function changedFiles(
  changes: readonly FileChange[],
): readonly ChangedFile[] {
  return changes
    .map((change) => ({ change, ...fileDiff(change) }))
    .sort((left, right) =>
      left.change.path < right.change.path
        ? -1
        : left.change.path > right.change.path
        ? 1
        : 0
    );
}

function failedLines(
  { problem }: FileChangeThreadItem,
  files: readonly ChangedFile[],
  context: CellContext,
): readonly Line[] {
  const { theme, width } = context;
  const mark = span("✘ ", over(theme.failure, { bold: true }));
  const heading = line(span("Failed to apply patch", { bold: true }));
  return [
    ...markedRows(mark, heading, width),
    ...detailRows([
      ...(problem === undefined
        ? []
        : textLines(problem.trim(), theme.failure)),
      ...files.map((file) => ({ spans: fileSpans(file, context) })),
    ], width),
  ];
}

/** A heading and the names of the files, without what would have changed. */
function headedLines(
  verb: string,
  mark: Span,
  files: readonly ChangedFile[],
  context: CellContext,
): readonly Line[] {
  const names = files.length === 1
    ? []
    : files.map((file) => ({ spans: fileSpans(file, context) }));
  return [
    ...headingRows(verb, mark, files, context),
    ...detailRows(names, context.width),
  ];
}

function headingRows(
  verb: string,
  mark: Span,
  files: readonly ChangedFile[],
  context: CellContext,
): readonly Line[] {
  const [only] = files;
  const what = files.length === 0 ? [span("a patch")] : files.length > 1 ||
      only === undefined
    ? [span(`${files.length} files`), ...countSpans(sumOf(files), context)]
    : fileSpans(only, context);
  const own = files.length === 1 && only !== undefined
    ? verbOf(only, verb)
    : verb;
  return markedRows(mark, { spans: [bold(`${own} `), ...what] }, context.width);
}

/** What was done to the only file, in the form the general verb has. */
function verbOf({ change, added, removed }: ChangedFile, verb: string): string {
  const verbs = VERBS[verb];
  if (verbs === undefined) return verb;
  const { kind } = change;
  if (kind.type !== "update") return verbs[kind.type];
  return kind.move_path !== null && added + removed === 0 ? verbs.move : verb;
}

const VERBS: Readonly<
  Record<string, Readonly<Record<"add" | "delete" | "move", string>>>
> = {
  Edited: { add: "Added", delete: "Deleted", move: "Moved" },
  Editing: { add: "Adding", delete: "Deleting", move: "Moving" },
};

function sumOf(files: readonly ChangedFile[]) {
  return {
    added: files.reduce((sum, { added }) => sum + added, 0),
    removed: files.reduce((sum, { removed }) => sum + removed, 0),
  };
}

/** `src/a.ts → src/b.ts (+1 -2)`. */
function fileSpans(file: ChangedFile, context: CellContext): readonly Span[] {
  const { path, kind } = file.change;
  const name = (each: string) => inOneLine(shownPath(each, context));
  const moved = kind.type === "update" && kind.move_path !== null
    ? [span(" → "), span(name(kind.move_path))]
    : [];
  const isOnlyMoved = moved.length > 0 && file.rows.length === 0;
  return [
    span(name(path)),
    ...moved,
    ...(isOnlyMoved ? [] : countSpans(file, context)),
  ];
}

function countSpans(
  { added, removed }: Pick<FileDiff, "added" | "removed">,
  { theme }: CellContext,
): readonly Span[] {
  return [
    span(" ("),
    span(`+${added}`, theme.success),
    span(" "),
    span(`-${removed}`, theme.failure),
    span(")"),
  ];
}

/** The changes; of several files each under its name. */
function diffsLines(
  files: readonly ChangedFile[],
  context: CellContext,
): readonly Line[] {
  return files.flatMap((file, index) => [
    ...(index === 0 ? [] : [EMPTY_LINE]),
    ...(files.length === 1 ? [] : wrapLine(
      { spans: fileSpans(file, context) },
      { width: context.width, first: [dim("  └ ")], rest: [span("    ")] },
    )),
    ...fileRows(file, context, CONTEXT_ROWS, FILE_ROWS_MAX),
  ]);
}

function fileRows(
  { change, rows }: ChangedFile,
  context: CellContext,
  around: number,
  rowsMax: number,
): readonly Line[] {
  const colours = new DiffColours(change, context);
  const shown = around === ALL_ROWS ? rows : nearChanges(rows, around);
  const kept = shown.slice(0, rowsMax);
  const digits = String(
    kept.reduce((most, { number }) => Math.max(most, number), 0),
  ).length;
  const drawn = kept.flatMap((row) => [
    ...(row.isApart ? [line(dim(`${" ".repeat(3 + digits)}⋮`))] : []),
    ...rowLines(row, colours.spans(row), digits, context),
  ]);
  const left = shown.length - kept.length;
  return left === 0 ? drawn : [
    ...drawn,
    leftOutRow(left),
  ];
}

/** Each side of a change is code of its own; both hold what is unchanged. */
class DiffColours {
  readonly #start;
  #old;
  #new;

  constructor({ path, kind }: FileChange, context: CellContext) {
    const { drawing, theme } = context;
    const name = kind.type === "update" ? kind.move_path ?? path : path;
    this.#start = () =>
      drawing?.highlighter.reader(fileLanguage(name), theme) ?? PLAIN_READER;
    this.#old = this.#start();
    this.#new = this.#start();
  }

  /** In the order of the rows. */
  spans({ kind, text, isApart }: DiffRow): readonly Span[] {
    if (isApart) {
      this.#old = this.#start();
      this.#new = this.#start();
    }
    const shown = printable(text, "plain").replaceAll("\n", "")
      .replaceAll("\t", "    ");
    if (kind === "removed") return this.#old.line(shown);
    if (kind === "same") this.#old.line(shown);
    return this.#new.line(shown);
  }
}

const SIGNS = { same: " ", added: "+", removed: "-" } as const;

function rowLines(
  { kind, number }: DiffRow,
  code: readonly Span[],
  digits: number,
  { theme, width }: CellContext,
): readonly Line[] {
  const tint = kind === "added"
    ? theme.addedLine
    : kind === "removed"
    ? theme.removedLine
    : PLAIN;
  const sign: Style = kind === "added"
    ? theme.success
    : kind === "removed"
    ? theme.failure
    : PLAIN;
  const base = kind === "removed" ? over(tint, { dim: true }) : tint;
  const content = styled(base, { spans: code });
  const gutter = span(
    `    ${String(number).padStart(digits)} `,
    over(tint, DIM),
  );
  return wrapLine(
    tint === PLAIN ? content : { ...content, fill: tint },
    {
      width,
      first: [gutter, span(SIGNS[kind], over(tint, sign))],
      rest: [span(" ".repeat(gutter.text.length + 1), tint)],
      mode: "cut",
    },
  );
}
