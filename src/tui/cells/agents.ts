/** Work with sub-agents: started, told something, waited for. */
import type { AgentStatus } from "@/protocol/agents.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { CollabAgentToolCallThreadItem } from "@/protocol/items.ts";
import type { Cell } from "../cell.ts";
import { type Line, line, type Span, span } from "../render/line.ts";
import { DIM } from "../render/style.ts";
import { liveBullet } from "./command.ts";
import type { CellContext } from "./context.ts";
import {
  bold,
  bullet,
  detailRows,
  dim,
  firstRows,
  fitted,
  inOneLine,
  markedRows,
  textLines,
} from "./rows.ts";

export interface AgentName {
  readonly nickname: string;
  /** Undefined for the default one. */
  readonly role: string | undefined;
}

/** What agents are called; one nobody has heard of is not in it. */
export type AgentNames = ReadonlyMap<ThreadId, AgentName>;

/** Rows of what an agent was told or answered; the rest is in its own thread. */
const TEXT_ROWS_MAX = 5;

export function agentCell(
  item: CollabAgentToolCallThreadItem,
  names: AgentNames,
): Cell {
  return {
    lines: (context) => agentLines(item, names, context),
    allLines: (context) =>
      fitted([
        ...headingRows(item, names, context),
        ...detailRows(detailsOf(item, names, context), context.width),
      ], context.width),
  };
}

/** A call that runs or has ended. */
export function agentLines(
  item: CollabAgentToolCallThreadItem,
  names: AgentNames,
  context: CellContext,
): readonly Line[] {
  const { width } = context;
  const details = detailRows(detailsOf(item, names, context), width);
  return fitted([
    ...headingRows(item, names, context),
    ...firstRows(
      details,
      Math.max(TEXT_ROWS_MAX, item.receiverThreadIds.length),
    ),
  ], width);
}

function headingRows(
  item: CollabAgentToolCallThreadItem,
  names: AgentNames,
  context: CellContext,
): readonly Line[] {
  const { theme, width, nowMs } = context;
  const mark = item.status === "inProgress"
    ? liveBullet(nowMs)
    : bullet(item.status === "failed" ? theme.failure : theme.success);
  return markedRows(mark, headingOf(item, names, context), width);
}

interface Words {
  readonly live: string;
  readonly done: string;
  readonly failed: string;
}

const WORDS: Readonly<Record<CollabAgentToolCallThreadItem["tool"], Words>> = {
  spawnAgent: {
    live: "Spawning ",
    done: "Spawned ",
    failed: "Could not spawn ",
  },
  sendInput: {
    live: "Sending input to ",
    done: "Sent input to ",
    failed: "Could not send input to ",
  },
  resumeAgent: {
    live: "Resuming ",
    done: "Resumed ",
    failed: "Could not resume ",
  },
  wait: {
    live: "Waiting for ",
    done: "Finished waiting",
    failed: "Gave up waiting for ",
  },
  closeAgent: {
    live: "Closing ",
    done: "Closed ",
    failed: "Could not close ",
  },
};

function headingOf(
  item: CollabAgentToolCallThreadItem,
  names: AgentNames,
  context: CellContext,
): Line {
  const words = WORDS[item.tool];
  if (item.tool === "wait" && item.status === "completed") {
    return line(bold(words.done));
  }
  const verb = item.status === "inProgress"
    ? words.live
    : item.status === "failed"
    ? words.failed
    : words.done;
  const who = item.receiverThreadIds.length === 0
    ? [span("an agent")]
    : item.receiverThreadIds.flatMap((id, index) => [
      ...(index === 0 ? [] : [span(", ")]),
      ...nameSpans(id, names, context),
    ]);
  return { spans: [bold(verb), ...who, ...modelSpans(item, context)] };
}

function nameSpans(
  id: ThreadId,
  names: AgentNames,
  { theme }: CellContext,
): readonly Span[] {
  const name = names.get(id);
  // The end of an id tells agents of one session apart; they begin alike.
  if (name === undefined) return [span(`agent …${id.slice(-6)}`, theme.accent)];
  const role = name.role === undefined ? "" : ` [${inOneLine(name.role)}]`;
  return [span(`${inOneLine(name.nickname)}${role}`, theme.accent)];
}

function modelSpans(
  { tool, model, reasoningEffort }: CollabAgentToolCallThreadItem,
  { theme }: CellContext,
): readonly Span[] {
  if (tool !== "spawnAgent" || model === undefined) return [];
  const effort = reasoningEffort === undefined ? "" : ` ${reasoningEffort}`;
  return [span(" ("), span(inOneLine(model) + effort, theme.mode), span(")")];
}

function detailsOf(
  item: CollabAgentToolCallThreadItem,
  names: AgentNames,
  context: CellContext,
): readonly Line[] {
  if (item.tool !== "wait") {
    return item.prompt === undefined ? [] : textLines(item.prompt.trim(), DIM);
  }
  if (item.status === "inProgress") return [];
  const states = Object.entries(item.agentsStates);
  if (states.length === 0) return [line(dim("No agent has finished yet"))];
  return states.map(([id, status]) => ({
    spans: [
      // The keys are the ids of threads.
      ...nameSpans(id as ThreadId, names, context),
      span(": "),
      ...statusSpans(status, context),
    ],
  }));
}

function statusSpans(
  status: AgentStatus,
  { theme }: CellContext,
): readonly Span[] {
  const said = (text: string | undefined) =>
    text === undefined || text.trim() === ""
      ? []
      : [dim(` - ${inOneLine(text)}`)];
  switch (status.kind) {
    case "pendingInit":
      return [span("Starting")];
    case "running":
      return [span("Running", theme.accent)];
    case "interrupted":
      return [span("Interrupted", theme.warning)];
    case "completed":
      return [span("Completed", theme.success), ...said(status.message)];
    case "errored":
      return [span("Failed", theme.failure), ...said(status.message)];
    case "shutdown":
      return [span("Closed")];
    case "notFound":
      return [span("Not found", theme.failure)];
  }
}
