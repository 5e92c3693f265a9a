/**
 * What happens in a thread, as notifications. Pure: an event and what was before it
 * give messages; the only state is which turn runs.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type {
  NotificationMethod,
  NotificationParams,
} from "@/protocol/rpc/notifications.ts";
import type { Turn } from "@/protocol/rpc/shared.ts";
import { seconds, wireError, wireUsage } from "./wire.ts";
import { wireItem } from "./wire_item.ts";

/** One notification, its parameters those of its method. */
export type Notification = {
  [M in NotificationMethod]: {
    readonly method: M;
    readonly params: NotificationParams<M>;
  };
}[NotificationMethod];

export class Projection {
  readonly #threadId: ThreadId;
  readonly #now: () => number;
  #turn: { readonly id: TurnId; readonly startedMs: number } | undefined;

  /** @param now milliseconds since the Unix epoch */
  constructor(threadId: ThreadId, now: () => number) {
    this.#threadId = threadId;
    this.#now = now;
  }

  /** The turn that runs. */
  get turnId(): TurnId | undefined {
    return this.#turn?.id;
  }

  /** What clients are told of an event; questions are not told but asked. */
  notifications(event: ThreadEvent): readonly Notification[] {
    const threadId = this.#threadId;
    const turnId = this.#turn?.id ?? "";
    switch (event.type) {
      case "turnStarted":
        return this.#started(event.turnId);
      case "turnCompleted":
        return this.#completed(event);
      case "itemStarted":
        return [{
          method: "item/started",
          params: {
            threadId,
            turnId: event.turnId,
            item: wireItem(event.item),
          },
        }];
      case "itemCompleted":
        return [{
          method: "item/completed",
          params: {
            threadId,
            turnId: event.turnId,
            item: wireItem(event.item),
          },
        }];
      case "agentMessageDelta":
        return [{
          method: "item/agentMessage/delta",
          params: {
            threadId,
            turnId,
            itemId: event.itemId,
            delta: event.delta,
          },
        }];
      case "planDelta":
        return [{
          method: "item/plan/delta",
          params: {
            threadId,
            turnId,
            itemId: event.itemId,
            delta: event.delta,
          },
        }];
      case "reasoningSummaryDelta":
        return [{
          method: "item/reasoning/summaryTextDelta",
          params: {
            threadId,
            turnId,
            itemId: event.itemId,
            delta: event.delta,
            summaryIndex: 0,
          },
        }];
      case "commandOutputDelta":
        return [{
          method: "item/commandExecution/outputDelta",
          params: {
            threadId,
            turnId,
            itemId: event.itemId,
            delta: event.delta,
          },
        }];
      case "terminalInput":
        return [{
          method: "item/commandExecution/terminalInteraction",
          params: {
            threadId,
            turnId: event.turnId,
            itemId: event.itemId,
            processId: event.processId,
            stdin: event.text,
          },
        }];
      case "mcpToolCallProgress":
        return [{
          method: "item/mcpToolCall/progress",
          params: {
            threadId,
            turnId: event.turnId,
            itemId: event.itemId,
            message: event.message,
          },
        }];
      case "mcpServerStatus":
        return [{
          method: "mcpServer/startupStatus/updated",
          params: {
            name: event.name,
            status: event.status,
            error: event.error ?? null,
          },
        }];
      case "planUpdated":
        return [{
          method: "turn/plan/updated",
          params: {
            threadId,
            turnId: event.turnId,
            explanation: event.explanation ?? null,
            plan: event.plan.map((step) => ({ ...step })),
          },
        }];
      case "turnDiff":
        return [{
          method: "turn/diff/updated",
          params: { threadId, turnId: event.turnId, diff: event.diff },
        }];
      case "tokenUsage":
        return [{
          method: "thread/tokenUsage/updated",
          params: {
            threadId,
            turnId,
            tokenUsage: {
              total: wireUsage(event.total),
              last: wireUsage(event.last),
              modelContextWindow: event.contextWindow ?? null,
            },
          },
        }];
      case "rateLimits":
        return [{
          method: "account/rateLimits/updated",
          params: { rateLimits: event.limits },
        }];
      case "error":
        return [{
          method: "error",
          params: {
            threadId,
            turnId,
            error: wireError(event.error),
            willRetry: event.willRetry,
          },
        }];
      case "hookStarted":
        return [{
          method: "hook/started",
          params: { threadId, turnId: event.turnId, run: wireRun(event.run) },
        }];
      case "hookCompleted":
        return [{
          method: "hook/completed",
          params: { threadId, turnId: event.turnId, run: wireRun(event.run) },
        }];
      case "warning":
        return [{
          method: "warning",
          params: { threadId, message: event.message },
        }];
      default:
        return [];
    }
  }

  #started(id: TurnId): readonly Notification[] {
    this.#turn = { id, startedMs: this.#now() };
    return [
      this.#status({ type: "active", activeFlags: [] }),
      {
        method: "turn/started",
        params: {
          threadId: this.#threadId,
          turn: {
            ...newTurn(id),
            startedAt: seconds(this.#turn.startedMs),
          },
        },
      },
    ];
  }

  #completed(
    event: Extract<ThreadEvent, { type: "turnCompleted" }>,
  ): readonly Notification[] {
    const startedMs = this.#turn?.startedMs ?? this.#now();
    this.#turn = undefined;
    return [
      this.#status({ type: "idle" }),
      {
        method: "turn/completed",
        params: {
          threadId: this.#threadId,
          turn: {
            id: event.turnId,
            items: [],
            status: event.status,
            error: event.error === undefined ? null : wireError(event.error),
            startedAt: seconds(startedMs),
            completedAt: seconds(this.#now()),
            durationMs: event.durationMs,
          },
        },
      },
    ];
  }

  #status(
    status: NotificationParams<"thread/status/changed">["status"],
  ): Notification {
    return {
      method: "thread/status/changed",
      params: { threadId: this.#threadId, status },
    };
  }
}

function wireRun(
  run: HookRun,
): NotificationParams<"hook/started">["run"] {
  return { ...run, entries: run.entries.map((entry) => ({ ...entry })) };
}

/** A turn that was just asked for. */
export function newTurn(id: TurnId): Turn {
  return {
    id,
    items: [],
    status: "inProgress",
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
