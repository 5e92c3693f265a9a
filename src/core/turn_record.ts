/** How a turn is written down, and how a failure is told. Pure. */
import { CodexError } from "@/protocol/errors.ts";
import type { TurnError } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { RolloutEntry, StoredEvent } from "@/protocol/rollout.ts";
import type { ThreadSettings } from "./settings.ts";

/** A rollout line for an event. */
export function eventLine(payload: StoredEvent): RolloutEntry {
  return { type: "event_msg", payload };
}

/** The line that begins a turn. */
export function taskStarted(
  turnId: TurnId,
  startedMs: number,
  settings: ThreadSettings,
): RolloutEntry {
  return eventLine({
    type: "task_started",
    turn_id: turnId,
    started_at: Math.floor(startedMs / 1000),
    model_context_window: settings.contextWindow,
    collaboration_mode_kind: settings.mode.kind,
  });
}

/** The line that ends a turn that was not interrupted. */
export function taskComplete(end: {
  readonly turnId: TurnId;
  readonly lastMessage: string | undefined;
  readonly nowMs: number;
  readonly durationMs: number;
  /** From the start to the model's first output. */
  readonly firstTokenMs: number | undefined;
}): RolloutEntry {
  return eventLine({
    type: "task_complete",
    turn_id: end.turnId,
    last_agent_message: end.lastMessage ?? null,
    completed_at: Math.floor(end.nowMs / 1000),
    duration_ms: end.durationMs,
    time_to_first_token_ms: end.firstTokenMs ?? null,
  });
}

/** The line that says what the user gave, for listings. */
export function userMessageEvent(input: readonly UserInput[]): StoredEvent {
  return {
    type: "user_message",
    message: inputText(input),
    images: input.flatMap((part) => part.type === "image" ? [part.url] : []),
    local_images: input.flatMap((part) =>
      part.type === "localImage" ? [part.path] : []
    ),
    text_elements: [],
  };
}

/** A failure as an event. What is no `CodexError` is a bug, and is said to be one. */
export function turnError(error: unknown): TurnError {
  if (error instanceof CodexError) {
    return { code: error.code, message: error.message };
  }
  const text = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  return {
    code: "internal_server_error",
    message: `Internal error, please report it: ${text}`,
  };
}

/** The words of what the user gave. */
export function inputText(input: readonly UserInput[]): string {
  return input.flatMap((part) => part.type === "text" ? [part.text] : [])
    .join("\n");
}
