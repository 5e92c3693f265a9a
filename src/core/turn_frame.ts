/**
 * The outside of a turn, whatever happens in it: its id, its first and last lines in
 * the record, its first and last events.
 */
import { legacyErrorInfo } from "@/protocol/legacy_errors.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import type { ThreadEvent, TurnError, TurnStatus } from "@/protocol/events.ts";
import { type TurnId, uuidV7 } from "@/protocol/ids.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import type { RolloutEntry } from "@/protocol/rollout.ts";
import type { ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./thread_state.ts";
import { eventLine, turnError } from "./turn_record.ts";

export interface FramePorts {
  readonly platform: { readonly clock: Clock; readonly random: Random };
  readonly state: ThreadState;
  readonly settings: ThreadSettings;
  /** Chosen by the front end; undefined to make one up. */
  readonly id: TurnId | undefined;
  emit(event: ThreadEvent): Promise<void>;
}

/** What a turn leaves behind at its end. */
export interface TurnEnd {
  readonly lastMessage?: string | undefined;
  /** On the monotonic clock. */
  readonly firstOutputAt?: number | undefined;
  /** Lines that stand before the last one. */
  readonly lines?: readonly RolloutEntry[];
}

export class TurnFrame {
  readonly id: TurnId;
  readonly startedMs: number;
  readonly #ports: FramePorts;
  readonly #startedMonotonic: number;

  constructor(ports: FramePorts) {
    const { clock, random } = ports.platform;
    this.#ports = ports;
    this.startedMs = clock.now();
    this.#startedMonotonic = clock.monotonic();
    this.id = ports.id ?? uuidV7(this.startedMs, random.bytes(10));
  }

  /** Writes down that the turn began. */
  async record(): Promise<void> {
    const { settings, state } = this.#ports;
    await state.persist([eventLine({
      type: "task_started",
      turn_id: this.id,
      started_at: Math.floor(this.startedMs / 1000),
      model_context_window: settings.contextWindow,
      collaboration_mode_kind: settings.mode.kind,
    })]);
  }

  /** Says that the turn began, once that is on disk. */
  async announce(): Promise<void> {
    await this.#ports.emit({ type: "turnStarted", turnId: this.id });
  }

  /** An item that takes no time. */
  async show(item: ThreadItem): Promise<void> {
    const { emit } = this.#ports;
    await emit({ type: "itemStarted", turnId: this.id, item });
    await emit({ type: "itemCompleted", turnId: this.id, item });
  }

  async complete(end: TurnEnd): Promise<void> {
    await this.#ports.state.persist([
      ...end.lines ?? [],
      this.#lastLine(end.lastMessage, end.firstOutputAt),
    ]);
    await this.#emitEnd("completed", end.lastMessage, undefined);
  }

  async interrupt(end: TurnEnd): Promise<void> {
    await this.#ports.state.persist([
      ...end.lines ?? [],
      eventLine({
        type: "turn_aborted",
        turn_id: this.id,
        reason: "interrupted",
      }),
    ]);
    await this.#emitEnd("interrupted", end.lastMessage, undefined);
  }

  /** Ends with a failure that was not told yet. */
  async fail(error: unknown, end: TurnEnd): Promise<void> {
    const failure = turnError(error);
    await this.#ports.emit({ type: "error", error: failure, willRetry: false });
    await this.failAsTold(failure, end);
  }

  /** Ends with a failure whose event has been emitted. */
  async failAsTold(failure: TurnError, end: TurnEnd): Promise<void> {
    // When the disk is what failed, the end cannot be written either.
    if (failure.code !== "storage") {
      await this.#ports.state.persist([
        ...end.lines ?? [],
        eventLine({
          type: "error",
          message: failure.message,
          codex_error_info: legacyErrorInfo(failure.code),
        }),
        this.#lastLine(undefined, end.firstOutputAt),
      ]);
    }
    await this.#emitEnd("failed", end.lastMessage, failure);
  }

  #lastLine(
    lastMessage: string | undefined,
    firstOutputAt: number | undefined,
  ): RolloutEntry {
    return eventLine({
      type: "task_complete",
      turn_id: this.id,
      last_agent_message: lastMessage ?? null,
      completed_at: Math.floor(this.#ports.platform.clock.now() / 1000),
      duration_ms: this.#durationMs(),
      time_to_first_token_ms: firstOutputAt === undefined
        ? null
        : Math.round(firstOutputAt - this.#startedMonotonic),
    });
  }

  #emitEnd(
    status: TurnStatus,
    lastMessage: string | undefined,
    error: TurnError | undefined,
  ): Promise<void> {
    return this.#ports.emit({
      type: "turnCompleted",
      turnId: this.id,
      status,
      durationMs: this.#durationMs(),
      ...(error === undefined ? {} : { error }),
      ...(lastMessage === undefined ? {} : { lastAgentMessage: lastMessage }),
    });
  }

  #durationMs(): number {
    const { clock } = this.#ports.platform;
    return Math.round(clock.monotonic() - this.#startedMonotonic);
  }
}
