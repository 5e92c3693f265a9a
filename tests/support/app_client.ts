/**
 * A client of the app-server, over whatever carries frames. Every message of the server
 * is checked against the protocol's declarations as it comes.
 */
import assert from "node:assert/strict";
import * as v from "valibot";
import { readFrames } from "@/jsonrpc/lines.ts";
import { CLIENT_METHODS, type ClientMethod } from "@/protocol/rpc/methods.ts";
import { NOTIFICATIONS } from "@/protocol/rpc/notifications.ts";
import { SERVER_REQUESTS } from "@/protocol/rpc/server_requests.ts";
import { type JsonEvent, spawnCodex, type Workspace } from "./codex.ts";

/** Answers a request of the server. */
export type AnswerRequest = (method: string, params: JsonEvent) => unknown;

export interface AppClient extends AsyncDisposable {
  /** Every message that came, in order. */
  readonly messages: readonly JsonEvent[];
  request(method: ClientMethod, params?: unknown): Promise<JsonEvent>;
  /** The error a request is answered with. */
  refused(method: string, params?: unknown): Promise<JsonEvent>;
  /** Writes a frame as it is. */
  send(frame: string): Promise<void>;
  /** The first notification of that method from the last one taken on. */
  next(method: string): Promise<JsonEvent>;
  /** Lets go of the messages that came so far. */
  forget(): void;
  /** Ends the input and waits for the process. */
  end(): Promise<{ readonly code: number; readonly stderr: string }>;
}

/** A client whose server is a process of its own. */
export interface AppProcess extends AppClient {
  kill(signal: "SIGTERM" | "SIGINT"): void;
}

/** What carries frames to a server and back. */
export interface AppTransport {
  readonly frames: AsyncIterable<string>;
  send(frame: string): Promise<void>;
  /** Ends the connection and waits for what was at the other end of it. */
  end(): Promise<{ readonly code: number; readonly stderr: string }>;
}

export interface AppClientOptions {
  readonly answer?: AnswerRequest;
  readonly capabilities?: unknown;
  readonly initialize?: boolean;
}

export interface AppProcessOptions extends AppClientOptions {
  readonly args?: readonly string[];
  /** Starts the process in another way, or looks at it. */
  readonly spawn?: typeof spawnCodex;
}

/** Starts the program and talks to it over its standard streams. */
export async function startAppClient(
  workspace: Workspace,
  options: AppProcessOptions = {},
): Promise<AppProcess> {
  const child = (options.spawn ?? spawnCodex)({
    workspace,
    args: ["app-server", ...options.args ?? []],
  });
  const writer = child.stdin.getWriter();
  const errors = new Response(child.stderr).text();
  const client = await connectAppClient({
    frames: readFrames(child.stdout),
    send: (frame) => writer.write(new TextEncoder().encode(`${frame}\n`)),
    async end() {
      await writer.close().catch(() => undefined);
      const { code } = await child.status;
      return { code, stderr: await errors };
    },
  }, options);
  return Object.assign(client, {
    kill: (signal: "SIGTERM" | "SIGINT") => child.kill(signal),
  });
}

/** Talks to a server that runs. */
export async function connectAppClient(
  transport: AppTransport,
  options: AppClientOptions = {},
): Promise<AppClient> {
  const messages: JsonEvent[] = [];
  const methods = new Map<number, string>();
  const waiting = new Map<number, (message: JsonEvent) => void>();
  let taken = 0;
  let wake = Promise.withResolvers<void>();
  let count = 0;
  const { send } = transport;

  const reading = (async () => {
    for await (const frame of transport.frames) {
      const message = JSON.parse(frame);
      messages.push(message);
      checkMessage(message, methods);
      if (message.method === undefined) waiting.get(message.id)?.(message);
      else if (message.id !== undefined) {
        const result = options.answer?.(message.method, message.params);
        if (result !== undefined) {
          await send(JSON.stringify({ id: message.id, result }));
        }
      }
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
    wake.resolve();
  })();
  const exchange = async (method: string, params: unknown) => {
    const id = ++count;
    methods.set(id, method);
    const answer = new Promise<JsonEvent>((resolve) =>
      waiting.set(id, resolve)
    );
    await send(JSON.stringify({ id, method, params }));
    return await answer;
  };
  const client: AppClient = {
    messages,
    send,
    async request(method, params = {}) {
      const { result, error } = await exchange(method, params);
      assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
      return result;
    },
    async refused(method, params = {}) {
      return (await exchange(method, params)).error;
    },
    async next(method) {
      while (true) {
        const at = messages.findIndex((message, index) =>
          index >= taken && message.method === method
        );
        if (at !== -1) {
          taken = at + 1;
          return messages[at].params;
        }
        await wake.promise;
      }
    },
    forget() {
      messages.length = 0;
      taken = 0;
    },
    async end() {
      const ended = await transport.end();
      await reading;
      return ended;
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
  if (options.initialize !== false) {
    await client.request("initialize", {
      clientInfo: { name: "test", version: "1" },
      capabilities: options.capabilities,
    });
  }
  return client;
}

/** @throws when a message is not what the protocol declares */
function checkMessage(
  message: JsonEvent,
  methods: ReadonlyMap<number, string>,
): void {
  const { method, params, result } = message;
  if (method === undefined) {
    const asked = methods.get(message.id);
    if (result === undefined || asked === undefined) return;
    const row = CLIENT_METHODS[asked as ClientMethod];
    v.parse(row.result, result);
  } else if (message.id === undefined) {
    v.parse(NOTIFICATIONS[method as keyof typeof NOTIFICATIONS], params);
  } else {
    const row = SERVER_REQUESTS[method as keyof typeof SERVER_REQUESTS];
    v.parse(row.params, params);
  }
}
