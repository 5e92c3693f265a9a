/**
 * A scripted MCP server over stdio, written against the protocol's text and nothing
 * else. Its words on the command line say how it misbehaves:
 *
 *   --start-ms=N  answers `initialize` late     --hang        never answers it
 *   --exit        ends at once                  --noise       prints lines that are no JSON
 *   --tools=N     has N more tools              --duplicates  names a tool twice
 *   --one-page    lists all tools at once       --stay        does not end with its input
 *   --list-once   does not list its tools again
 *   --log=FILE    appends every message it gets to a file
 */

// deno-lint-ignore no-explicit-any -- messages of every shape
type Json = any;

const options = new Map(
  Deno.args.map((word) => {
    const [name = "", value = ""] = word.replace(/^--/, "").split("=");
    return [name, value];
  }),
);

const READS = { readOnlyHint: true };
const schema = (properties: Json = {}, required?: string[]) => ({
  type: "object",
  properties,
  ...(required === undefined ? {} : { required }),
});

/** One pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const text = (value: string, more: Json = {}) => ({
  content: [{ type: "text", text: value }],
  ...more,
});

interface ServerTool {
  readonly declaration: Json;
  call(args: Json, meta: Json): Json | Promise<Json>;
}

const tools: Record<string, ServerTool> = {
  echo: {
    declaration: {
      title: "Echo",
      description: "Gives back the text",
      inputSchema: schema({
        text: { type: "string", minLength: 1, description: "what to say" },
        times: { type: ["integer", "null"], minimum: 1 },
        mode: { enum: ["a", "b"] },
        where: { $ref: "#/$defs/place" },
      }, ["text"]),
      outputSchema: schema({ said: { type: "string" } }),
      annotations: READS,
    },
    call: (args) => text(`echo: ${args.text}`),
  },
  write: {
    declaration: { description: "Says nothing of itself" },
    call: () => text("written"),
  },
  delete: {
    declaration: {
      annotations: { destructiveHint: true, readOnlyHint: true },
    },
    call: () => text("deleted"),
  },
  fail: {
    declaration: { annotations: READS },
    call: () => text("it failed", { isError: true }),
  },
  boom: {
    declaration: { annotations: READS },
    call() {
      throw { code: -32050, message: "boom error", data: { x: 1 } };
    },
  },
  struct: {
    declaration: { annotations: READS },
    call: () => text('{"v":42}', { structuredContent: { v: 42 } }),
  },
  pic: {
    declaration: { annotations: READS },
    call: () => ({
      content: [
        { type: "text", text: "pic:" },
        { type: "image", data: PNG, mimeType: "image/png" },
      ],
    }),
  },
  slow: {
    declaration: { annotations: READS },
    call: async ({ ms = 60_000 }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return text("slow done");
    },
  },
  big: {
    declaration: { annotations: READS },
    call: ({ bytes = 1000, kind = "text" }) =>
      kind === "text" ? text("x".repeat(bytes)) : kind === "image"
        ? {
          content: [{
            type: "image",
            data: "A".repeat(bytes),
            mimeType: "image/png",
          }],
        }
        : text("see structure", {
          structuredContent: { data: "x".repeat(bytes) },
        }),
  },
  crash: {
    declaration: { annotations: READS },
    call: () => Deno.exit(3),
  },
  noise: {
    declaration: { annotations: READS },
    call() {
      print("this is no JSON");
      print('{"jsonrpc":"2.0","id":999,"result":{}}');
      print("[1,2");
      return text("through the noise");
    },
  },
  odd: {
    declaration: { annotations: READS },
    call: () => ({ content: "not a list" }),
  },
  env: {
    declaration: { annotations: READS },
    call: () =>
      text(JSON.stringify({ ...Deno.env.toObject(), cwd: Deno.cwd() })),
  },
  elicit: {
    declaration: { annotations: READS },
    call: async ({ more = {}, times = 1 }) => {
      const answers = await Promise.all(
        Array.from({ length: times }, () =>
          ask("elicitation/create", {
            message: "Really?",
            requestedSchema: schema({ yes: { type: "boolean" } }, ["yes"]),
            ...more,
          })),
      );
      return text(`elicited: ${answers.map((one) => JSON.stringify(one))}`);
    },
  },
  progress: {
    declaration: { annotations: READS },
    call: async ({ steps = 3 }, { progressToken }) => {
      for (let step = 1; step <= steps; step++) {
        notify("progress", {
          progressToken,
          progress: step,
          total: steps,
          ...(step === 1 ? { message: "begun" } : {}),
        });
      }
      return text("arrived");
    },
  },
  change: {
    declaration: { annotations: READS },
    call: ({ name }) => {
      tools[name] = {
        declaration: { annotations: READS },
        call: () => text(`new: ${name}`),
      };
      notify("tools/list_changed", {});
      return text("changed");
    },
  },
  flood: {
    declaration: { annotations: READS },
    call: ({ count = 1000 }) => {
      for (let at = 0; at < count; at++) {
        notify("message", { level: "error", data: "x".repeat(1000) });
        notify("tools/list_changed", {});
        notify("progress", { progressToken: "of nothing", progress: at });
        console.error("y".repeat(1000));
      }
      return text("flooded");
    },
  },
};

function notify(method: string, params: Json): void {
  print(
    JSON.stringify({
      jsonrpc: "2.0",
      method: `notifications/${method}`,
      params,
    }),
  );
}

let hasListed = false;
const questions = new Map<string, (answer: Json) => void>();

function ask(method: string, params: Json): Promise<Json> {
  const id = `q${questions.size + 1}`;
  print(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return new Promise((resolve) => questions.set(id, resolve));
}

function print(line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  let at = 0;
  while (at < bytes.length) at += Deno.stdout.writeSync(bytes.subarray(at));
}

async function answer(method: string, params: Json): Promise<Json> {
  switch (method) {
    case "initialize":
      await new Promise((resolve) =>
        setTimeout(resolve, Number(options.get("start-ms") ?? 0))
      );
      if (options.has("hang")) return await new Promise(() => {});
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true }, resources: {} },
        serverInfo: { name: "scripted", version: "1" },
        ...(options.has("instructions")
          ? { instructions: options.get("instructions") }
          : {}),
      };
    case "tools/list":
      if (options.has("list-once") && hasListed) {
        return await new Promise(() => {});
      }
      hasListed = params?.cursor !== undefined;
      return listTools(params?.cursor);
    case "tools/call": {
      const tool = tools[params.name];
      if (tool === undefined) return text(`ran ${params.name}`);
      return await tool.call(params.arguments ?? {}, params._meta ?? {});
    }
    case "resources/list":
      return {
        resources: [{
          uri: "mem://a",
          name: "A",
          description: "res a",
          mimeType: "text/plain",
        }],
      };
    case "resources/templates/list":
      return { resourceTemplates: [{ uriTemplate: "mem://{x}", name: "T" }] };
    case "resources/read":
      if (typeof params.uri !== "string") {
        throw { code: -32602, message: "no such resource" };
      }
      return {
        contents: [{
          uri: params.uri,
          mimeType: "text/plain",
          text: "res body",
        }],
      };
    default:
      throw { code: -32601, message: `no method ${method}` };
  }
}

/** Two pages, so that a client must ask twice. */
function listTools(cursor: string | undefined): Json {
  const own = Object.entries(tools).map(([name, { declaration }]) => ({
    name,
    inputSchema: { type: "object" },
    ...declaration,
  }));
  if (cursor === undefined && !options.has("one-page")) {
    return { tools: own.slice(0, 5), nextCursor: "page 2" };
  }
  const more = Array.from(
    { length: Number(options.get("tools") ?? 0) },
    (_, n) => ({
      name: `tool ${n}`,
      inputSchema: { type: "object" },
      annotations: READS,
    }),
  );
  const duplicates = options.has("duplicates")
    ? [
      { name: "echo", description: "again", inputSchema: { type: "object" } },
      { name: "tool.a", inputSchema: { type: "object" }, annotations: READS },
      { name: "tool a", inputSchema: { type: "object" }, annotations: READS },
      { name: "long".repeat(20), inputSchema: { type: "object" } },
    ]
    : [];
  const broken = options.has("broken-tools") ? [{ name: 5 }, "no tool"] : [];
  const rest = options.has("one-page") ? own : own.slice(5);
  return { tools: [...rest, ...more, ...duplicates, ...broken] };
}

async function take(line: string): Promise<void> {
  const log = options.get("log");
  if (log) Deno.writeTextFileSync(log, `${line}\n`, { append: true });
  const message = JSON.parse(line);
  if (message.method === undefined) {
    questions.get(message.id)?.(message.result ?? { error: message.error });
    return;
  }
  if (message.id === undefined) return;
  try {
    const result = await answer(message.method, message.params);
    print(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
  } catch (error) {
    print(JSON.stringify({ jsonrpc: "2.0", id: message.id, error }));
  }
}

async function main(): Promise<void> {
  if (options.has("exit")) Deno.exit(4);
  if (options.has("noise")) {
    print("starting up, please wait");
    print("{ this is no JSON either");
  }
  console.error("scripted server: ready");
  let rest = "";
  for await (
    const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  ) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  }
  // A server that misses the end of its input must be ended.
  if (options.has("stay")) await new Promise(() => setInterval(() => {}, 1000));
  Deno.exit(0);
}

if (import.meta.main) await main();
