/** The exec-server over WebSocket: one session for each connection. */
import {
  listenWebSocket,
  type TextConnection,
  type WebSocketAddress,
} from "@/platform/websocket_server.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { ExecSession, type ExecSessionPorts } from "./session.ts";

/** Agents of one machine; more are a flood. */
const CONNECTIONS_MAX = 32;
/** What may wait for a client that does not read before it is cut off. */
const BUFFERED_BYTES_MAX = 16 << 20;

/** RFC 6455, section 7.4.1: the server goes away; and, by the registry, try later. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export interface ExecServerOptions extends Omit<ExecSessionPorts, "send"> {
  readonly address: WebSocketAddress;
  readonly signals: Platform["signals"];
  onListening(port: number): void;
}

/**
 * Serves until the process is asked to end.
 *
 * @throws CodexError `invalid_input` when the address cannot be had
 */
export async function serveExec(options: ExecServerOptions): Promise<void> {
  const { signals, address } = options;
  const open = new Map<TextConnection, ExecSession>();
  const ending = new Set<Promise<void>>();
  const end = (connection: TextConnection) => {
    const session = open.get(connection);
    if (!open.delete(connection) || session === undefined) return;
    const closing = session.close();
    ending.add(closing);
    closing.finally(() => ending.delete(closing));
  };
  const asked = Promise.withResolvers<void>();
  const stops = [
    signals.onInterrupt(() => asked.resolve()),
    signals.onTerminate(() => asked.resolve()),
  ];
  try {
    const listener = listen(address, {
      screen: async ({ headers, isUpgrade }) => {
        // A page in a browser must not run commands here.
        if (headers.has("origin")) return { status: 403, text: "" };
        if (!isUpgrade) return { status: 400, text: "not a WebSocket request" };
        return open.size >= CONNECTIONS_MAX
          ? { status: 503, text: `More than ${CONNECTIONS_MAX} connections` }
          : undefined;
      },
      open(connection) {
        const session = new ExecSession({
          ...options,
          async send(frame) {
            if (connection.bufferedBytes > BUFFERED_BYTES_MAX) {
              connection.close(TRY_AGAIN_LATER, "messages are not read");
              return end(connection);
            }
            connection.send(frame);
          },
        });
        open.set(connection, session);
        return {
          onText: (text) => session.receive(text),
          onProblem: options.log,
          onEnd: () => end(connection),
        };
      },
    });
    try {
      options.onListening(listener.port);
      await asked.promise;
      for (const connection of [...open.keys()]) {
        end(connection);
        connection.close(GOING_AWAY, "");
      }
      await Promise.all(ending);
    } finally {
      await listener.close();
      await Promise.all(ending);
    }
  } finally {
    stops.forEach((stop) => stop());
  }
}

function listen(
  address: WebSocketAddress,
  ports: Parameters<typeof listenWebSocket>[1],
) {
  try {
    return listenWebSocket(address, ports);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodexError(
      "invalid_input",
      `Cannot listen on ${address.hostname} port ${address.port}: ${why}; choose another port, or 0 for any free one`,
      { cause: error },
    );
  }
}
