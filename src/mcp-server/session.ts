/**
 * The conversation with one client: its handshake, what it may call, what it is told.
 * Everything it is sent goes through one bounded queue; a client that does not read
 * slows its threads down instead of filling the memory.
 */
import { AsyncQueue } from "@/async/queue.ts";
import { abortable } from "@/async/scope.ts";
import {
  type Answer,
  Peer,
  type RequestId,
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  RpcError,
} from "@/jsonrpc/peer.ts";
import { decode, type Schema } from "@/protocol/decode.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { LegacyEvent } from "@/protocol/legacy_events.ts";
import {
  CallParams,
  type CallResult,
  CANCELLED_METHOD,
  CancelledParams,
  ELICIT_METHOD,
  EVENT_METHOD,
  InitializeParams,
  MCP_VERSIONS,
  PROGRESS_METHOD,
  toolList,
} from "@/protocol/mcp_server.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { VERSION } from "@/protocol/version.ts";
import type * as v from "valibot";
import type { Question } from "./questions.ts";
import type { Client, EventPlace } from "./served_thread.ts";
import { progressWords } from "./progress.ts";
import { AgentTools } from "./tools.ts";

/** Messages that may wait for a slow client before what makes them waits. */
const OUTBOUND_MAX = 256;
/** How long a client may take to read the last words. */
const GOODBYE_MS = 2_000;

export interface SessionPorts {
  readonly services: Pick<AgentServices, "threads" | "userAgent">;
  /** Writes one frame to the client; rejects when the client is gone. */
  write(frame: string): Promise<void>;
  log(text: string): void;
  /** Aborts after the time. */
  timeout(ms: number): AbortSignal;
  newTurnId(): TurnId;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

interface Progress {
  readonly token: string | number;
  count: number;
}

export class Session implements Client {
  readonly #ports: SessionPorts;
  readonly #peer: Peer;
  readonly #tools: AgentTools;
  readonly #outbound = new AsyncQueue<string>(OUTBOUND_MAX);
  readonly #written: Promise<void>;
  /** Ends the writing to a client that does not read. */
  readonly #lost = new AbortController();
  /** Calls whose client wants to know that they go on. */
  readonly #progress = new Map<RequestId, Progress>();
  #client: InitializeParams | undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#tools = new AgentTools({
      threads: ports.services.threads,
      client: this,
      newTurnId: () => ports.newTurnId(),
      now: () => ports.now(),
    });
    this.#peer = new Peer({
      send: (frame) => this.#outbound.push(frame),
      onRequest: async (method, params, signal, id): Promise<Answer> => ({
        result: await this.#answer({ method, params, signal, id }),
      }),
      onNotification: (method, params) => this.#hear(method, params),
      onProblem: (text) => ports.log(text),
      saysVersion: true,
      withdrawal: CANCELLED_METHOD,
    });
    this.#written = this.#writeAll();
  }

  /** Takes a frame from the client. */
  receive(frame: string): void {
    this.#peer.receive(frame);
  }

  async tell(
    { requestId, threadId, eventId }: EventPlace,
    event: LegacyEvent,
  ): Promise<void> {
    await this.#peer.notify(EVENT_METHOD, {
      _meta: { requestId, threadId },
      id: eventId,
      msg: event,
    });
    const progress = this.#progress.get(requestId);
    const message = progressWords(event);
    if (progress === undefined || message === undefined) return;
    await this.#peer.notify(PROGRESS_METHOD, {
      progressToken: progress.token,
      progress: ++progress.count,
      message,
    });
  }

  canAnswer(mode: Question["mode"]): boolean {
    const elicitation = this.#client?.capabilities.elicitation;
    if (elicitation == null) return false;
    // Before there were two modes, to have the capability was to have forms.
    return mode in elicitation ||
      (mode === "form" && Object.keys(elicitation).length === 0);
  }

  ask(params: Question["params"], signal: AbortSignal): Promise<unknown> {
    return this.#peer.request(ELICIT_METHOD, params, signal);
  }

  /**
   * Ends the conversation; resolves when its threads have ended and all is said, or
   * nobody listens.
   */
  async close(): Promise<void> {
    this.#ports.timeout(GOODBYE_MS).addEventListener(
      "abort",
      () => this.#lost.abort(new Error("It does not read")),
      { once: true },
    );
    await this.#peer.close();
    await this.#tools.close();
    this.#outbound.close();
    await this.#written;
  }

  async #writeAll(): Promise<void> {
    for await (const frame of this.#outbound) {
      try {
        await abortable(this.#ports.write(frame), this.#lost.signal);
      } catch (error) {
        // The client is gone, or as good as that. Leaving the loop makes the queue drop what follows.
        this.#ports.log(`Cannot write to the client: ${String(error)}`);
        return;
      }
    }
  }

  #hear(method: string, params: unknown): void {
    if (method !== CANCELLED_METHOD) return;
    const decoded = decode(CancelledParams, params);
    if (!decoded.ok) return this.#ports.log(`${method}: ${decoded.message}`);
    const { requestId } = decoded.value;
    this.#peer.cancel(requestId, new Error("The client cancelled the call"));
  }

  async #answer({ method, params, signal, id }: {
    readonly method: string;
    readonly params: unknown;
    readonly signal: AbortSignal;
    readonly id: RequestId;
  }): Promise<unknown> {
    switch (method) {
      case "initialize":
        return this.#begin(required(InitializeParams, params));
      case "ping":
        return {};
      case "tools/list":
        return { tools: toolList() };
      case "tools/call":
        return await this.#call(required(CallParams, params), id, signal);
      // There are none, and clients ask whether there are.
      case "resources/list":
        return { resources: [] };
      case "resources/templates/list":
        return { resourceTemplates: [] };
      case "prompts/list":
        return { prompts: [] };
      default:
        throw new RpcError(
          RPC_METHOD_NOT_FOUND,
          `method not found: ${method}`,
          { method },
        );
    }
  }

  async #call(
    params: CallParams,
    id: RequestId,
    signal: AbortSignal,
  ): Promise<CallResult> {
    const token = params._meta?.progressToken;
    if (token !== undefined) this.#progress.set(id, { token, count: 0 });
    try {
      return await this.#tools.call(params, id, signal);
    } finally {
      this.#progress.delete(id);
    }
  }

  #begin(params: InitializeParams): unknown {
    if (this.#client !== undefined) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        "initialize called more than once",
      );
    }
    this.#client = params;
    const [preferred] = MCP_VERSIONS;
    return {
      protocolVersion:
        MCP_VERSIONS.find((version) => version === params.protocolVersion) ??
          preferred,
      capabilities: { tools: { listChanged: true } },
      serverInfo: {
        name: "codex-mcp-server",
        title: "Codex",
        version: VERSION,
        user_agent: this.#ports.services.userAgent(params.clientInfo),
      },
    };
  }
}

/** @throws RpcError when the parameters are not what the method takes */
function required<S extends Schema>(
  schema: S,
  params: unknown,
): v.InferOutput<S> {
  const decoded = decode(schema, params);
  if (decoded.ok) return decoded.value;
  throw new RpcError(RPC_INVALID_PARAMS, `Invalid params: ${decoded.message}`);
}
