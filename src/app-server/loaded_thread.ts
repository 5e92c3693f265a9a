/**
 * A thread that runs in this process, and the connections that watch it. It takes the
 * thread's events in order, tells every watcher, and asks them what the thread asks;
 * the first answer counts.
 */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ThreadMcpAccess } from "@/protocol/mcp_access.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ThreadStatus } from "@/protocol/rpc/thread.ts";
import type { OpenThread } from "@/protocol/services.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { type Notification, Projection } from "./projection.ts";
import { type Question, questionOf } from "./questions.ts";
import { wireThread } from "./wire.ts";

/** A connection, as a thread sees it. */
export interface Watcher {
  /** Resolves when there is room for more. */
  notify(notification: Notification): Promise<void>;
  /** Rejects when the connection ends or the signal aborts. */
  ask(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
}

interface Pending {
  readonly question: Question;
  /** Where the answer goes: this thread or one of its agents. */
  readonly threadId: ThreadId;
  readonly controller: AbortController;
}

export class LoadedThread {
  readonly #open: OpenThread;
  readonly #now: () => number;
  readonly #watchers = new Set<Watcher>();
  readonly #projections = new Map<ThreadId, Projection>();
  readonly #pending = new Map<string, Pending>();
  readonly #pump: Promise<void>;
  /** Questions on their way to clients and answers on their way back. */
  readonly #asking = new Set<Promise<void>>();
  /** Rollbacks that wait for their end, in order. */
  readonly #rollbacks: PromiseWithResolvers<void>[] = [];
  #closing: Promise<void> | undefined;
  #elicitations = 0;
  #preview: string;
  #name: string | undefined;

  /**
   * @param now milliseconds since the Unix epoch
   * @param onEnd called once its events have ended, whyever
   */
  constructor(open: OpenThread, now: () => number, onEnd: () => void) {
    this.#open = open;
    this.#now = now;
    this.#preview = open.handle.info.record.preview;
    this.#pump = this.#follow().finally(onEnd);
  }

  get id(): ThreadId {
    return this.#open.handle.info.id;
  }

  get record(): ThreadRecord {
    return {
      ...this.info.record,
      preview: this.#preview,
      ...(this.#name === undefined ? {} : { name: this.#name }),
    };
  }

  /** Takes over a name that is stored elsewhere. */
  rename(name: string): void {
    this.#name = name;
  }

  get info(): ThreadInfo {
    return this.#open.handle.info;
  }

  get open(): OpenThread {
    return this.#open;
  }

  /** Its MCP servers; undefined where it cannot have any. */
  get mcp(): ThreadMcpAccess | undefined {
    return this.#open.handle.mcp;
  }

  /** The turn that runs. */
  get turnId(): TurnId | undefined {
    return this.#projections.get(this.id)?.turnId;
  }

  get status(): ThreadStatus {
    if (this.turnId === undefined) return { type: "idle" };
    const methods = [...this.#pending.values()].map(({ question }) =>
      question.method
    );
    const isAsking = methods.includes("item/tool/requestUserInput");
    return {
      type: "active",
      activeFlags: [
        ...(methods.length > 0 && !isAsking
          ? ["waitingOnApproval" as const]
          : []),
        ...(isAsking ? ["waitingOnUserInput" as const] : []),
      ],
    };
  }

  submit(op: Op): Promise<void> {
    return this.#open.handle.submit(op);
  }

  /**
   * Takes the last turns out; resolves when the thread has done it.
   *
   * @throws RpcError with why it would not
   */
  async rollBack(turns: number): Promise<void> {
    const ended = Promise.withResolvers<void>();
    this.#rollbacks.push(ended);
    await Promise.all([
      this.submit({ type: "rollback", turns }),
      ended.promise,
    ]);
  }

  /**
   * Counts what clients ask the user outside of this program; while there is any, the
   * time of tools stands still.
   *
   * @throws RpcError when there is none to take away
   */
  async countElicitation(step: 1 | -1): Promise<number> {
    if (this.#elicitations + step < 0) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        "out-of-band elicitation count is already zero",
      );
    }
    this.#elicitations += step;
    const count = this.#elicitations;
    await this.submit({ type: "holdToolTime", isHeld: count > 0 });
    return count;
  }

  /** Adds a watcher; what the thread is waiting for is asked of it, too. */
  watch(watcher: Watcher): void {
    if (this.#watchers.has(watcher)) return;
    this.#watchers.add(watcher);
    for (const pending of this.#pending.values()) {
      this.#askOne(watcher, pending);
    }
  }

  /** True when it was one. */
  unwatch(watcher: Watcher): boolean {
    return this.#watchers.delete(watcher);
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** It was told to end; nothing it is asked for now will happen. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Ends the thread; resolves when its last event has been told. */
  close(): Promise<void> {
    return this.#closing ??= this.#end();
  }

  async #end(): Promise<void> {
    await this.#open.close();
    await this.#pump;
    await Promise.all(this.#asking);
  }

  async #follow(): Promise<void> {
    try {
      for await (const event of this.#open.handle.events()) {
        await this.#take(this.id, event);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#tell({
        method: "warning",
        params: { threadId: this.id, message: `The thread ended: ${message}` },
      });
    }
    for (const { controller } of this.#pending.values()) controller.abort();
    for (const rollback of this.#rollbacks.splice(0)) {
      rollback.reject(
        new RpcError(RPC_INVALID_REQUEST, `thread not found: ${this.id}`),
      );
    }
    await this.#tell({
      method: "thread/closed",
      params: { threadId: this.id },
    });
  }

  async #take(threadId: ThreadId, event: ThreadEvent): Promise<void> {
    if (event.type === "agentEvent") {
      return await this.#take(event.threadId, event.event);
    }
    if (event.type === "agentStarted") return await this.#agent(event);
    if (event.type === "rollbackEnded") this.#endRollback(event.problem);
    this.#rememberPreview(threadId, event);
    const projection = this.#projectionOf(threadId);
    for (const notification of projection.notifications(event)) {
      await this.#tell(notification);
    }
    const turnId = projection.turnId ?? "";
    const question = questionOf(event, { threadId, turnId });
    if (question !== undefined) await this.#ask(threadId, question);
    if (event.type === "elicitationResolved") {
      this.#pending.get(event.requestId)?.controller.abort();
    }
    if (event.type === "turnCompleted") this.#dropQuestions(threadId);
  }

  #endRollback(problem: string | undefined): void {
    const rollback = this.#rollbacks.shift();
    if (problem === undefined) rollback?.resolve();
    else rollback?.reject(new RpcError(RPC_INVALID_REQUEST, problem));
  }

  #projectionOf(threadId: ThreadId): Projection {
    const known = this.#projections.get(threadId);
    if (known !== undefined) return known;
    const made = new Projection(threadId, this.#now);
    this.#projections.set(threadId, made);
    return made;
  }

  /** The first words of the user name the thread in lists. */
  #rememberPreview(threadId: ThreadId, event: ThreadEvent): void {
    if (this.#preview !== "" || threadId !== this.id) return;
    if (event.type !== "itemCompleted" || event.item.type !== "userMessage") {
      return;
    }
    const text = event.item.content.find((part) => part.type === "text");
    this.#preview = text?.type === "text" ? text.text : "";
  }

  async #agent(
    { info }: Extract<ThreadEvent, { type: "agentStarted" }>,
  ): Promise<void> {
    await this.#tell({
      method: "thread/started",
      params: {
        thread: wireThread(info.record, {
          status: { type: "idle" },
          turns: [],
        }),
      },
    });
  }

  async #tell(notification: Notification): Promise<void> {
    await Promise.all(
      [...this.#watchers].map((watcher) => watcher.notify(notification)),
    );
  }

  async #ask(threadId: ThreadId, question: Question): Promise<void> {
    const controller = new AbortController();
    const pending = { question, threadId, controller };
    this.#pending.set(question.requestId, pending);
    await this.#tell({
      method: "thread/status/changed",
      params: { threadId: this.id, status: this.status },
    });
    for (const watcher of this.#watchers) this.#askOne(watcher, pending);
  }

  /** Asks one watcher. Its failure is not an answer: another one may give it. */
  #askOne(watcher: Watcher, pending: Pending): void {
    const asking = this.#exchange(watcher, pending);
    this.#asking.add(asking);
    asking.finally(() => this.#asking.delete(asking));
  }

  async #exchange(watcher: Watcher, pending: Pending): Promise<void> {
    const { question, controller } = pending;
    try {
      const { method, params } = question;
      const result = await watcher.ask(method, params, controller.signal);
      await this.#answer(pending, result);
    } catch (error) {
      // An error is a client's way to say no; a connection that ended, or a question
      // that was answered elsewhere, says nothing.
      if (error instanceof RpcError) await this.#answer(pending, undefined);
    }
  }

  async #answer(pending: Pending, result: unknown): Promise<void> {
    const { question, threadId, controller } = pending;
    if (!this.#pending.delete(question.requestId)) return;
    controller.abort();
    const op = question.answer(result);
    await this.submit(
      threadId === this.id ? op : { type: "toAgent", threadId, op },
    );
    await this.#tell({
      method: "serverRequest/resolved",
      params: { threadId, requestId: question.requestId },
    });
  }

  /** A turn that has ended waits for nothing. */
  #dropQuestions(threadId: ThreadId): void {
    for (const [id, pending] of this.#pending) {
      if (pending.threadId !== threadId) continue;
      this.#pending.delete(id);
      pending.controller.abort();
    }
  }
}
