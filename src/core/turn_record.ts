/** How a turn is written down, and how a failure is told. Pure. */
import { CodexError } from "@/protocol/errors.ts";
import type { TurnError } from "@/protocol/events.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { RolloutEntry, StoredEvent } from "@/protocol/rollout.ts";

/** A rollout line for an event. */
export function eventLine(payload: StoredEvent): RolloutEntry {
  return { type: "event_msg", payload };
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
