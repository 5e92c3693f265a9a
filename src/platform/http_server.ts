/** A plain HTTP server for programs of this machine. Loaded only by one that listens. */
import { abortable } from "@/async/scope.ts";

export interface LocalHttpServer {
  readonly port: number;
  /** Stops listening; what is being answered may be until the signal cuts it off. */
  close(deadline: AbortSignal): Promise<void>;
}

/**
 * Listens on 127.0.0.1, on that port or any free one.
 *
 * @throws Error with the system's reason
 */
export function listenLocalHttp(
  port: number,
  answer: (request: Request) => Promise<Response>,
): LocalHttpServer {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, signal: stop.signal, onListen() {} },
    answer,
  );
  return {
    port: server.addr.port,
    async close(deadline) {
      await abortable(server.shutdown(), deadline).catch(() => stop.abort());
      await server.finished;
    },
  };
}
