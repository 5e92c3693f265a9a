/**
 * A server of WebSocket connections that carry text. Loaded only by a program that is
 * asked to listen. A connection is always told to have ended, once, whatever ended it:
 * the client, garbage on the wire, a text longer than the runtime takes, the server.
 */

/** A request before it becomes a connection. */
export interface HandshakeRequest {
  /** Of the address, for example `/readyz`. */
  readonly path: string;
  readonly headers: Headers;
  readonly isUpgrade: boolean;
}

/** What a request is answered with instead of a connection. */
export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
}

export interface TextConnection {
  /** Sends one text. Does not wait; see `bufferedBytes`. */
  send(text: string): void;
  /** What was sent and is not on its way yet. */
  readonly bufferedBytes: number;
  /** Says goodbye, with a code of RFC 6455, section 7.4. */
  close(code: number, reason: string): void;
}

export interface ConnectionHandler {
  onText(text: string): void;
  /** Something came that is no text, or broke the rules of the protocol. */
  onProblem(problem: string): void;
  onEnd(): void;
}

export interface WebSocketServerPorts {
  /** Answers a request, or lets it become a connection. */
  screen(request: HandshakeRequest): Promise<PlainAnswer | undefined>;
  open(connection: TextConnection): ConnectionHandler;
}

export interface WebSocketServer {
  readonly port: number;
  /** Stops listening and cuts what is still connected. */
  close(): Promise<void>;
}

export interface WebSocketAddress {
  /** An IP address, without brackets. */
  readonly hostname: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** @throws Error with the system's reason when the address cannot be had */
export function listenWebSocket(
  { hostname, port }: WebSocketAddress,
  ports: WebSocketServerPorts,
): WebSocketServer {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname, port, signal: stop.signal, onListen() {} },
    async (request) => {
      const isUpgrade =
        request.headers.get("upgrade")?.toLowerCase() === "websocket";
      const answer = await ports.screen({
        path: new URL(request.url).pathname,
        headers: request.headers,
        isUpgrade,
      });
      return answer === undefined
        ? upgrade(request, ports)
        : plainResponse(answer);
    },
  );
  return {
    port: server.addr.port,
    async close() {
      stop.abort();
      await server.finished;
    },
  };
}

function upgrade(request: Request, ports: WebSocketServerPorts): Response {
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request);
  } catch (error) {
    // A header of the handshake is missing or wrong; the runtime says which.
    const text = error instanceof Error ? error.message : String(error);
    return plainResponse({ status: 400, text });
  }
  const { socket, response } = upgraded;
  socket.addEventListener("open", () => {
    const handler = ports.open({
      send: (text) => socket.send(text),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
      close(code, reason) {
        if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
      },
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") handler.onText(data);
      else handler.onProblem("Not a text: a binary message");
    });
    socket.addEventListener("error", (event) => {
      handler.onProblem(
        event instanceof ErrorEvent ? event.message : "The connection failed",
      );
    });
    socket.addEventListener("close", () => handler.onEnd(), { once: true });
  });
  return response;
}

function plainResponse({ status, text }: PlainAnswer): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}
