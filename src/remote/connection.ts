/**
 * The connection to an app-server: its handshake, requests and what comes unasked. It
 * ends once, and whoever waits for anything is told why.
 */
import { abortable } from "@/async/scope.ts";
import { type Answer, Peer, PeerClosed, RpcError } from "@/jsonrpc/peer.ts";
import type {
  TextSocket,
  TextSocketPorts,
} from "@/platform/websocket_client.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  CLIENT_METHODS,
  type ClientMethod,
  type Params,
  type Result,
} from "@/protocol/rpc/methods.ts";
import { NOTIFICATIONS } from "@/protocol/rpc/notifications.ts";
import { SERVER_REQUESTS } from "@/protocol/rpc/server_requests.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Told } from "./events.ts";
import type { Asked } from "./questions.ts";

/** Who listens to what comes unasked. */
export interface Listener {
  told(told: Told): void;
  /** Resolves with the answer. */
  asked(asked: Asked, requestId: string, signal: AbortSignal): Promise<unknown>;
  /** The connection is gone, and that was not our doing. */
  ended(error: CodexError): void;
}

export interface ConnectionPorts {
  /** For messages, as the user typed it. */
  readonly address: string;
  /** How this client calls itself. */
  readonly clientName: string;
  open(ports: TextSocketPorts, signal: AbortSignal): Promise<TextSocket>;
  log(text: string): void;
  readonly listener: Listener;
}

export class RemoteConnection {
  readonly #ports: ConnectionPorts;
  readonly #peer: Peer;
  #socket: TextSocket | undefined;
  #end: CodexError | undefined;

  private constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#peer = new Peer({
      send: async (frame) => this.#socket?.send(frame),
      onRequest: (method, params, signal, id) =>
        this.#asked(method, params, signal, String(id)),
      onNotification: (method, params) => this.#told(method, params),
      onProblem: ports.log,
      saysVersion: false,
    });
  }

  /** @throws CodexError `stream_disconnected` when there is no server to talk to */
  static async open(
    ports: ConnectionPorts,
    signal: AbortSignal,
  ): Promise<RemoteConnection> {
    const connection = new RemoteConnection(ports);
    try {
      connection.#socket = await ports.open({
        onText: (text) => connection.#peer.receive(text),
        onEnd: (why) => connection.#ended(why),
      }, signal);
      await connection.request("initialize", {
        clientInfo: { name: ports.clientName, version: VERSION },
        capabilities: { experimentalApi: true },
      }, signal);
      return connection;
    } catch (error) {
      await connection.close();
      if (signal.aborted || error instanceof CodexError) throw error;
      throw connection.#failure(error);
    }
  }

  /** @throws CodexError as the server says, or `stream_disconnected` at its end */
  async request<M extends ClientMethod>(
    method: M,
    params: Params<M>,
    signal: AbortSignal,
  ): Promise<Result<M>> {
    if (this.#end !== undefined) throw this.#end;
    try {
      const answer = await this.#peer.request(method, params, signal);
      const decoded = decode(CLIENT_METHODS[method].result, answer);
      // The schema is this method's, so what it took is its result.
      if (decoded.ok) return decoded.value as Result<M>;
      throw new CodexError(
        "internal_server_error",
        `Cannot read the answer of ${this.#ports.address} to ${method}: ${decoded.message}; it may be of another version`,
      );
    } catch (error) {
      if (error instanceof RpcError) throw remoteError(error);
      if (error instanceof PeerClosed) throw this.#end ?? this.#failure(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#socket?.close();
    await this.#peer.close();
  }

  #told(method: string, params: unknown): void {
    if (!Object.hasOwn(NOTIFICATIONS, method)) return;
    const schema = NOTIFICATIONS[method as keyof typeof NOTIFICATIONS];
    const decoded = decode(schema, params);
    if (!decoded.ok) {
      return this.#ports.log(`${method}: ${decoded.message}`);
    }
    // The schema was chosen by the method.
    this.#ports.listener.told({ method, params: decoded.value } as Told);
  }

  async #asked(
    method: string,
    params: unknown,
    signal: AbortSignal,
    id: string,
  ): Promise<Answer> {
    const schema = Object.hasOwn(SERVER_REQUESTS, method)
      ? SERVER_REQUESTS[method as keyof typeof SERVER_REQUESTS].params
      : undefined;
    const decoded = schema && decode(schema, params);
    if (decoded?.ok !== true) {
      throw new RpcError(
        -32601,
        `This client does not answer ${method}`,
      );
    }
    // As above: the schema was chosen by the method.
    const asked = { method, params: decoded.value } as Asked;
    const { listener } = this.#ports;
    return {
      result: await abortable(listener.asked(asked, id, signal), signal),
    };
  }

  #ended(why: string | undefined): void {
    if (why === undefined || this.#end !== undefined) return;
    this.#end = new CodexError(
      "stream_disconnected",
      `The app server at ${this.#ports.address} ended the connection: ${why}`,
    );
    this.#ports.listener.ended(this.#end);
    // What waits for answers is rejected; there is nobody to say goodbye to.
    this.#peer.close().catch(() => undefined);
  }

  #failure(error: unknown): CodexError {
    const why = error instanceof Error ? error.message : String(error);
    return new CodexError(
      "stream_disconnected",
      `Cannot connect to the app server at ${this.#ports.address}: ${why}`,
      { cause: error },
    );
  }
}

/** A refusal of the server, in its own words. */
function remoteError(error: RpcError): CodexError {
  const isNotFound = /^(no rollout found|thread not (found|loaded))/
    .test(error.message);
  return new CodexError(
    isNotFound ? "not_found" : "invalid_input",
    error.message,
    { cause: error },
  );
}
