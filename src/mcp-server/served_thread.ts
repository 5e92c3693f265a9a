/**
 * A thread that runs for a client. Its calls take turns, in the order they came: each is
 * one turn of the thread and gets that turn's answer. The client is told of every event
 * and asked what the thread asks.
 */
import { abortable } from "@/async/scope.ts";
import { Turnstile } from "@/async/turnstile.ts";
import type { RequestId } from "@/jsonrpc/peer.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { LegacyEvent } from "@/protocol/legacy_events.ts";
import type { Op } from "@/protocol/ops.ts";
import type { OpenThread } from "@/protocol/services.ts";
import { Projection } from "./projection.ts";
import { type Question, questionOf } from "./questions.ts";
import { sessionConfigured } from "./wire.ts";

/** One call of a tool. */
export interface ToolCall {
  readonly requestId: RequestId;
  readonly prompt: string;
  readonly turnId: TurnId;
  /** What the events of this call carry beside its id. */
  readonly eventId: string;
}

export interface EventPlace {
  readonly requestId: RequestId;
  readonly threadId: ThreadId;
  readonly eventId: string;
}

/** The client, as a thread sees it. */
export interface Client {
  /** Resolves when there is room for more. */
  tell(place: EventPlace, event: LegacyEvent): Promise<void>;
  canAnswer(mode: Question["mode"]): boolean;
  /** Rejects when the client refuses or is gone, or when the signal aborts. */
  ask(params: Question["params"], signal: AbortSignal): Promise<unknown>;
}

/** What became of a call. */
export interface CallOutcome {
  readonly threadId: ThreadId;
  readonly content: string;
  readonly isError: boolean;
  /** What the client should know beside it: questions it could not be asked. */
  readonly notes: readonly string[];
}

interface Running {
  readonly call: ToolCall;
  readonly notes: string[];
  readonly ended: PromiseWithResolvers<CallOutcome>;
}

interface Pending {
  readonly question: Question;
  /** Where the answer goes: this thread or one of its agents. */
  readonly threadId: ThreadId;
  readonly controller: AbortController;
}

/** Notes beyond these would only repeat themselves. */
const NOTES_MAX = 16;

export class ServedThread {
  readonly #open: OpenThread;
  readonly #client: Client;
  readonly #projection: Projection;
  readonly #order = new Turnstile();
  readonly #pending = new Map<string, Pending>();
  /** Questions on their way to the client and answers on their way back. */
  readonly #asking = new Set<Promise<void>>();
  readonly #pump: Promise<void>;
  #running: Running | undefined;
  #place: EventPlace;
  #calls = 0;
  #end: string | undefined;

  /**
   * @param now milliseconds since the Unix epoch
   * @param opener the call it was opened for
   */
  constructor(
    open: OpenThread,
    client: Client,
    now: () => number,
    opener: RequestId,
  ) {
    this.#open = open;
    this.#client = client;
    this.#place = { requestId: opener, threadId: this.id, eventId: "" };
    this.#projection = new Projection(this.id, now);
    this.#pump = this.#follow();
  }

  get id(): ThreadId {
    return this.#open.handle.info.id;
  }

  /** True when no call runs or waits. */
  get isIdle(): boolean {
    return this.#calls === 0;
  }

  /** Runs a call as a turn, once the calls before it have ended. */
  async run(call: ToolCall, signal: AbortSignal): Promise<CallOutcome> {
    const ticket = this.#order.take();
    this.#calls++;
    try {
      await abortable(ticket.turn, signal);
      return await this.#turn(call, signal);
    } finally {
      this.#calls--;
      ticket.release();
    }
  }

  /** Ends the thread; resolves when nothing of it is left. */
  async close(): Promise<void> {
    await this.#open.close();
    await this.#pump;
    await Promise.all(this.#asking);
  }

  async #turn(call: ToolCall, signal: AbortSignal): Promise<CallOutcome> {
    if (this.#end !== undefined) return this.#failure(this.#end, []);
    const ended = Promise.withResolvers<CallOutcome>();
    this.#running = { call, notes: [], ended };
    const { requestId, eventId, prompt, turnId } = call;
    this.#place = { requestId, threadId: this.id, eventId };
    await this.#open.handle.submit({
      type: "userInput",
      input: [{ type: "text", text: prompt }],
      turnId,
    });
    try {
      return await abortable(ended.promise, signal);
    } catch (error) {
      // The next call must find the thread at rest.
      await this.#open.handle.submit({ type: "interrupt" });
      await ended.promise;
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  async #follow(): Promise<void> {
    await this.#tell(sessionConfigured(this.#open.handle.info));
    for (const message of this.#open.warnings) {
      await this.#tell({ type: "warning", message });
    }
    let reason = "The thread was closed";
    try {
      for await (const event of this.#open.handle.events()) {
        await this.#take(this.id, event);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reason = `The thread ended: ${message}`;
    }
    this.#end = reason;
    for (const { controller } of this.#pending.values()) controller.abort();
    const running = this.#running;
    running?.ended.resolve(this.#failure(reason, running.notes));
  }

  async #take(threadId: ThreadId, event: ThreadEvent): Promise<void> {
    if (event.type === "agentEvent") {
      return await this.#take(event.threadId, event.event);
    }
    if (threadId === this.id) {
      for (const told of this.#projection.events(event)) await this.#tell(told);
    }
    await this.#askOf(threadId, event);
    if (event.type === "elicitationResolved") {
      this.#pending.get(event.requestId)?.controller.abort();
    }
    if (event.type !== "turnCompleted") return;
    this.#dropQuestions(threadId);
    if (threadId === this.id) this.#settle(event);
  }

  async #askOf(threadId: ThreadId, event: ThreadEvent): Promise<void> {
    const question = questionOf(event, {
      threadId,
      callId: String(this.#place.requestId),
      eventId: this.#place.eventId,
    });
    if (question === undefined) return;
    const pending = { question, threadId, controller: new AbortController() };
    if (!this.#client.canAnswer(question.mode)) {
      return await this.#refuse(pending);
    }
    this.#pending.set(question.requestId, pending);
    const asking = this.#exchange(pending);
    this.#asking.add(asking);
    asking.finally(() => this.#asking.delete(asking));
  }

  /** Nobody can be asked, so the answer is no; the client is told what to do about it. */
  async #refuse({ question, threadId }: Pending): Promise<void> {
    const [what = ""] = question.params.message.split("\n");
    const message =
      `Cannot ask "${what}": the client has no elicitation capability, so the answer is no; ` +
      "use a client that has it, or choose another approval-policy or sandbox";
    const notes = this.#running?.notes;
    if (notes !== undefined && notes.length < NOTES_MAX) notes.push(message);
    await this.#tell({ type: "warning", message });
    await this.#submit(threadId, question.answer(undefined));
  }

  async #exchange(pending: Pending): Promise<void> {
    const { question, controller } = pending;
    const result = await this.#client.ask(question.params, controller.signal)
      // An error is a client's way to say no, and so is its going away.
      .catch(() => undefined);
    if (!this.#pending.delete(question.requestId)) return;
    if (this.#end !== undefined) return;
    await this.#submit(pending.threadId, question.answer(result));
  }

  async #submit(threadId: ThreadId, op: Op): Promise<void> {
    await this.#open.handle.submit(
      threadId === this.id ? op : { type: "toAgent", threadId, op },
    );
  }

  async #tell(event: LegacyEvent): Promise<void> {
    await this.#client.tell(this.#place, event);
  }

  /** A turn that has ended waits for nothing. */
  #dropQuestions(threadId: ThreadId): void {
    for (const [id, pending] of this.#pending) {
      if (pending.threadId !== threadId) continue;
      this.#pending.delete(id);
      pending.controller.abort();
    }
  }

  #settle(event: Extract<ThreadEvent, { type: "turnCompleted" }>): void {
    const running = this.#running;
    if (running?.call.turnId !== event.turnId) return;
    const { notes } = running;
    switch (event.status) {
      case "completed":
        return running.ended.resolve({
          threadId: this.id,
          content: event.lastAgentMessage ?? "",
          isError: false,
          notes,
        });
      case "failed":
        return running.ended.resolve(
          this.#failure(event.error?.message ?? "The turn failed", notes),
        );
      case "interrupted":
        return running.ended.resolve(
          this.#failure("The turn was interrupted", notes),
        );
    }
  }

  #failure(content: string, notes: readonly string[]): CallOutcome {
    return { threadId: this.id, content, isError: true, notes };
  }
}
