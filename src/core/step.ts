/**
 * One model request: streams the answer, tells the front end what arrives, and records
 * each finished item. A stream that breaks is asked for again a limited number of
 * times; what had finished is kept, so nothing is run twice.
 */
import type { ModelClient, ModelEvent, ModelRequest } from "@/model/model.ts";
import type { Clock } from "@/platform/platform.ts";
import type { ThreadEvent, TokenUsage } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { AgentMessageThreadItem, ThreadItem } from "@/protocol/items.ts";
import {
  isToolCall,
  messageText,
  type ResponseItem,
  searchQuery,
  type ToolCallItem,
} from "@/protocol/response_items.ts";
import type { RolloutEntry, StoredEvent } from "@/protocol/rollout.ts";
import { pairCalls } from "./history.ts";
import { PlanOutput } from "./plan_output.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { Record, Sample } from "./turn.ts";

export interface StepPorts {
  readonly model: ModelClient;
  readonly clock: Clock;
  readonly turnId: TurnId;
  readonly retries: RetryBudget;
  /** The answer is to be a plan. */
  readonly isPlanning: boolean;
  request(input: readonly ResponseItem[]): ModelRequest;
  persist(entries: readonly RolloutEntry[]): Promise<void>;
  emit(event: ThreadEvent): Promise<void>;
  /** Told once a response is complete. */
  countUsage(usage: TokenUsage | undefined): Promise<void>;
}

/** Asks the model, over a turn's many steps; remembers what the turn needs at its end. */
export class Sampler {
  readonly #ports: StepPorts;
  #itemCount = 0;
  #firstOutputAt: number | undefined;
  #lastMessage: string | undefined;
  readonly #plan: PlanOutput | undefined;

  constructor(ports: StepPorts) {
    this.#ports = ports;
    this.#plan = ports.isPlanning ? new PlanOutput(ports) : undefined;
  }

  /** The last message the model finished in this turn. */
  get lastMessage(): string | undefined {
    return this.#lastMessage;
  }

  /** When the first output arrived, on the monotonic clock. */
  get firstOutputAt(): number | undefined {
    return this.#firstOutputAt;
  }

  async sample(
    history: readonly ResponseItem[],
    record: Record,
    signal: AbortSignal,
  ): Promise<Sample> {
    await this.#ports.retries.wait(signal);
    const toolCalls: ToolCallItem[] = [];
    this.#plan?.restart();
    try {
      const request = this.#ports.request(pairCalls(history));
      for await (const event of this.#ports.model.stream(request, signal)) {
        await this.#take(event, record, toolCalls);
      }
      this.#ports.retries.reset();
      return { toolCalls, isComplete: true };
    } catch (error) {
      await this.#ports.retries.take(error, signal);
      return { toolCalls, isComplete: false };
    }
  }

  async #take(
    event: ModelEvent,
    record: Record,
    toolCalls: ToolCallItem[],
  ): Promise<void> {
    this.#firstOutputAt ??= this.#ports.clock.monotonic();
    const { emit, turnId } = this.#ports;
    switch (event.type) {
      case "itemStarted": {
        // In plan mode, a message begins with the first text outside of the plan.
        const isLater = this.#plan !== undefined && event.kind === "message";
        const item = isLater
          ? undefined
          : startedItem(event.kind, event.itemId);
        if (item !== undefined) {
          await emit({ type: "itemStarted", turnId, item });
        }
        return;
      }
      case "textDelta":
        if (this.#plan !== undefined) {
          return await this.#plan.delta(event.itemId, event.delta);
        }
        return await emit({
          type: "agentMessageDelta",
          itemId: event.itemId,
          delta: event.delta,
        });
      case "summaryDelta":
        return await emit({
          type: "reasoningSummaryDelta",
          itemId: event.itemId,
          delta: event.delta,
        });
      case "itemDone":
        if (isToolCall(event.item)) toolCalls.push(event.item);
        return await this.#finish(event.item, event.itemId, record);
      case "rateLimits":
        return await emit({ type: "rateLimits", limits: event.limits });
      case "completed":
        return await this.#ports.countUsage(event.usage);
    }
  }

  async #finish(
    item: ResponseItem,
    serverId: string,
    record: Record,
  ): Promise<void> {
    const { turnId } = this.#ports;
    const shown = finishedItem(
      item,
      serverId || `${turnId}-${++this.#itemCount}`,
    );
    const stored = storedEvent(item);
    if (stored !== undefined) {
      await this.#ports.persist([{ type: "event_msg", payload: stored }]);
    }
    await record([item]);
    if (shown === undefined) return;
    if (shown.type === "agentMessage") return await this.#finishMessage(shown);
    if (shown.type === "webSearch" || shown.type === "imageGeneration") {
      await this.#ports.emit({ type: "itemStarted", turnId, item: shown });
    }
    await this.#ports.emit({ type: "itemCompleted", turnId, item: shown });
  }

  async #finishMessage(item: AgentMessageThreadItem): Promise<void> {
    const { turnId, emit } = this.#ports;
    const split = await this.#plan?.finish(item.id, item.text);
    const text = split === undefined ? item.text : split.message;
    this.#lastMessage = text ?? split?.plan ?? item.text;
    if (text === undefined) return;
    await emit({ type: "itemCompleted", turnId, item: { ...item, text } });
  }
}

function startedItem(kind: string, id: string): ThreadItem | undefined {
  switch (kind) {
    case "message":
      return { type: "agentMessage", id, text: "" };
    case "reasoning":
      return { type: "reasoning", id, summary: [], content: [] };
    default:
      return undefined;
  }
}

/** The item as a front end shows it; calls are shown by what they do. */
function finishedItem(item: ResponseItem, id: string): ThreadItem | undefined {
  switch (item.type) {
    case "message":
      return item.role === "assistant"
        ? {
          type: "agentMessage",
          id,
          text: messageText(item),
          ...(item.phase === undefined ? {} : { phase: item.phase }),
        }
        : undefined;
    case "reasoning":
      return {
        type: "reasoning",
        id,
        summary: item.summary.map((part) => part.text),
        content: item.content?.map((part) => part.text) ?? [],
      };
    case "web_search_call":
      return {
        type: "webSearch",
        id,
        query: searchQuery(item.action),
        ...(item.action === undefined ? {} : { action: item.action }),
      };
    case "other":
      return item.raw.type === "image_generation_call"
        ? generatedImage(item.raw, id)
        : undefined;
    default:
      return undefined;
  }
}

/** The provider makes pictures by itself; the history keeps the call as it came. */
function generatedImage(
  raw: { readonly [key: string]: unknown },
  id: string,
): ThreadItem {
  const text = (value: unknown) => typeof value === "string" ? value : "";
  const prompt = text(raw.revised_prompt);
  return {
    type: "imageGeneration",
    id,
    status: text(raw.status),
    result: text(raw.result),
    ...(prompt === "" ? {} : { revisedPrompt: prompt }),
  };
}

function storedEvent(item: ResponseItem): StoredEvent | undefined {
  if (item.type === "message" && item.role === "assistant") {
    return {
      type: "agent_message",
      message: messageText(item),
      phase: item.phase ?? null,
      memory_citation: null,
    };
  }
  if (item.type === "reasoning" && item.summary.length > 0) {
    return {
      type: "agent_reasoning",
      text: item.summary.map((part) => part.text).join("\n\n"),
    };
  }
  return undefined;
}
