/** Stored turns as clients read them. Pure. */
import type { TurnId } from "@/protocol/ids.ts";
import type { Turn } from "@/protocol/rpc/shared.ts";
import type { StoredTurn } from "@/protocol/stored_threads.ts";
import { wireError } from "./wire.ts";
import { wireItem } from "./wire_item.ts";

/** @param running the turn the thread is at; undefined when it rests or does not run */
export function wireTurn(turn: StoredTurn, running: TurnId | undefined): Turn {
  return {
    id: turn.id,
    items: turn.items.map(wireItem),
    // Without an end, a turn that does not run was cut off.
    status: turn.status ??
      (turn.id === running ? "inProgress" : "interrupted"),
    error: turn.error === undefined ? null : wireError(turn.error),
    startedAt: turn.startedAt ?? null,
    completedAt: turn.completedAt ?? null,
    durationMs: turn.durationMs ?? null,
  };
}
