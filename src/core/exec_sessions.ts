/**
 * The running commands of a thread, by session id. They may outlive the turn that
 * started them, never the thread.
 */
import { elapsed } from "@/async/scope.ts";
import { Turnstile } from "@/async/turnstile.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import type { CommandOutcome } from "@/tools/tool.ts";
import {
  ExecSession,
  type SessionPorts,
  type SessionStart,
} from "./exec_session.ts";

/** More live commands than this means a model that lost count; the oldest goes. */
const SESSIONS_MAX = 64;
const ID_MIN = 1_000;
const ID_MAX = 100_000;

export class ExecSessions {
  readonly #ports: SessionPorts & {
    readonly clock: Clock;
    readonly random: Random;
  };
  readonly #sessions = new Map<number, ExecSession>();
  readonly #starts = new Turnstile();

  constructor(ports: SessionPorts & { readonly random: Random }) {
    this.#ports = ports;
  }

  /**
   * Runs what leads to a start; its `turn` comes when everything that was called here
   * before has started its command or given up.
   */
  async inOrder<T>(begin: (turn: Promise<void>) => Promise<T>): Promise<T> {
    const ticket = this.#starts.take();
    try {
      return await begin(ticket.turn);
    } finally {
      ticket.release();
    }
  }

  /** Takes over a process that was just started. */
  start(start: Omit<SessionStart, "id">): ExecSession {
    if (this.#sessions.size >= SESSIONS_MAX) this.#dropOldest();
    const session = new ExecSession(this.#ports, {
      ...start,
      id: this.#newId(),
    });
    this.#sessions.set(session.id, session);
    return session;
  }

  get(id: number): ExecSession | undefined {
    return this.#sessions.get(id);
  }

  /**
   * Waits for the end of a session, but no longer than `waitMs`. After an interrupt
   * the command is killed.
   */
  async collect(
    session: ExecSession,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Exclude<CommandOutcome, { kind: "refused" }>> {
    const started = this.#ports.clock.monotonic();
    const waits: Promise<unknown>[] = [session.finished, elapsed(signal)];
    if (waitMs !== Infinity) {
      waits.push(elapsed(this.#ports.clock.timeout(waitMs)));
    }
    const first = await Promise.race(waits);
    if (signal.aborted) await this.#stop(session);
    signal.throwIfAborted();

    const wallMs = this.#ports.clock.monotonic() - started;
    const output = session.takeOutput();
    if (typeof first !== "number") {
      return { kind: "running", sessionId: session.id, output, wallMs };
    }
    this.#sessions.delete(session.id);
    return { kind: "exited", exitCode: first, output, wallMs };
  }

  /** Kills a session and forgets it. */
  async stop(session: ExecSession): Promise<void> {
    await this.#stop(session);
  }

  /** Kills everything and waits until it is gone. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#sessions.values()].map((session) => this.#stop(session)),
    );
  }

  async #stop(session: ExecSession): Promise<void> {
    this.#sessions.delete(session.id);
    session.kill();
    await session.finished;
  }

  #dropOldest(): void {
    const oldest = this.#sessions.values().next().value;
    if (oldest === undefined) return;
    this.#sessions.delete(oldest.id);
    oldest.kill();
  }

  #newId(): number {
    while (true) {
      const [a = 0, b = 0, c = 0] = this.#ports.random.bytes(3);
      const id = ID_MIN + ((a << 16) + (b << 8) + c) % (ID_MAX - ID_MIN);
      if (!this.#sessions.has(id)) return id;
    }
  }
}
