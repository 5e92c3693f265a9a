/** What the agent tells, taken into the state: one case for every event. */
import type { ThreadEvent, TurnError } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type {
  CommandExecutionThreadItem,
  ThreadItem,
  UserInput,
} from "@/protocol/items.ts";
import { askOf } from "./asks.ts";
import type { Cell } from "./cell.ts";
import { reasoningTitle, writtenCell } from "./cells/answer.ts";
import { terminalInteractionCell } from "./cells/background_terminal.ts";
import { explorationCell, isExploration } from "./cells/exploration.ts";
import { hookRunCell } from "./cells/hook.ts";
import { itemCell } from "./cells/item.ts";
import { errorCell, noticeCell } from "./cells/notice.ts";
import { planCell } from "./cells/plan.ts";
import { separatorCell } from "./cells/separator.ts";
import { limitWarnings } from "./limits.ts";
import { offerPlan } from "./plan_offer.ts";
import { sendQueued } from "./queue.ts";
import { createThreadView, type ThreadView, type TuiState } from "./state.ts";
import { type Effect, inOrder, only, type Step } from "./step.ts";
import { shownEvent } from "./thoughts.ts";
import { viewOf, withView } from "./threads.ts";

type EventOf<T extends ThreadEvent["type"]> = Extract<
  ThreadEvent,
  { type: T }
>;

/** What an event makes of a thread's view. */
interface ViewStep {
  readonly view: ThreadView;
  /** Finished, to be printed behind what is there. */
  readonly cells?: readonly Cell[];
  readonly effects?: readonly Effect[];
}

/** An event of a thread at a time, in milliseconds since the Unix epoch. */
export function updateThread(
  state: TuiState,
  threadId: ThreadId,
  event: ThreadEvent,
  nowMs: number,
): Step {
  switch (event.type) {
    case "agentEvent":
      return updateThread(state, event.threadId, event.event, nowMs);
    case "agentStarted":
      return only(withAgent(state, event));
    case "approvalRequested":
    case "elicitationRequested":
    case "permissionsRequested":
    case "userInputRequested":
      return asked(state, threadId, event);
    case "elicitationResolved":
      return only(
        withoutAsks(state, (ask) => ask.requestId === event.requestId),
      );
    case "turnCompleted":
      return inOrder(
        (before) =>
          only(withoutAsks(before, (ask) => ask.threadId === threadId)),
        (before) => taken(before, threadId, event, nowMs),
        (before) =>
          event.status === "completed"
            ? offerPlan(before, threadId)
            : only(before),
        (before) => sendQueued(before, threadId),
      )(state);
    default:
      return taken(state, threadId, event, nowMs);
  }
}

function taken(
  state: TuiState,
  threadId: ThreadId,
  event: ThreadEvent,
  nowMs: number,
): Step {
  const view = viewOf(state, threadId);
  const shown = shownEvent(event, state.settings);
  if (view === undefined || shown === undefined) return only(state);
  return settled(state, viewEvent(view, shown, nowMs));
}

/** Puts the view back, its new cells behind the others, and what is shown on screen. */
export function settled(
  state: TuiState,
  { view, cells = [], effects = [] }: ViewStep,
): Step {
  const isShown = state.thread?.id === view.id;
  // Nothing is put into the middle of an answer.
  const waits = view.answering !== undefined;
  const added = waits ? [] : [...view.held, ...cells];
  const held = waits ? [...view.held, ...cells] : [];
  const next = withView(state, {
    ...view,
    held,
    cells: added.length === 0 ? view.cells : [...view.cells, ...added],
  });
  if (!isShown) return only(next);
  return only(
    next,
    ...effects,
    ...(added.length === 0 ? [] : [{ type: "print", cells: added } as const]),
  );
}

function viewEvent(
  view: ThreadView,
  event: ThreadEvent,
  nowMs: number,
): ViewStep {
  switch (event.type) {
    case "turnStarted":
      return { view: turnStarted(view, event, nowMs) };
    case "turnCompleted":
      return turnCompleted(view, event);
    case "itemStarted":
      return itemStarted(view, event.item);
    case "itemCompleted":
      return itemCompleted(view, event.item, nowMs);
    case "agentMessageDelta":
      return answerDelta(view, "answer", event, nowMs);
    case "planDelta":
      return answerDelta(view, "plan", event, nowMs);
    case "reasoningSummaryDelta":
      return { view: reasoningDelta(view, event.delta) };
    case "commandOutputDelta":
      return { view: withOutput(view, event) };
    case "terminalInput":
      return typedInto(view, event);
    case "planUpdated":
      return committed(
        { ...view, plan: event.plan },
        planCell(event.plan, event.explanation),
      );
    case "tokenUsage":
      return {
        view: {
          ...view,
          usage: event.total,
          lastUsage: event.last,
          contextWindow: event.contextWindow ?? view.contextWindow,
        },
      };
    case "rateLimits":
      return committed(
        { ...view, rateLimits: event.limits },
        ...limitWarnings(view.rateLimits, event.limits).map((text) =>
          noticeCell("warning", text)
        ),
      );
    case "error":
      return event.willRetry
        ? retried(view, event.error)
        : committed(view, errorCell(event.error));
    case "warning":
      return committed(view, noticeCell("warning", event.message));
    case "hookCompleted": {
      const cell = hookRunCell(event.run);
      return cell === undefined ? { view } : committed(view, cell);
    }
    case "rollbackEnded":
      return event.problem === undefined
        ? { view }
        : committed(view, noticeCell("error", event.problem));
    default:
      return { view };
  }
}

/** Input is told each time, waiting once for as long as nothing else happens. */
function typedInto(
  view: ThreadView,
  { command, text }: EventOf<"terminalInput">,
): ViewStep {
  const cell = terminalInteractionCell(command, text);
  const last = view.cells.at(-1)?.source;
  const isSame = text === "" && view.explored.length === 0 &&
    last?.kind === "other" && cell.source?.kind === "other" &&
    last.markdown === cell.source.markdown;
  return isSame ? { view } : committed(usedTools(view), cell);
}

/** Cells behind what was looked at before. */
function committed(view: ThreadView, ...cells: readonly Cell[]): ViewStep {
  return view.explored.length === 0 ? { view, cells } : {
    view: { ...view, explored: [] },
    cells: [explorationCell(view.explored), ...cells],
  };
}

function turnStarted(
  view: ThreadView,
  { turnId }: EventOf<"turnStarted">,
  nowMs: number,
): ThreadView {
  return {
    ...view,
    reasoning: "",
    plan: [],
    turn: {
      id: turnId,
      startedMs: nowMs,
      header: undefined,
      detail: undefined,
      hasUsedTools: false,
      isInterrupting: false,
    },
  };
}

function turnCompleted(
  view: ThreadView,
  { status, error, lastAgentMessage }: EventOf<"turnCompleted">,
): ViewStep {
  const ended = endAnswer(view);
  // Commands may go on; everything else has ended, said or not.
  const background = view.live.filter(({ type }) =>
    type === "commandExecution"
  );
  const rest = {
    ...ended.view,
    live: [],
    background: [...view.background, ...background],
    turn: undefined,
    sent: [],
    reasoning: "",
    lastAnswer: lastAgentMessage ?? view.lastAnswer,
  };
  const { view: done, cells = [] } = committed(
    rest,
    ...ended.cells ?? [],
    ...endCells(view, status, error),
  );
  return {
    view: done,
    cells,
    effects: [
      ...ended.effects ?? [],
      {
        type: "notify",
        kind: "turnEnded",
        text: error?.message ?? rest.lastAnswer ?? "Turn ended",
      },
    ],
  };
}

function endCells(
  { steering }: ThreadView,
  status: EventOf<"turnCompleted">["status"],
  error: TurnError | undefined,
): readonly Cell[] {
  if (status === "interrupted" && steering.length > 0) {
    const text = "Model interrupted to submit steer instructions.";
    return [noticeCell("info", text)];
  }
  if (status === "interrupted") {
    return [noticeCell(
      "error",
      "Conversation interrupted - tell the model what to do differently. " +
        "Something went wrong? Hit `/feedback` to report the issue.",
    )];
  }
  return error === undefined ? [] : [errorCell(error)];
}

/** Items that are shown while they last, not only when they are done. */
const LIVE: ReadonlySet<ThreadItem["type"]> = new Set([
  "commandExecution",
  "fileChange",
  "mcpToolCall",
  "dynamicToolCall",
  "collabAgentToolCall",
  "webSearch",
  "imageGeneration",
  "contextCompaction",
]);

function itemStarted(view: ThreadView, item: ThreadItem): ViewStep {
  if (item.type === "enteredReviewMode") {
    return committed(view, ...cellsOf(item, view));
  }
  if (!LIVE.has(item.type)) return { view };
  const ended = endAnswer(view);
  return {
    ...ended,
    view: {
      ...usedTools(ended.view),
      live: [...ended.view.live, item],
    },
  };
}

function itemCompleted(
  view: ThreadView,
  item: ThreadItem,
  nowMs: number,
): ViewStep {
  switch (item.type) {
    case "userMessage":
      return userSaid(view, item.content, item);
    case "agentMessage":
    case "plan":
      return answerCompleted(view, item, nowMs);
    case "enteredReviewMode":
      return { view };
    case "exitedReviewMode":
      return committed(view, ...cellsOf(item, view));
    case "reasoning":
      return committed(
        { ...view, reasoning: "", turn: headed(view.turn, undefined) },
        ...cellsOf(item, view),
      );
    case "commandExecution":
      return commandCompleted(view, item);
    default:
      return committed(
        { ...usedTools(view), live: withoutItem(view.live, item.id) },
        ...cellsOf(item, view),
      );
  }
}

function commandCompleted(
  view: ThreadView,
  item: CommandExecutionThreadItem,
): ViewStep {
  const rest: ThreadView = {
    ...usedTools(view),
    live: withoutItem(view.live, item.id),
    background: withoutItem(view.background, item.id),
  };
  return isExploration(item)
    ? { view: { ...rest, explored: [...rest.explored, item] } }
    : committed(rest, ...cellsOf(item, view));
}

function userSaid(
  view: ThreadView,
  content: readonly UserInput[],
  item: ThreadItem,
): ViewStep {
  const text = content.map((part) => part.type === "text" ? part.text : "")
    .join("");
  return committed(
    {
      ...view,
      sent: withoutFirst(view.sent, text),
      steering: withoutFirst(view.steering, text),
      turnsSaid: [...view.turnsSaid, text],
    },
    ...cellsOf(item, view),
  );
}

function answerDelta(
  view: ThreadView,
  kind: "answer" | "plan",
  { itemId, delta }: EventOf<"agentMessageDelta" | "planDelta">,
  nowMs: number,
): ViewStep {
  const isNew = view.answering?.itemId !== itemId;
  const ended = isNew ? endAnswer(view) : { view };
  // What was done before comes first.
  const before = isNew ? ruledOff(ended.view, nowMs) : { view: ended.view };
  const text = isNew ? "" : view.answering?.text ?? "";
  const stream: Effect = { type: "stream", itemId, kind, delta };
  const cells = [...ended.cells ?? [], ...before.cells ?? []];
  return {
    view: {
      ...before.view,
      cells: [...before.view.cells, ...cells],
      answering: { itemId, kind, text: text + delta },
    },
    effects: [
      ...ended.effects ?? [],
      ...(cells.length === 0 ? [] : [{ type: "print", cells } as const]),
      stream,
    ],
  };
}

function answerCompleted(
  view: ThreadView,
  item: Extract<ThreadItem, { type: "agentMessage" | "plan" }>,
  nowMs: number,
): ViewStep {
  const proposed = item.type === "plan"
    ? { ...view, proposedPlan: item.text }
    : view;
  return answerEnded(proposed, item, nowMs);
}

function answerEnded(
  view: ThreadView,
  item: Extract<ThreadItem, { type: "agentMessage" | "plan" }>,
  nowMs: number,
): ViewStep {
  const { answering } = view;
  if (answering?.itemId === item.id) {
    const ended = endAnswer({
      ...view,
      answering: { ...answering, text: item.text },
    });
    // What was left out while it was written.
    const rest = item.text.startsWith(answering.text)
      ? item.text.slice(answering.text.length)
      : "";
    if (rest === "") return ended;
    const stream: Effect = { type: "stream", ...answering, delta: rest };
    return { ...ended, effects: [stream, ...ended.effects ?? []] };
  }
  const ended = endAnswer(view);
  const kind = item.type === "plan" ? "plan" : "answer";
  const before = ruledOff(ended.view, nowMs);
  return {
    view: before.view,
    cells: [...before.cells ?? [], writtenCell(kind, item.text)],
    ...(ended.effects && { effects: ended.effects }),
  };
}

/** Work is told from what is said about it by a rule, with the time it took. */
function ruledOff(view: ThreadView, nowMs: number): ViewStep {
  const { turn } = view;
  if (turn?.hasUsedTools !== true) return committed(view);
  return committed(
    { ...view, turn: { ...turn, hasUsedTools: false } },
    separatorCell(nowMs - turn.startedMs),
  );
}

/** The answer that is being written is whole: it is on screen already. */
function endAnswer(view: ThreadView): ViewStep {
  const { answering } = view;
  if (answering === undefined) return { view };
  return {
    view: {
      ...view,
      answering: undefined,
      lastAnswer: answering.text,
      cells: [...view.cells, writtenCell(answering.kind, answering.text)],
    },
    effects: [{ type: "endStream", itemId: answering.itemId }],
  };
}

function reasoningDelta(view: ThreadView, delta: string): ThreadView {
  const reasoning = view.reasoning + delta;
  return {
    ...view,
    reasoning,
    turn: headed(view.turn, reasoningTitle(reasoning)),
  };
}

function headed(
  turn: ThreadView["turn"],
  header: string | undefined,
): ThreadView["turn"] {
  return turn === undefined
    ? undefined
    : { ...turn, header, detail: undefined };
}

/** The answer begins again: what there was of it is over, and says so. */
function retried(view: ThreadView, error: TurnError): ViewStep {
  if (view.answering === undefined) return { view: retrying(view, error) };
  const ended = endAnswer(view);
  return {
    ...ended,
    view: retrying(ended.view, error),
    cells: [
      ...ended.cells ?? [],
      noticeCell("info", "The answer was cut off here; it begins again."),
    ],
  };
}

function retrying(view: ThreadView, error: TurnError): ThreadView {
  return view.turn === undefined ? view : {
    ...view,
    turn: { ...view.turn, header: error.message, detail: error.details },
  };
}

/** As much of a running command's output as its cell could ever show. */
const LIVE_OUTPUT_MAX = 16_384;

function withOutput(
  view: ThreadView,
  { itemId, delta }: EventOf<"commandOutputDelta">,
): ThreadView {
  const grown = (items: readonly ThreadItem[]) =>
    items.map((item) =>
      item.id === itemId && item.type === "commandExecution"
        ? {
          ...item,
          aggregatedOutput: (item.aggregatedOutput + delta).slice(
            -LIVE_OUTPUT_MAX,
          ),
        }
        : item
    );
  return {
    ...view,
    live: grown(view.live),
    background: grown(view.background),
  };
}

function usedTools(view: ThreadView): ThreadView {
  return view.turn === undefined || view.turn.hasUsedTools
    ? view
    : { ...view, turn: { ...view.turn, hasUsedTools: true } };
}

function cellsOf(item: ThreadItem, { agents }: ThreadView): readonly Cell[] {
  const cell = itemCell(item, agents);
  return cell === undefined ? [] : [cell];
}

function withoutItem(
  items: readonly ThreadItem[],
  id: string,
): readonly ThreadItem[] {
  return items.filter((item) => item.id !== id);
}

function withoutFirst(
  texts: readonly string[],
  text: string,
): readonly string[] {
  const at = texts.indexOf(text);
  return at === -1 ? texts : texts.toSpliced(at, 1);
}

function withAgent(
  state: TuiState,
  { info, origin }: EventOf<"agentStarted">,
): TuiState {
  const view = createThreadView(info, {
    origin,
    sideOf: undefined,
  });
  const added = { ...state, others: new Map(state.others).set(info.id, view) };
  const parent = viewOf(added, origin.parentThreadId);
  return parent === undefined ? added : withView(added, {
    ...parent,
    agents: new Map(parent.agents).set(info.id, origin),
  });
}

function asked(
  state: TuiState,
  threadId: ThreadId,
  event: Parameters<typeof askOf>[2],
): Step {
  const ask = askOf(state, threadId, event);
  return only(
    { ...state, asks: [...state.asks, ask] },
    { type: "notify", kind: "ask", text: ask.summary },
  );
}

function withoutAsks(
  state: TuiState,
  isOver: (ask: TuiState["asks"][number]) => boolean,
): TuiState {
  return state.asks.some(isOver)
    ? { ...state, asks: state.asks.filter((ask) => !isOver(ask)) }
    : state;
}
