/**
 * What happens in a thread, as the events clients of `codex mcp-server` read. Pure: an
 * event and what was before it give events; the only state is which turn runs.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { LegacyEvent } from "@/protocol/legacy_events.ts";
import { itemEvents } from "./item_events.ts";
import { legacyErrorInfo } from "@/protocol/legacy_errors.ts";
import { approvalEvents, legacyUsage } from "./wire.ts";

export class Projection {
  readonly #threadId: ThreadId;
  readonly #now: () => number;
  #turnId: TurnId = "";

  /** @param now milliseconds since the Unix epoch */
  constructor(
    threadId: ThreadId,
    now: () => number,
  ) {
    this.#threadId = threadId;
    this.#now = now;
  }

  /** What clients are told of an event; nothing of those they have no name for. */
  events(event: ThreadEvent): readonly LegacyEvent[] {
    switch (event.type) {
      case "turnStarted":
        this.#turnId = event.turnId;
        return [{
          type: "task_started",
          turn_id: event.turnId,
          started_at: this.#seconds(),
          collaboration_mode_kind: "default",
        }];
      case "turnCompleted":
        return [this.#ended(event)];
      case "itemStarted":
      case "itemCompleted":
        return itemEvents(event, this.#threadId);
      case "agentMessageDelta":
        return [{
          type: "agent_message_content_delta",
          thread_id: this.#threadId,
          turn_id: this.#turnId,
          item_id: event.itemId,
          delta: event.delta,
        }, { type: "agent_message_delta", delta: event.delta }];
      case "reasoningSummaryDelta":
        return [{ type: "agent_reasoning_delta", delta: event.delta }];
      case "commandOutputDelta":
        return [{
          type: "exec_command_output_delta",
          call_id: event.itemId,
          stream: "stdout",
          chunk: new TextEncoder().encode(event.delta).toBase64(),
        }];
      case "planUpdated":
        return [{
          type: "plan_update",
          explanation: event.explanation ?? null,
          plan: event.plan.map(({ step, status }) => ({
            step,
            status: status === "inProgress" ? "in_progress" : status,
          })),
        }];
      case "turnDiff":
        return [{ type: "turn_diff", unified_diff: event.diff }];
      case "tokenUsage":
        return [{
          type: "token_count",
          info: {
            total_token_usage: legacyUsage(event.total),
            last_token_usage: legacyUsage(event.last),
            model_context_window: event.contextWindow ?? null,
          },
          rate_limits: null,
        }];
      case "approvalRequested":
        return approvalEvents(event, this.#turnId);
      case "error":
        return [this.#failed(event)];
      case "warning":
        return [{ type: "warning", message: event.message }];
      default:
        return [];
    }
  }

  #ended(event: Extract<ThreadEvent, { type: "turnCompleted" }>): LegacyEvent {
    const common = {
      turn_id: event.turnId,
      completed_at: this.#seconds(),
      duration_ms: event.durationMs,
    };
    return event.status === "interrupted"
      ? { type: "turn_aborted", reason: "interrupted", ...common }
      : {
        type: "task_complete",
        last_agent_message: event.lastAgentMessage ?? null,
        ...common,
      };
  }

  #failed(
    { error, willRetry }: Extract<ThreadEvent, { type: "error" }>,
  ): LegacyEvent {
    const common = {
      message: error.message,
      codex_error_info: legacyErrorInfo(error.code),
    };
    return willRetry
      ? {
        type: "stream_error",
        ...common,
        additional_details: error.details ?? null,
      }
      : { type: "error", ...common };
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}
