/**
 * What a server tells of a thread, as the thread's events. Pure but for the last
 * message of the turn, which the end of a turn repeats.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import type {
  NotificationMethod,
  NotificationParams,
} from "@/protocol/rpc/notifications.ts";
import { errorOf, itemOf, usageOf } from "./values.ts";

/** A notification whose parameters have been checked against its method. */
export type Told = {
  [M in NotificationMethod]: {
    readonly method: M;
    readonly params: NotificationParams<M>;
  };
}[NotificationMethod];

export class EventReader {
  #lastMessage: string | undefined;

  /** The event a notification stands for; undefined for one that is none. */
  eventOf(told: Told): ThreadEvent | undefined {
    const { method, params } = told;
    switch (method) {
      case "turn/started":
        this.#lastMessage = undefined;
        return { type: "turnStarted", turnId: params.turn.id };
      case "turn/completed":
        return this.#completed(params);
      case "item/started":
        return {
          type: "itemStarted",
          turnId: params.turnId,
          item: itemOf(params.item),
        };
      case "item/completed":
        if (params.item.type === "agentMessage") {
          this.#lastMessage = params.item.text;
        }
        return {
          type: "itemCompleted",
          turnId: params.turnId,
          item: itemOf(params.item),
        };
      case "item/agentMessage/delta":
        return { type: "agentMessageDelta", ...delta(params) };
      case "item/plan/delta":
        return { type: "planDelta", ...delta(params) };
      case "item/reasoning/summaryTextDelta":
        return { type: "reasoningSummaryDelta", ...delta(params) };
      case "item/commandExecution/outputDelta":
        return { type: "commandOutputDelta", ...delta(params) };
      case "item/mcpToolCall/progress":
        return {
          type: "mcpToolCallProgress",
          turnId: params.turnId,
          itemId: params.itemId,
          message: params.message,
        };
      case "turn/plan/updated":
        return {
          type: "planUpdated",
          turnId: params.turnId,
          plan: params.plan,
          ...(params.explanation == null
            ? {}
            : { explanation: params.explanation }),
        };
      case "turn/diff/updated":
        return { type: "turnDiff", turnId: params.turnId, diff: params.diff };
      case "thread/tokenUsage/updated": {
        const { total, last, modelContextWindow } = params.tokenUsage;
        return {
          type: "tokenUsage",
          total: usageOf(total),
          last: usageOf(last),
          ...(modelContextWindow == null
            ? {}
            : { contextWindow: modelContextWindow }),
        };
      }
      case "error":
        return {
          type: "error",
          error: errorOf(params.error),
          willRetry: params.willRetry,
        };
      case "warning":
        return { type: "warning", message: params.message };
      case "hook/started":
      case "hook/completed":
        return {
          type: method === "hook/started" ? "hookStarted" : "hookCompleted",
          turnId: params.turnId ?? "",
          // The declaration of a run is the protocol's own.
          run: params.run as HookRun,
        };
      default:
        return undefined;
    }
  }

  #completed(
    { turn }: NotificationParams<"turn/completed">,
  ): ThreadEvent {
    const message = this.#lastMessage;
    this.#lastMessage = undefined;
    return {
      type: "turnCompleted",
      turnId: turn.id,
      // One that is over is not in progress, whatever a server says.
      status: turn.status === "inProgress" ? "interrupted" : turn.status,
      durationMs: turn.durationMs ?? 0,
      ...(turn.error == null ? {} : { error: errorOf(turn.error) }),
      ...(message === undefined ? {} : { lastAgentMessage: message }),
    };
  }
}

function delta(
  { itemId, delta }: { readonly itemId: string; readonly delta: string },
) {
  return { itemId, delta };
}
