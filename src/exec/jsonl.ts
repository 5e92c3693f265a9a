/**
 * Exec for programs: a thread's events as JSON lines, in the shapes of `exec --json`.
 * Pure: an event gives lines; the state is the numbering of items and the plan.
 */
import type { ThreadEvent, TokenUsage, TurnError } from "@/protocol/events.ts";
import { NO_USAGE } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type {
  CollabAgentToolCallThreadItem,
  FileChangeThreadItem,
  PlanStep,
  ThreadItem,
} from "@/protocol/items.ts";
import type { WebSearchAction } from "@/protocol/response_items.ts";

/** One event as printed. */
export type JsonEvent = Readonly<Record<string, unknown>>;

export class JsonView {
  readonly #ids = new Map<string, string>();
  #count = 0;
  #plan:
    | { readonly id: string; readonly steps: readonly PlanStep[] }
    | undefined;
  #usage: TokenUsage = NO_USAGE;

  /** The first event of a run. */
  started(threadId: ThreadId): JsonEvent {
    return { type: "thread.started", thread_id: threadId };
  }

  /** The events an event of the thread is told as. */
  events(event: ThreadEvent): readonly JsonEvent[] {
    switch (event.type) {
      case "turnStarted":
        return [{ type: "turn.started" }];
      case "itemStarted":
        return this.#item("item.started", event.item);
      case "itemCompleted":
        return this.#item("item.completed", event.item);
      case "planUpdated":
        return this.#planUpdated(event.plan);
      case "tokenUsage":
        this.#usage = event.total;
        return [];
      case "error":
        return [{ type: "error", message: errorText(event.error) }];
      case "warning":
        return [{
          type: "item.completed",
          item: { id: this.#newId(), type: "error", message: event.message },
        }];
      case "turnCompleted":
        return this.#turnCompleted(event);
      default:
        return [];
    }
  }

  #item(
    type: "item.started" | "item.completed",
    item: ThreadItem,
  ): readonly JsonEvent[] {
    const isStart = type === "item.started";
    // These two are only told when they are whole.
    if (
      isStart && (item.type === "agentMessage" || item.type === "reasoning")
    ) return [];
    const body = itemBody(item);
    if (body === undefined) return [];
    const id = this.#idOf(item.id);
    if (!isStart) this.#ids.delete(item.id);
    return [{ type, item: { id, ...body } }];
  }

  #planUpdated(steps: readonly PlanStep[]): readonly JsonEvent[] {
    const type = this.#plan === undefined ? "item.started" : "item.updated";
    this.#plan = { id: this.#plan?.id ?? this.#newId(), steps };
    return [this.#planEvent(type, this.#plan)];
  }

  #planEvent(
    type: string,
    plan: { readonly id: string; readonly steps: readonly PlanStep[] },
  ): JsonEvent {
    const items = plan.steps.map(({ step, status }) => ({
      text: step,
      completed: status === "completed",
    }));
    return { type, item: { id: plan.id, type: "todo_list", items } };
  }

  #turnCompleted(
    event: Extract<ThreadEvent, { type: "turnCompleted" }>,
  ): readonly JsonEvent[] {
    const plan = this.#plan === undefined
      ? []
      : [this.#planEvent("item.completed", this.#plan)];
    this.#plan = undefined;
    switch (event.status) {
      case "interrupted":
        return [];
      case "failed":
        return [...plan, {
          type: "turn.failed",
          error: { message: errorText(event.error) },
        }];
      case "completed":
        return [...plan, {
          type: "turn.completed",
          usage: {
            input_tokens: this.#usage.inputTokens,
            cached_input_tokens: this.#usage.cachedInputTokens,
            output_tokens: this.#usage.outputTokens,
          },
        }];
    }
  }

  #idOf(itemId: string): string {
    const known = this.#ids.get(itemId);
    if (known !== undefined) return known;
    const id = this.#newId();
    this.#ids.set(itemId, id);
    return id;
  }

  #newId(): string {
    return `item_${this.#count++}`;
  }
}

function errorText(error: TurnError | undefined): string {
  if (error === undefined) return "";
  return error.details === undefined
    ? error.message
    : `${error.message} (${error.details})`;
}

/** An item in the names of this format; undefined for items it does not have. */
function itemBody(item: ThreadItem): JsonEvent | undefined {
  switch (item.type) {
    case "agentMessage":
      return { type: "agent_message", text: item.text };
    case "reasoning":
      return item.summary.length === 0
        ? undefined
        : { type: "reasoning", text: item.summary.join("\n") };
    case "commandExecution":
      return {
        type: "command_execution",
        command: item.command,
        aggregated_output: item.aggregatedOutput,
        exit_code: item.exitCode ?? null,
        status: STATUSES[item.status],
      };
    case "fileChange":
      return fileChangeBody(item);
    case "mcpToolCall":
      return {
        type: "mcp_tool_call",
        server: item.server,
        tool: item.tool,
        arguments: item.arguments,
        result: item.result === undefined ? null : {
          content: item.result.content,
          structured_content: item.result.structuredContent ?? null,
        },
        error: item.error ?? null,
        status: STATUSES[item.status],
      };
    case "collabAgentToolCall":
      return collabBody(item);
    case "webSearch":
      return {
        type: "web_search",
        query: item.query,
        action: searchAction(item.action),
      };
    default:
      return undefined;
  }
}

/** This format has no word of its own for a resumed agent. */
const COLLAB_TOOLS = {
  spawnAgent: "spawn_agent",
  sendInput: "send_input",
  resumeAgent: "wait",
  wait: "wait",
  closeAgent: "close_agent",
} as const;

function collabBody(item: CollabAgentToolCallThreadItem): JsonEvent {
  return {
    type: "collab_tool_call",
    tool: COLLAB_TOOLS[item.tool],
    sender_thread_id: item.senderThreadId,
    receiver_thread_ids: item.receiverThreadIds,
    prompt: item.prompt ?? null,
    agents_states: Object.fromEntries(
      Object.entries(item.agentsStates).map(([id, status]) => [id, {
        status: AGENT_STATUSES[status.kind],
        message: "message" in status ? status.message ?? null : null,
      }]),
    ),
    status: STATUSES[item.status],
  };
}

const AGENT_STATUSES = {
  pendingInit: "pending_init",
  running: "running",
  interrupted: "interrupted",
  completed: "completed",
  errored: "errored",
  shutdown: "shutdown",
  notFound: "not_found",
} as const;

const STATUSES = {
  inProgress: "in_progress",
  completed: "completed",
  failed: "failed",
  declined: "declined",
} as const;

function fileChangeBody(item: FileChangeThreadItem): JsonEvent {
  return {
    type: "file_change",
    changes: item.changes.map(({ path, kind }) => ({ path, kind: kind.type })),
    // This format has no word for a declined patch.
    status: item.status === "declined" ? "failed" : STATUSES[item.status],
  };
}

/** Only searches are told in full; the other actions of this format are `other`. */
function searchAction(action: WebSearchAction | undefined): WebSearchAction {
  return action?.type === "search" ? action : { type: "other" };
}
