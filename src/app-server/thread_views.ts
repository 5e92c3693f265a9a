/**
 * Threads as clients see them, running or not: the record says what a thread is, and a
 * running one what it does.
 */
import { isUuid, type ThreadId } from "@/protocol/ids.ts";
import type { Turn } from "@/protocol/rpc/shared.ts";
import type { Thread } from "@/protocol/rpc/thread.ts";
import type { ThreadStore } from "@/protocol/stored_threads.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { refused } from "./refusal.ts";
import type { ThreadTable } from "./thread_table.ts";
import { wireThread } from "./wire.ts";
import { wireTurn } from "./wire_turn.ts";

export class ThreadViews {
  readonly #stored: ThreadStore;
  readonly #table: ThreadTable;

  constructor(stored: ThreadStore, table: ThreadTable) {
    this.#stored = stored;
    this.#table = table;
  }

  /** @throws RpcError when there is no such thread */
  async thread(id: ThreadId, turns: readonly Turn[]): Promise<Thread> {
    const record = await this.#record(id);
    if (record === undefined) throw refused(`thread not loaded: ${id}`);
    return this.view(record, turns);
  }

  /** A record with what its thread does now. */
  view(record: ThreadRecord, turns: readonly Turn[]): Thread {
    const status = this.#table.find(record.id)?.status ??
      { type: "notLoaded" as const };
    return wireThread(record, { status, turns });
  }

  /** The turns that are written down; none for a thread that has no record yet. */
  async turns(id: ThreadId): Promise<Turn[]> {
    return await this.#readTurns(id) ?? [];
  }

  /**
   * The turns, for a client that asks for them.
   *
   * @param what names what cannot be had without a record
   * @throws RpcError when there is no record, and why
   */
  async storedTurns(id: ThreadId, what: string): Promise<Turn[]> {
    checkId(id);
    const turns = await this.#readTurns(id);
    if (turns !== undefined) return turns;
    const running = this.#table.find(id);
    if (running === undefined) throw refused(`thread not loaded: ${id}`);
    throw refused(
      running.record.path === undefined
        ? `ephemeral threads do not support ${what}`
        : `thread ${id} is not materialized yet; ${what} is unavailable before first user message`,
    );
  }

  async #readTurns(id: ThreadId): Promise<Turn[] | undefined> {
    const turns = await this.#stored.turns(id);
    const running = this.#table.find(id)?.turnId;
    return turns?.map((turn) => wireTurn(turn, running));
  }

  async #record(id: ThreadId): Promise<ThreadRecord | undefined> {
    checkId(id);
    const stored = await this.#stored.find(id);
    return stored ?? this.#table.find(id)?.record;
  }
}

function checkId(id: ThreadId): void {
  if (!isUuid(id)) throw refused(`invalid thread id: ${id}`);
}
