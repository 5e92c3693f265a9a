/** A client of `codex mcp-server` in a real process, message by message. */
import assert from "node:assert/strict";
import { readFrames } from "@/jsonrpc/lines.ts";
import { type JsonEvent, spawnCodex, type Workspace } from "./codex.ts";

/** The answer to a request of the server; an `error` member makes it an error. */
export type AnswerElicitation = (params: JsonEvent) => unknown;

export interface McpClient extends AsyncDisposable {
  /** Every message that came, in order. */
  readonly messages: readonly JsonEvent[];
  /** The whole answer, result or error. */
  request(method: string, params?: unknown): Promise<JsonEvent>;
  /** The result of a call of a tool. */
  call(name: string, args?: unknown): Promise<JsonEvent>;
  notify(method: string, params?: unknown): Promise<void>;
  /** Begins a call; its id, and its answer. */
  begin(
    name: string,
    args: unknown,
    meta?: unknown,
  ): { readonly id: number; readonly answer: Promise<JsonEvent> };
  /** The first message that fits, of those that came and those to come. */
  find(fits: (message: JsonEvent) => boolean): Promise<JsonEvent>;
  /** Answers the last question that has none yet. */
  answerPending(result: unknown): Promise<void>;
  /** The events told for a call, or for all. */
  events(requestId?: number): readonly JsonEvent[];
  kill(signal: Deno.Signal): void;
  /** Ends the input and waits for the process. */
  end(): Promise<{ readonly code: number; readonly stderr: string }>;
}

export async function startMcpClient(
  workspace: Workspace,
  options: {
    readonly answer?: AnswerElicitation;
    readonly capabilities?: unknown;
    readonly args?: readonly string[];
    readonly cwd?: string;
  } = {},
): Promise<McpClient> {
  const child = spawnCodex({
    workspace,
    args: [...options.args ?? [], "mcp-server"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const writer = child.stdin.getWriter();
  const messages: JsonEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  let count = 0;
  const send = (message: unknown) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));

  const reading = (async () => {
    for await (const frame of readFrames(child.stdout)) {
      const message = JSON.parse(frame);
      assert.equal(message.jsonrpc, "2.0");
      messages.push(message);
      if (message.method !== undefined && message.id !== undefined) {
        const answer = options.answer?.(message.params);
        if (answer !== undefined) {
          const body = typeof answer === "object" && answer !== null &&
              "error" in answer
            ? answer
            : { result: answer };
          await send({ jsonrpc: "2.0", id: message.id, ...body });
        }
      }
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
    isOver = true;
    wake.resolve();
  })();
  const errors = new Response(child.stderr).text();

  const find: McpClient["find"] = async (fits) => {
    while (true) {
      const found = messages.find(fits);
      if (found !== undefined) return found;
      assert.ok(!isOver, "The server ended before the message came");
      await wake.promise;
    }
  };
  const ask = (method: string, params: unknown) => {
    const id = ++count;
    const answer = (async () => {
      await send({ jsonrpc: "2.0", id, method, params });
      return await find((one) => one.id === id && one.method === undefined);
    })();
    // A call that is cancelled, or cut off, gets none, and not every test waits for it.
    answer.catch(() => undefined);
    return { id, answer };
  };
  const client: McpClient = {
    messages,
    find,
    request: (method, params = {}) => ask(method, params).answer,
    async call(name, args) {
      const { result, error } = await client.begin(name, args).answer;
      assert.equal(error, undefined, JSON.stringify(error));
      return result;
    },
    begin: (name, args, meta) =>
      ask("tools/call", {
        name,
        arguments: args,
        ...(meta === undefined ? {} : { _meta: meta }),
      }),
    async notify(method, params = {}) {
      await send({ jsonrpc: "2.0", method, params });
    },
    async answerPending(result) {
      const question = messages.findLast((one) =>
        one.method !== undefined && one.id !== undefined
      );
      await send({ jsonrpc: "2.0", id: question.id, result });
    },
    events: (requestId) =>
      messages.filter(({ method, params }) =>
        method === "codex/event" &&
        (requestId === undefined || params._meta.requestId === requestId)
      ).map(({ params }) => params.msg),
    kill: (signal) => child.kill(signal),
    async end() {
      await writer.close().catch(() => undefined);
      const { code } = await child.status;
      await reading;
      return { code, stderr: await errors };
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
  await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: options.capabilities ?? { elicitation: {} },
    clientInfo: { name: "t", version: "1" },
  });
  await client.notify("notifications/initialized");
  return client;
}
