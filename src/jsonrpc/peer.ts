/**
 * One end of a JSON-RPC 2.0 conversation: tells requests, answers and notifications
 * apart, matches answers to what was asked, and settles everything when it ends.
 * It knows no method and no transport: frames come in as text, frames go out as text.
 */
import { abortable } from "@/async/scope.ts";

/** JSON-RPC 2.0, section 5.1, and this protocol's own code for too much at once. */
export const RPC_INVALID_REQUEST = -32600;
export const RPC_METHOD_NOT_FOUND = -32601;
export const RPC_INVALID_PARAMS = -32602;
export const RPC_INTERNAL = -32603;
export const RPC_OVERLOADED = -32001;

/** Requests of the other side that may be worked on at a time. */
const REQUESTS_MAX = 2_048;

/** Their frames together, unless there is one alone: a client must not fill the memory. */
const REQUEST_CHARACTERS_MAX = 128 << 20;

export type RequestId = string | number;

/** A failure the other side is told of by its number. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The conversation has ended, so no answer will come. */
export class PeerClosed extends Error {
  override readonly name = "PeerClosed";
}

/** What a request is answered with. */
export interface Answer {
  readonly result: unknown;
  /** Happens once the answer is on its way. */
  after?(): Promise<void>;
}

export interface PeerPorts {
  /** Sends one frame; resolves when there is room for another. */
  send(frame: string): Promise<void>;
  /** Answers a request. A thrown `RpcError` is the answer; anything else is a bug. */
  onRequest(
    method: string,
    params: unknown,
    signal: AbortSignal,
    id: RequestId,
  ): Promise<Answer>;
  onNotification(method: string, params: unknown): void;
  /** A frame that is no message, or a bug in a handler. */
  onProblem(text: string): void;
  /** Says `"jsonrpc":"2.0"` in every message; some protocols leave it out. */
  readonly saysVersion: boolean;
  /** The notification that takes a request back, in protocols that have one. */
  readonly withdrawal?: string;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

export class Peer {
  readonly #ports: PeerPorts;
  readonly #controller = new AbortController();
  readonly #asked = new Map<RequestId, PromiseWithResolvers<unknown>>();
  readonly #running = new Map<RequestId, AbortController>();
  readonly #tasks = new Set<Promise<void>>();
  #count = 0;
  /** In the frames of the requests that are being worked on. */
  #characters = 0;

  constructor(ports: PeerPorts) {
    this.#ports = ports;
  }

  /** Takes one frame. Requests are answered beside each other. */
  receive(frame: string): void {
    const message = parse(frame);
    if (message === undefined) {
      return this.#ports.onProblem(`Not a message: ${frame.slice(0, 200)}`);
    }
    const { id, method } = message;
    if (typeof method === "string") {
      if (isId(id)) return this.#accept(id, message, frame.length);
      return this.#ports.onNotification(method, message.params);
    }
    if (isId(id)) return this.#settle(id, message);
    this.#ports.onProblem(`Neither request nor answer: ${frame.slice(0, 200)}`);
  }

  /** Asks the other side. @throws RpcError as it answers, PeerClosed at the end */
  async request(
    method: string,
    params: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    this.#controller.signal.throwIfAborted();
    const id = this.#count++;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    try {
      await this.#send({ id, method, params });
      return await abortable(answer.promise, signal);
    } finally {
      // Still there: it was given up, not answered, and the conversation goes on.
      if (this.#asked.delete(id) && signal.aborted) await this.#withdraw(id);
    }
  }

  async #withdraw(id: RequestId): Promise<void> {
    const { withdrawal } = this.#ports;
    if (withdrawal === undefined) return;
    await this.notify(withdrawal, { requestId: id });
  }

  async notify(method: string, params: unknown): Promise<void> {
    if (this.#controller.signal.aborted) return;
    await this.#send({ method, params });
  }

  /** Stops a request the other side has taken back; nobody waits for its answer. */
  cancel(id: RequestId, reason: Error): void {
    this.#running.get(id)?.abort(reason);
  }

  /** Ends the conversation: what was asked is rejected, what runs is stopped. */
  async close(): Promise<void> {
    const reason = new PeerClosed("The connection was closed");
    this.#controller.abort(reason);
    for (const running of this.#running.values()) running.abort(reason);
    for (const { promise, reject } of this.#asked.values()) {
      promise.catch(() => undefined);
      reject(reason);
    }
    this.#asked.clear();
    await Promise.all(this.#tasks);
  }

  #accept(id: RequestId, message: Message, characters: number): void {
    const work = this.#running.size;
    if (work >= REQUESTS_MAX) {
      return this.#own(
        this.#refuse(id, `${REQUESTS_MAX} are being worked on`),
      );
    }
    if (work > 0 && this.#characters + characters > REQUEST_CHARACTERS_MAX) {
      const what = `${this.#characters >> 20} Mi characters of them`;
      return this.#own(this.#refuse(id, `${what} are being worked on`));
    }
    this.#characters += characters;
    const { method, params } = message;
    const task = this.#answer(id, String(method), params);
    this.#own(task.finally(() => this.#characters -= characters));
  }

  #own(task: Promise<unknown>): void {
    const owned = task.then(() => {});
    this.#tasks.add(owned);
    owned.finally(() => this.#tasks.delete(owned));
  }

  async #refuse(id: RequestId, why: string): Promise<void> {
    const message = `Too many requests at once: ${why}; wait for answers`;
    await this.#send({ id, error: { code: RPC_OVERLOADED, message } });
  }

  async #answer(
    id: RequestId,
    method: string,
    params: unknown,
  ): Promise<void> {
    // Not tied to the conversation but aborted by its end: what a request has begun
    // may outlive the connection it came over, once it is answered.
    const controller = new AbortController();
    const { signal } = controller;
    if (this.#controller.signal.aborted) return;
    this.#running.set(id, controller);
    try {
      const answer = await this.#ports.onRequest(method, params, signal, id);
      if (this.#isTakenBack(signal)) return;
      await this.#send({ id, result: answer.result ?? {} });
      await this.#follow(answer, method);
    } catch (error) {
      // At the end, what was found wrong with a request is said; that it was stopped is not.
      const isStopped = signal.aborted && !(error instanceof RpcError);
      if (isStopped || this.#isTakenBack(signal)) return;
      await this.#send({ id, error: this.#errorOf(error, method) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Stopped by the other side, and not by the end of the conversation. */
  #isTakenBack(signal: AbortSignal): boolean {
    return signal.aborted && !this.#controller.signal.aborted;
  }

  /** The request is answered, so a failure from here on can only be told. */
  async #follow(answer: Answer, method: string): Promise<void> {
    try {
      await answer.after?.();
    } catch (error) {
      this.#ports.onProblem(`Cannot go on after ${method}: ${String(error)}`);
    }
  }

  #errorOf(error: unknown, method: string) {
    if (error instanceof RpcError) {
      const { code, message, data } = error;
      return { code, message, ...(data === undefined ? {} : { data }) };
    }
    const text = error instanceof Error
      ? error.stack ?? error.message
      : String(error);
    this.#ports.onProblem(`Cannot answer ${method}: ${text}`);
    const message = error instanceof Error ? error.message : String(error);
    return { code: RPC_INTERNAL, message };
  }

  #settle(id: RequestId, message: Message): void {
    const answer = this.#asked.get(id);
    this.#asked.delete(id);
    // Too late, or never asked: nobody is there to be told.
    if (answer === undefined) return;
    if (message.error === undefined) answer.resolve(message.result);
    else answer.reject(errorFrom(message.error));
  }

  async #send(message: Message): Promise<void> {
    const version = this.#ports.saysVersion ? { jsonrpc: "2.0" } : {};
    await this.#ports.send(JSON.stringify({ ...version, ...message }));
  }
}

function parse(frame: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value
      : undefined;
  } catch {
    // Not JSON: there is no id an answer could carry.
    return undefined;
  }
}

function isId(value: unknown): value is RequestId {
  return typeof value === "string" || typeof value === "number";
}

function errorFrom(value: unknown): RpcError {
  const { code, message, data } = typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
  return new RpcError(
    typeof code === "number" ? code : RPC_INTERNAL,
    typeof message === "string" ? message : "The other side failed",
    data,
  );
}
