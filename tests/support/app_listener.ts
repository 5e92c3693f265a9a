/** The real program, listening for WebSocket clients on a port of its own. */
import assert from "node:assert/strict";
import {
  type AppClient,
  type AppClientOptions,
  connectAppClient,
} from "./app_client.ts";
import { spawnCodex, type Workspace } from "./codex.ts";

export interface AppListener extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** What it said before it listened. */
  readonly banner: string;
  connect(
    options?: AppClientOptions & { readonly headers?: Record<string, string> },
  ): Promise<AppClient>;
  /** Resolves when it has said that on standard error. */
  said(text: RegExp): Promise<void>;
  /** Sends a signal and waits for the end. */
  stop(
    signal?: Deno.Signal,
  ): Promise<{ readonly code: number; readonly stderr: string }>;
}

export async function startAppListener(
  workspace: Workspace,
  args: readonly string[] = [],
): Promise<AppListener> {
  const child = spawnCodex({
    workspace,
    args: ["app-server", "--listen", "ws://127.0.0.1:0", ...args],
  });
  await child.stdin.close();
  const out = new Response(child.stdout).text();
  const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  while (!/ note: .*\n/.test(stderr)) {
    const { value, done } = await errors.read();
    assert.ok(!done, `the server ended: ${stderr}`);
    stderr += value;
  }
  const banner = stderr;
  const url = /listening on: (ws:\S+)/.exec(banner)?.[1] ?? "";
  let wake = Promise.withResolvers<void>();
  const rest = (async () => {
    for (let got = await errors.read(); !got.done; got = await errors.read()) {
      stderr += got.value;
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
    wake.promise.catch(() => undefined);
    wake.reject(new Error("the server ended"));
  })();
  let stopped: ReturnType<AppListener["stop"]> | undefined;
  const stop = async (signal: Deno.Signal) => {
    child.kill(signal);
    const [{ code }] = await Promise.all([child.status, rest, out]);
    return { code, stderr };
  };
  return {
    url,
    port: Number(new URL(url).port),
    banner,
    async connect({ headers = {}, ...options } = {}) {
      return await connectAppClient(
        await socketTransport(url, headers),
        options,
      );
    },
    async said(text) {
      while (!text.test(stderr)) await wake.promise;
    },
    stop: (signal = "SIGTERM") => stopped ??= stop(signal),
    async [Symbol.asyncDispose]() {
      await (stopped ??= stop("SIGTERM"));
    },
  };
}

async function socketTransport(url: string, headers: Record<string, string>) {
  const socket = new WebSocket(url, { headers });
  const frames = new ReadableStream<string>({
    start(controller) {
      socket.onmessage = ({ data }) => controller.enqueue(data);
      socket.onclose = () => controller.close();
    },
  });
  const closed = new Promise<CloseEvent>((resolve) =>
    socket.addEventListener("close", resolve)
  );
  await new Promise<unknown>((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = (event) =>
      reject(new Error(event instanceof ErrorEvent ? event.message : "failed"));
  });
  return {
    frames,
    send: async (frame: string) => socket.send(frame),
    async end() {
      socket.close();
      const { code } = await closed;
      return { code, stderr: "" };
    },
  };
}

/** A client that speaks bytes: for what a well-behaved one would never send. */
export async function rawHandshake(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  path = "/",
): Promise<{ readonly connection: Deno.TcpConn; readonly head: string }> {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  const connection = await Deno.connect({ port });
  await connection.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`),
  );
  const buffer = new Uint8Array(8192);
  const count = await connection.read(buffer) ?? 0;
  return {
    connection,
    head: new TextDecoder().decode(buffer.subarray(0, count)),
  };
}

/** The status of a handshake, and what was said with it. */
export async function knock(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  path = "/",
): Promise<string> {
  const { connection, head } = await rawHandshake(port, headers, path);
  connection.close();
  const [first = "", body = ""] = head.split("\r\n\r\n");
  return `${first.split(" ")[1]} ${body}`.trim();
}
