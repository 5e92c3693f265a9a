/** A WebSocket connection to somebody else's server. Loaded only when one is asked for. */
import { abortable } from "@/async/scope.ts";

export interface TextSocket {
  send(text: string): void;
  close(): void;
}

export interface TextSocketPorts {
  onText(text: string): void;
  /** Once, whatever ended it; undefined when we did. */
  onEnd(why: string | undefined): void;
}

/** @throws Error with the reason when there is no connection */
export async function connectWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  ports: TextSocketPorts,
  signal: AbortSignal,
): Promise<TextSocket> {
  const socket = new WebSocket(url, { headers });
  const opened = Promise.withResolvers<void>();
  let problem: string | undefined;
  let isOurs = false;
  socket.addEventListener("open", () => opened.resolve(), { once: true });
  socket.addEventListener("error", (event) => {
    problem ??= event instanceof ErrorEvent ? event.message : "it failed";
    opened.reject(new Error(problem));
  });
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") ports.onText(data);
  });
  socket.addEventListener("close", ({ code, reason }) => {
    const why = problem ?? (reason === "" ? `code ${code}` : reason);
    opened.reject(new Error(why));
    ports.onEnd(isOurs ? undefined : why);
  }, { once: true });
  // The end of one that was open is told by the port.
  opened.promise.catch(() => undefined);
  const close = () => {
    isOurs = true;
    socket.close();
  };
  try {
    await abortable(opened.promise, signal);
  } catch (error) {
    close();
    throw error;
  }
  return { send: (text) => socket.send(text), close };
}
