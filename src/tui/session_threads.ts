/** The threads of this session: opened, listened to, told things, ended. */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { Op } from "@/protocol/ops.ts";
import type {
  AgentServices,
  OpenThread,
  ThreadRequest,
} from "@/protocol/services.ts";
import type { StoredTurn } from "@/protocol/stored_threads.ts";
import { threadOpened } from "./open_thread.ts";
import type { Change, OpenThreadHow } from "./step.ts";

export interface ThreadListener {
  onEvent(threadId: ThreadId, event: ThreadEvent): void;
  /** Undefined: it was ended. */
  onEnd(threadId: ThreadId, error: unknown): void;
}

interface Running {
  readonly open: OpenThread;
  readonly listening: Promise<void>;
}

export class SessionThreads {
  readonly #services: AgentServices;
  readonly #listener: ThreadListener;
  readonly #running = new Map<ThreadId, Running>();
  /** Agents, by id, with the thread whose events tell of them. */
  readonly #owners = new Map<ThreadId, ThreadId>();
  #request: ThreadRequest = {};

  constructor(services: AgentServices, listener: ThreadListener) {
    this.#services = services;
    this.#listener = listener;
  }

  /** What every thread is opened with, unless it says otherwise. */
  set defaults(request: ThreadRequest) {
    this.#request = request;
  }

  /** Opens a thread; the change shows it. @throws CodexError */
  async open(how: OpenThreadHow, signal: AbortSignal): Promise<Change> {
    const request = { ...this.#request, ...how.request };
    const { threads } = this.#services;
    const open = how.kind === "new"
      ? await threads.start(request, signal)
      : how.kind === "resume"
      ? await threads.resume(how.id, request, signal)
      : await threads.fork(how.id, request, signal);
    const { info } = open.handle;
    const turns = how.kind === "new" ? [] : await this.#turnsOf(how);
    this.#running.set(info.id, { open, listening: this.#listen(open) });
    const dropped = how.dropTurns ?? 0;
    if (dropped > 0) {
      await open.handle.submit({ type: "rollback", turns: dropped });
    }
    return threadOpened({
      info,
      warnings: open.warnings,
      turns: dropped > 0 ? turns.slice(0, -dropped) : turns,
      sideOf: how.sideOf,
      forkedFrom: how.kind === "fork" ? how.id : undefined,
    });
  }

  async #turnsOf(
    { id }: Extract<OpenThreadHow, { kind: "resume" | "fork" }>,
  ): Promise<readonly StoredTurn[]> {
    return await this.#services.stored.turns(id) ?? [];
  }

  async #listen(open: OpenThread): Promise<void> {
    const { handle } = open;
    const { id } = handle.info;
    try {
      for await (const event of handle.events()) {
        this.#remember(id, event);
        this.#listener.onEvent(id, event);
      }
      this.#listener.onEnd(id, undefined);
    } catch (error) {
      this.#listener.onEnd(id, error);
    }
  }

  #remember(owner: ThreadId, event: ThreadEvent): void {
    if (event.type === "agentStarted") {
      this.#owners.set(event.info.id, owner);
    } else if (event.type === "agentEvent") {
      this.#remember(owner, event.event);
    }
  }

  /** Gives an op to a thread, or to an agent of one. */
  async submit(threadId: ThreadId, op: Op): Promise<void> {
    const own = this.#running.get(threadId);
    if (own !== undefined) return await own.open.handle.submit(op);
    const owner = this.#running.get(this.#owners.get(threadId) ?? "");
    await owner?.open.handle.submit({ type: "toAgent", threadId, op });
  }

  async end(threadId: ThreadId): Promise<void> {
    const running = this.#running.get(threadId);
    this.#running.delete(threadId);
    await running?.open.close();
    await running?.listening;
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.end(id)));
  }
}
