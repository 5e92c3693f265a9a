/**
 * What a thread is between turns: its history, its counts, what its model was last
 * told, and where its record goes. Only `thread.ts` and a running turn change it.
 */
import type { ThreadId } from "@/protocol/ids.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type {
  MemoryMode,
  RolloutEntry,
  SessionMeta,
  TurnContext,
} from "@/protocol/rollout.ts";
import type { StoredThread } from "@/state/rollout_reader.ts";
import type { RolloutWriter } from "@/state/rollout_writer.ts";
import { TurnMarks } from "@/state/turn_marks.ts";
import { pairCalls, ThreadHistory } from "./history.ts";
import { TokenLedger } from "./ledger.ts";

export interface NewThread {
  readonly id: ThreadId;
  readonly instructions: string;
  readonly meta: SessionMeta;
  readonly writer: RolloutWriter;
}

/** What a thread takes over from another. */
export interface Conversation {
  readonly history: readonly ResponseItem[];
  /** What the model was told last; undefined before its first turn. */
  readonly lastContext: TurnContext | undefined;
}

export class ThreadState {
  readonly id: ThreadId;
  readonly instructions: string;
  readonly history: ThreadHistory;
  readonly ledger: TokenLedger;
  /** What the model was told last; undefined before the first turn. */
  baseline: TurnContext | undefined;
  /** How often the history was compacted. */
  compactions: number;
  #meta: SessionMeta;
  readonly #writer: RolloutWriter;
  readonly #marks: TurnMarks;
  /** Lines that wait for the first one worth making a file for. */
  #pending: RolloutEntry[];

  private constructor(start: NewThread, stored: Partial<StoredThread>) {
    this.id = start.id;
    this.instructions = start.instructions;
    this.#meta = stored.meta ?? start.meta;
    this.#writer = start.writer;
    this.#pending = [];
    const items = pairCalls(stored.history ?? []);
    this.history = new ThreadHistory(
      items,
      (added) => this.persist(added.map(itemEntry)),
    );
    this.ledger = new TokenLedger(
      stored.totalUsage,
      stored.lastUsage,
      items.length,
    );
    this.baseline = stored.lastContext;
    this.compactions = stored.compactions ?? 0;
    this.#marks = new TurnMarks(stored.turnStarts);
  }

  static create(start: NewThread): ThreadState {
    const state = new ThreadState(start, {});
    state.#pending = [{ type: "session_meta", payload: start.meta }];
    return state;
  }

  /** A new thread that begins with another's conversation. */
  static fork(
    start: NewThread,
    { history, lastContext }: Conversation,
  ): ThreadState {
    const context = lastContext === undefined ? {} : { lastContext };
    const state = new ThreadState(start, { history, ...context });
    state.#pending = [
      { type: "session_meta", payload: start.meta },
      ...state.history.items.map(itemEntry),
      ...(lastContext === undefined
        ? []
        : [{ type: "turn_context" as const, payload: lastContext }]),
    ];
    return state;
  }

  static resume(start: NewThread, stored: StoredThread): ThreadState {
    return new ThreadState(start, stored);
  }

  /** Writes lines; they are on disk when this resolves. */
  async persist(entries: readonly RolloutEntry[]): Promise<void> {
    const waiting = this.#pending;
    this.#pending = [];
    try {
      await this.#writer.append([...waiting, ...entries]);
    } catch (error) {
      // Without its first line, what is written later could never be read.
      this.#pending = waiting;
      throw error;
    }
    for (const entry of entries) this.#mark(entry);
  }

  /** Takes the last turns of the user out of the history; files stay as they are. */
  async rollBack(turns: number): Promise<void> {
    await this.persist([{
      type: "event_msg",
      payload: { type: "thread_rolled_back", num_turns: turns },
    }]);
    this.history.replace(this.#marks.rollBack(this.history.items, turns));
    this.ledger.restart(this.history.items);
  }

  /** Whether this thread may leave notes for later ones. */
  get memoryMode(): MemoryMode {
    return this.#meta.memory_mode ?? "enabled";
  }

  async setMemoryMode(mode: MemoryMode): Promise<void> {
    const { git: _asItIs, ...meta } = this.#meta;
    this.#meta = { ...this.#meta, memory_mode: mode };
    const [first, ...others] = this.#pending;
    if (first?.type === "session_meta") {
      // Nothing is written yet, and this alone is no reason to.
      this.#pending = [{ ...first, payload: this.#meta }, ...others];
      return;
    }
    const payload = { ...meta, memory_mode: mode };
    await this.persist([{ type: "session_meta", payload }]);
  }

  close(): void {
    this.#writer.close();
  }

  /** Turns are marked as they are when the lines are read back. */
  #mark(entry: RolloutEntry): void {
    if (entry.type === "compacted") {
      this.#marks.fold(entry.payload.replacement_history.length);
    }
    if (entry.type === "event_msg" && entry.payload.type === "task_started") {
      this.#marks.begin(this.history.items.length);
    }
  }
}

function itemEntry(payload: ResponseItem): RolloutEntry {
  return { type: "response_item", payload };
}
