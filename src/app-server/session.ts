/**
 * One connection: its handshake, what it may call, what it wants to hear. Everything it
 * is sent goes through one bounded queue; a client that does not read is cut off
 * instead of filling the memory.
 */
import { AsyncQueue } from "@/async/queue.ts";
import { abortable } from "@/async/scope.ts";
import {
  type Answer,
  Peer,
  RPC_INVALID_REQUEST,
  RpcError,
} from "@/jsonrpc/peer.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError, rpcCodeOf } from "@/protocol/errors.ts";
import type { InitializeParams } from "@/protocol/rpc/connection.ts";
import {
  CLIENT_METHODS,
  type ClientMethod,
  type MethodRow,
  type Params,
  type Result,
} from "@/protocol/rpc/methods.ts";
import type { Watcher } from "./loaded_thread.ts";
import type { Notification } from "./projection.ts";

/** Messages that may wait for a slow client before what makes them waits. */
const OUTBOUND_MAX = 256;
/**
 * What may wait for it before nothing more is taken from it: some clients write all
 * they have to ask before they read, and would wait for us as we for them.
 */
const OUTBOUND_CHARACTERS_MAX = 16 << 20;
/** How long a client may take to read the last words. */
const GOODBYE_MS = 2_000;
/** Standard error may be a pipe nobody reads; what fits in one is told. */
const PROBLEMS_MAX = 32;

/** What a handler works with. */
export interface Call {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Happens once the answer is on its way. */
  afterAnswer(act: () => Promise<void>): void;
}

/** One handler for each method; a missing one is a compile error. */
export type Handlers = {
  readonly [M in ClientMethod]: (
    params: Params<M>,
    call: Call,
  ) => Promise<Result<M>>;
};

/** How a client is connected. */
export type Transport = "stdio" | "websocket";

export interface SessionPorts {
  readonly handlers: Handlers;
  readonly transport: Transport;
  /** Writes one frame to the client; rejects when the client is gone. */
  write(frame: string): Promise<void>;
  log(text: string): void;
  /** Aborts after the time. */
  timeout(ms: number): AbortSignal;
}

export class Session implements Watcher {
  readonly #ports: SessionPorts;
  readonly #peer: Peer;
  readonly #outbound = new AsyncQueue<string>(OUTBOUND_MAX);
  readonly #written: Promise<void>;
  /** Ends the writing to a client that does not read. */
  readonly #lost = new AbortController();
  #waitingCharacters = 0;
  /** Nothing more can be written to the client. */
  #isGone = false;
  #room: PromiseWithResolvers<void> | undefined;
  #problems = 0;
  #client: InitializeParams | undefined;
  #muted: ReadonlySet<string> = new Set();

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#peer = new Peer({
      send: (frame) => this.#send(frame),
      onRequest: (method, params, signal) => this.#call(method, params, signal),
      // `initialized` is the only one there is, and nothing waits for it.
      onNotification() {},
      onProblem: (text) => this.#tellProblem(text),
      saysVersion: false,
    });
    this.#written = this.#writeAll();
  }

  /** Who is on the other side; undefined before the handshake. */
  get client(): InitializeParams | undefined {
    return this.#client;
  }

  get transport(): Transport {
    return this.#ports.transport;
  }

  /** Takes a frame from the client. */
  receive(frame: string): void {
    this.#peer.receive(frame);
  }

  /** Resolves when the client has read enough to be listened to. */
  async room(): Promise<void> {
    while (!this.#isGone && this.#waitingCharacters > OUTBOUND_CHARACTERS_MAX) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
  }

  /** Takes over what a client said of itself. */
  begin(params: InitializeParams): void {
    if (this.#client !== undefined) {
      throw new RpcError(RPC_INVALID_REQUEST, "Already initialized");
    }
    this.#client = params;
    this.#muted = new Set(params.capabilities?.optOutNotificationMethods ?? []);
  }

  async notify({ method, params }: Notification): Promise<void> {
    if (this.#muted.has(method)) return;
    await this.#peer.notify(method, params);
  }

  ask(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    return this.#peer.request(method, params, signal);
  }

  /** Ends the conversation; resolves when all is said, or nobody listens. */
  async close(): Promise<void> {
    this.#ports.timeout(GOODBYE_MS).addEventListener(
      "abort",
      () => this.#lost.abort(new Error("It does not read")),
      { once: true },
    );
    await this.#peer.close();
    this.#outbound.close();
    await this.#written;
  }

  #tellProblem(text: string): void {
    this.#problems++;
    if (this.#problems < PROBLEMS_MAX) this.#ports.log(text);
    if (this.#problems === PROBLEMS_MAX) {
      this.#ports.log(`${text}; more such problems are not told`);
    }
  }

  async #send(frame: string): Promise<void> {
    this.#waitingCharacters += frame.length;
    await this.#outbound.push(frame);
  }

  async #writeAll(): Promise<void> {
    try {
      for await (const frame of this.#outbound) {
        await abortable(this.#ports.write(frame), this.#lost.signal);
        this.#waitingCharacters -= frame.length;
        if (this.#waitingCharacters <= OUTBOUND_CHARACTERS_MAX) {
          this.#makeRoom();
        }
      }
    } catch (error) {
      // The client is gone, or as good as that. The queue was left, so it drops the rest.
      this.#ports.log(`Cannot write to the client: ${String(error)}`);
    }
    this.#isGone = true;
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  async #call(
    method: string,
    params: unknown,
    signal: AbortSignal,
  ): Promise<Answer> {
    const known = this.#known(method);
    const decoded = decode(CLIENT_METHODS[known].params, params);
    if (!decoded.ok) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        `Invalid request: ${decoded.message}`,
      );
    }
    this.#checkExperimental(known, params);
    const later: (() => Promise<void>)[] = [];
    const call: Call = {
      session: this,
      signal,
      afterAnswer: (act) => void later.push(act),
    };
    try {
      // The decoder is this method's, so the parameters are the handler's.
      const handler = this.#ports.handlers[known] as (
        params: unknown,
        call: Call,
      ) => Promise<unknown>;
      const result = await handler(decoded.value, call);
      return {
        result,
        async after() {
          for (const act of later) await act();
        },
      };
    } catch (error) {
      throw asRpcError(error);
    }
  }

  #known(method: string): ClientMethod {
    if (this.#client === undefined && method !== "initialize") {
      throw new RpcError(RPC_INVALID_REQUEST, "Not initialized");
    }
    if (Object.hasOwn(CLIENT_METHODS, method)) return method as ClientMethod;
    const names = Object.keys(CLIENT_METHODS).map((name) => `\`${name}\``);
    throw new RpcError(
      RPC_INVALID_REQUEST,
      `Invalid request: unknown variant \`${method}\`, expected one of ${
        names.join(", ")
      }`,
    );
  }

  #checkExperimental(method: ClientMethod, params: unknown): void {
    if (this.#client?.capabilities?.experimentalApi === true) return;
    const row: MethodRow = CLIENT_METHODS[method];
    const given = typeof params === "object" && params !== null ? params : {};
    const field = row.experimentalFields?.find((name) =>
      Object.hasOwn(given, name)
    );
    if (row.isExperimental !== true && field === undefined) return;
    const what = field === undefined ? method : `${method}.${field}`;
    throw new RpcError(
      RPC_INVALID_REQUEST,
      `${what} requires experimentalApi capability`,
    );
  }
}

function asRpcError(error: unknown): unknown {
  return error instanceof CodexError
    ? new RpcError(rpcCodeOf(error.code), error.message)
    : error;
}
