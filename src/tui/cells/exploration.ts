/**
 * Commands that only look around, together: what was read, listed and searched says
 * more than the commands it was done with.
 */
import type { CommandExecutionThreadItem } from "@/protocol/items.ts";
import { type CommandAction, commandActions } from "@/exec-policy/actions.ts";
import type { Cell } from "../cell.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  type Span,
  span,
  wrapLine,
} from "../render/line.ts";
import { commandTranscript, liveBullet } from "./command.ts";
import type { CellContext } from "./context.ts";
import { itemLanguages } from "./languages.ts";
import { baseName, shownPath } from "./paths.ts";
import { bold, bullet, dim, fitted, inOneLine, markedRows } from "./rows.ts";

/** True for a command that can stand in such a group. */
export function isExploration(item: CommandExecutionThreadItem): boolean {
  return item.source !== "userShell" && item.status !== "declined" &&
    actionsOf(item).every(({ type }) => type !== "unknown");
}

/** A live group is drawn at every frame; its commands are read once. */
const READ = new WeakMap<
  CommandExecutionThreadItem,
  readonly CommandAction[]
>();

function actionsOf(
  item: CommandExecutionThreadItem,
): readonly CommandAction[] {
  const known = READ.get(item);
  if (known !== undefined) return known;
  const actions = commandActions(item.command, item.cwd);
  READ.set(item, actions);
  return actions;
}

/** A group of commands `isExploration` is true for, in their order. */
export function explorationCell(
  items: readonly CommandExecutionThreadItem[],
): Cell {
  return {
    lines: (context) => explorationLines(items, context),
    allLines: (context) =>
      items.flatMap((item, index) => [
        ...(index === 0 ? [] : [EMPTY_LINE]),
        ...commandTranscript(item, context),
      ]),
    languages: items.flatMap(itemLanguages),
  };
}

/** The group, live while one of them runs. */
export function explorationLines(
  items: readonly CommandExecutionThreadItem[],
  context: CellContext,
): readonly Line[] {
  const isLive = items.some(({ status }) => status === "inProgress");
  const mark = isLive ? liveBullet(context.nowMs) : bullet();
  const heading = line(bold(isLive ? "Exploring" : "Explored"));
  const actions = items.flatMap(actionsOf);
  const entries = merged(actions).map((entry) => entryLine(entry, context));
  return fitted([
    ...markedRows(mark, heading, context.width),
    ...entries.flatMap((entry, index) =>
      wrapLine(entry, {
        width: context.width,
        first: [index === 0 ? dim("  └ ") : span("    ")],
        rest: [span("      ")],
      })
    ),
  ], context.width);
}

type Read = Extract<CommandAction, { readonly type: "read" }>;
type Entry =
  | Exclude<CommandAction, Read>
  | { readonly type: "reads"; readonly reads: readonly Read[] };

/** Reads in a row become one, each file once; so do equal entries in a row. */
function merged(actions: readonly CommandAction[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const action of actions) {
    const last = entries.at(-1);
    if (action.type !== "read") {
      const isSame = last?.type === action.type &&
        last.command === action.command;
      if (!isSame) entries.push(action);
    } else if (last?.type !== "reads") {
      entries.push({ type: "reads", reads: [action] });
    } else if (!last.reads.some(({ path }) => path === action.path)) {
      entries[entries.length - 1] = {
        type: "reads",
        reads: [...last.reads, action],
      };
    }
  }
  return entries;
}

function entryLine(entry: Entry, context: CellContext): Line {
  switch (entry.type) {
    case "reads":
      return entryOf("Read", readNames(entry.reads, context), context);
    case "listFiles":
      return entryOf("List", [
        span(inOneLine(entry.path ?? entry.command)),
      ], context);
    case "search":
      return entryOf("Search", searchSpans(entry), context);
    case "unknown":
      return entryOf("Run", [span(inOneLine(entry.command))], context);
  }
}

function entryOf(
  verb: string,
  spans: readonly Span[],
  { theme }: CellContext,
): Line {
  return { spans: [span(verb, theme.accent), span(" "), ...spans] };
}

/** Names alone, unless two files have the same. */
function readNames(
  reads: readonly Read[],
  context: CellContext,
): readonly Span[] {
  return reads.flatMap(({ name, path }, index) => {
    const isUnclear = reads.some((other) =>
      other.path !== path && baseName(other.path) === name
    );
    const shown = inOneLine(isUnclear ? shownPath(path, context) : name);
    return index === 0 ? [span(shown)] : [dim(", "), span(shown)];
  });
}

function searchSpans(
  { query, path, command }: Extract<Entry, { readonly type: "search" }>,
): readonly Span[] {
  if (query === null) return [span(inOneLine(command))];
  return path === null
    ? [span(inOneLine(query))]
    : [span(inOneLine(query)), dim(" in "), span(inOneLine(path))];
}
