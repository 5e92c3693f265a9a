/** A thread that was opened, taken into the state: pure. */
import type { ThreadInfo } from "@/protocol/host.ts";
import type {
  CommandExecutionThreadItem,
  ThreadItem,
} from "@/protocol/items.ts";
import type { StoredTurn } from "@/protocol/stored_threads.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { Cell } from "./cell.ts";
import { explorationCell, isExploration } from "./cells/exploration.ts";
import { itemCell } from "./cells/item.ts";
import { noticeCell } from "./cells/notice.ts";
import { sessionHeaderCell } from "./cells/session_header.ts";
import { submitInput } from "./queue.ts";
import { createThreadView, type ThreadView, type TuiState } from "./state.ts";
import { type Change, inOrder, only } from "./step.ts";
import { runSlashCommand } from "./slash/run.ts";
import { resumeHint } from "./exit_message.ts";
import { shownItem } from "./thoughts.ts";

export interface OpenedThread {
  readonly info: ThreadInfo;
  readonly warnings: readonly string[];
  /** What it holds already. */
  readonly turns: readonly StoredTurn[];
  readonly sideOf: ThreadId | undefined;
  readonly forkedFrom: ThreadId | undefined;
}

/** Shows it; the one before ends, unless this is beside it. */
export function threadOpened(opened: OpenedThread): Change {
  return inOrder(
    (state) => only(leaving(state, opened), ...endOfOld(state, opened)),
    (state) => shown(state, opened),
    (state) => {
      const { waiting } = state;
      return inOrder(
        ...waiting.map((input): Change => (before) =>
          input.kind === "command"
            ? runSlashCommand(before, input.text)
            : submitInput(before, opened.info.id, input)
        ),
      )({ ...state, waiting: [] });
    },
  );
}

function leaving(state: TuiState, { sideOf }: OpenedThread): TuiState {
  const { thread, others } = state;
  if (thread === undefined) return state;
  // The agents of a thread end with it.
  const rest: ReadonlyMap<ThreadId, ThreadView> = sideOf === undefined
    ? new Map()
    : new Map(others).set(thread.id, thread);
  return { ...state, thread: undefined, others: rest, asks: [] };
}

function endOfOld({ thread }: TuiState, { sideOf }: OpenedThread) {
  return thread === undefined || sideOf !== undefined
    ? []
    : [{ type: "closeThread", threadId: thread.id } as const];
}

function shown(state: TuiState, opened: OpenedThread) {
  const { info, turns, warnings, sideOf, forkedFrom } = opened;
  const replayed = replayCells(turns, state.settings);
  const cells = [
    sessionHeaderCell(info),
    ...(forkedFrom === undefined || sideOf !== undefined
      ? []
      : [noticeCell("info", `Thread forked from ${forkedFrom}`)]),
    ...(state.tip === undefined || replayed.length > 0 ? [] : [state.tip]),
    ...replayed,
    ...warnings.map((warning) => noticeCell("warning", warning)),
  ];
  const view: ThreadView = {
    ...createThreadView(info, {
      origin: undefined,
      sideOf,
    }),
    cells,
    turnsSaid: turns.flatMap(({ items }) => items.flatMap(saidIn)),
    lastAnswer: turns.flatMap(({ items }) => items.flatMap(answerIn)).at(-1),
  };
  const printed = sideOf === undefined
    ? { type: "print", cells } as const
    : { type: "redraw", cells, scrollback: "keep" } as const;
  // One for each session.
  return only({ ...state, thread: view, tip: undefined }, printed);
}

/** What the thread that is left can be found by. */
export function leftCells({ thread }: TuiState): readonly Cell[] {
  const hint = thread && resumeHint(thread);
  return hint === undefined ? [] : [noticeCell("info", hint)];
}

function saidIn(item: ThreadItem): readonly string[] {
  if (item.type !== "userMessage") return [];
  return [
    item.content.map((part) => part.type === "text" ? part.text : "").join(""),
  ];
}

function answerIn(item: ThreadItem): readonly string[] {
  return item.type === "agentMessage" ? [item.text] : [];
}

/** The cells of what happened before, as they were. */
export function replayCells(
  turns: readonly StoredTurn[],
  settings: TuiState["settings"],
): readonly Cell[] {
  const cells: Cell[] = [];
  let explored: CommandExecutionThreadItem[] = [];
  const flush = () => {
    if (explored.length > 0) cells.push(explorationCell(explored));
    explored = [];
  };
  const items = turns.flatMap(({ items }) => items)
    .flatMap((item) => shownItem(item, settings) ?? []);
  for (const item of items) {
    if (item.type === "commandExecution" && isExploration(item)) {
      explored.push(item);
      continue;
    }
    flush();
    const cell = itemCell(item, new Map());
    if (cell !== undefined) cells.push(cell);
  }
  flush();
  return cells;
}
