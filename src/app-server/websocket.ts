/**
 * The app-server over WebSocket: one session for each connection, one message in each
 * text. No web page gets in (a browser always says where a page comes from), and a
 * client that does not read what it is sent is cut off, because others wait with it.
 */
import { abortable } from "@/async/scope.ts";
import {
  type ConnectionHandler,
  type HandshakeRequest,
  listenWebSocket,
  type PlainAnswer,
  type TextConnection,
  type WebSocketAddress,
  type WebSocketServer,
  type WebSocketServerPorts,
} from "@/platform/websocket_server.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { AgentServices } from "@/protocol/services.ts";
import {
  type AgentServer,
  createServer,
  endAsked,
  type ServerPlatform,
} from "./server.ts";

/** Clients of one agent at a time; more are not editors but a flood. */
const CONNECTIONS_MAX = 128;

/** As much as may wait for a slow client; the largest answers go through at once. */
const BUFFERED_BYTES_MAX = 16 << 20;

/** How long clients may take to answer a goodbye. */
const GOODBYE_MS = 500;

/** RFC 6455, section 7.4.1: the server goes away; and, by the registry, try later. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What a client is told when it cannot prove who it is; undefined lets it in. */
export type BearerCheck = (
  authorization: string | undefined,
) => Promise<string | undefined>;

export interface WebSocketOptions {
  readonly address: WebSocketAddress;
  /** Undefined lets in whoever can connect. */
  readonly checkBearer: BearerCheck | undefined;
  /** Happens once, when clients can connect on that port. */
  onListening(port: number): void;
}

/**
 * Serves until the process is asked to end.
 *
 * @throws CodexError `invalid_input` when the address cannot be had
 */
export async function serveWebSocket(
  services: AgentServices,
  platform: ServerPlatform,
  { address, checkBearer, onListening }: WebSocketOptions,
): Promise<void> {
  const server = createServer(services, platform);
  const connections = new Connections(server);
  const end = endAsked(platform);
  try {
    const listener = listen(address, {
      screen: (request) => screen(request, connections, checkBearer),
      open: (connection) => connections.open(connection),
    });
    try {
      onListening(listener.port);
      await end.asked;
      await connections.close(platform.clock.timeout(GOODBYE_MS));
    } finally {
      await listener.close();
    }
  } finally {
    await server.close();
    // Last: without a listener, a signal ends the process where it stands.
    end.stop();
  }
}

function listen(
  address: WebSocketAddress,
  ports: WebSocketServerPorts,
): WebSocketServer {
  try {
    return listenWebSocket(address, ports);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodexError(
      "invalid_input",
      `Cannot listen on ${address.hostname} port ${address.port}: ${why}; ` +
        "choose another port, or 0 for any free one",
      { cause: error },
    );
  }
}

async function screen(
  { headers, path, isUpgrade }: HandshakeRequest,
  connections: Connections,
  checkBearer: BearerCheck | undefined,
): Promise<PlainAnswer | undefined> {
  if (headers.has("origin")) return { status: 403, text: "" };
  if (!isUpgrade) {
    return path === "/readyz" || path === "/healthz"
      ? { status: 200, text: "" }
      : { status: 400, text: "Connection header did not include 'upgrade'" };
  }
  const refusal = await checkBearer?.(
    headers.get("authorization") ?? undefined,
  );
  if (refusal !== undefined) return { status: 401, text: refusal };
  return connections.isFull
    ? { status: 503, text: `More than ${CONNECTIONS_MAX} connections` }
    : undefined;
}

/** The connections of one server; each is ended once and waited for. */
class Connections {
  readonly #server: AgentServer;
  /** Those that are being ended and have not gone yet hold memory, too. */
  readonly #held = new Set<TextConnection>();
  readonly #open = new Map<
    TextConnection,
    { end(): void; gone: Promise<void> }
  >();
  readonly #ending = new Set<Promise<void>>();

  constructor(server: AgentServer) {
    this.#server = server;
  }

  get isFull(): boolean {
    return this.#held.size >= CONNECTIONS_MAX;
  }

  open(connection: TextConnection): ConnectionHandler {
    const write = async (frame: string) => {
      if (connection.bufferedBytes > BUFFERED_BYTES_MAX) {
        connection.close(TRY_AGAIN_LATER, "messages are not read");
        // It may never answer the goodbye, so nobody waits for that.
        end();
        throw new Error(
          `more than ${BUFFERED_BYTES_MAX} bytes wait to be read`,
        );
      }
      connection.send(frame);
    };
    const session = this.#server.connect({ transport: "websocket", write });
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const end = () => {
      if (!this.#open.delete(connection)) return;
      const ending = this.#server.disconnect(session);
      this.#ending.add(ending);
      ending.finally(() => this.#ending.delete(ending));
    };
    this.#held.add(connection);
    this.#open.set(connection, { end, gone });
    return {
      onText: (text) => session.receive(text),
      onProblem: (problem) => this.#server.log(problem),
      onEnd: () => {
        end();
        this.#held.delete(connection);
        resolve();
      },
    };
  }

  /** Says what is left to be said, then goodbye, which clients may take a moment for. */
  async close(deadline: AbortSignal): Promise<void> {
    const open = [...this.#open];
    for (const [, { end }] of open) end();
    await Promise.all(this.#ending);
    for (const [connection] of open) connection.close(GOING_AWAY, "");
    const allGone = Promise.all(open.map(([, { gone }]) => gone));
    // Whoever does not answer in time is cut off with the listener.
    await abortable(allGone, deadline).catch(() => undefined);
  }
}
