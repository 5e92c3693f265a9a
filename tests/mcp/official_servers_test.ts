/**
 * The servers of the protocol's own project, unchanged, over both transports. They are
 * no dependency; without them these tests are left out. `deno task mcp-servers` gets
 * them.
 */
import assert from "node:assert/strict";
import type { McpServer } from "@/mcp/server.ts";
import { reduceToolSchema } from "@/mcp/tool_schema.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { serverConfig, withServer } from "./scripted.ts";

const MODULES = new URL(
  "../../dist/mcp-servers/node_modules/@modelcontextprotocol/",
  import.meta.url,
).pathname;

const whenInstalled = {
  ignore: await Deno.stat(`${MODULES}server-everything`).then(
    () => false,
    () => true,
  ),
};

function argv(name: string, ...words: readonly string[]): readonly string[] {
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--node-modules-dir=manual",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-net",
    "--allow-sys",
    `${MODULES}server-${name}/dist/index.js`,
    ...words,
  ];
}

function stdioConfig([command = "", ...args]: readonly string[]) {
  return serverConfig([], {
    transport: {
      kind: "stdio",
      command,
      args,
      env: undefined,
      envVars: ["DENO_DIR"],
      cwd: undefined,
    },
  });
}

async function useEverything(server: McpServer): Promise<void> {
  assert.ok(server.tools.length >= 10, `${server.tools.length} tools`);
  for (const { inputSchema } of server.tools) {
    assert.equal(reduceToolSchema(inputSchema).type, "object");
  }
  const call = (tool: string, args: Readonly<Record<string, unknown>>) =>
    server.call({ tool, arguments: args, meta: {} }, NEVER);
  assert.deepEqual(await call("echo", { message: "hi" }), {
    kind: "result",
    content: [{ type: "text", text: "Echo: hi" }],
    isError: false,
  });
  const structured = await call("get-structured-content", {
    location: "Chicago",
  });
  assert.ok(
    structured.kind === "result" && structured.structuredContent !== undefined,
  );
  const progress = await call("trigger-long-running-operation", {
    duration: 0.3,
    steps: 3,
  });
  assert.equal(progress.kind, "result");
  const wrong = await call("echo", {});
  assert.ok(wrong.kind === "error" || wrong.isError);
  const { resources } = await server.resources("resources/list", {}, NEVER);
  assert.ok(Array.isArray(resources) && resources.length > 0);
}

Deno.test("the everything server works over stdio", whenInstalled, async () => {
  await withServer(stdioConfig(argv("everything", "stdio")), useEverything);
});

Deno.test(
  "the everything server works behind an address",
  whenInstalled,
  async () => {
    const port = freePort();
    const [command = "", ...args] = argv("everything", "streamableHttp");
    const child = new Deno.Command(command, {
      args,
      env: { PORT: String(port) },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const url = `http://127.0.0.1:${port}/mcp`;
      while (!await answers(url)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const transport = {
        kind: "http" as const,
        url,
        bearerTokenEnvVar: undefined,
        headers: undefined,
        envHeaders: undefined,
        scopes: undefined,
        oauthResource: undefined,
        oauthClient: undefined,
      };
      await withServer(serverConfig([], { transport }), useEverything);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  },
);

Deno.test(
  "the filesystem server reads and writes where it may",
  whenInstalled,
  async () => {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    try {
      await withServer(
        stdioConfig(argv("filesystem", directory)),
        async (server) => {
          const call = (
            tool: string,
            args: Readonly<Record<string, unknown>>,
          ) => server.call({ tool, arguments: args, meta: {} }, NEVER);
          await call("write_file", {
            path: `${directory}/a.txt`,
            content: "one",
          });
          assert.equal(await Deno.readTextFile(`${directory}/a.txt`), "one");
          const outside = await call("read_text_file", {
            path: "/etc/hostname",
          });
          assert.ok(outside.kind === "result" && outside.isError);
          const hints = Object.fromEntries(
            server.tools.map(({ name, hints }) => [name, hints]),
          );
          assert.equal(hints.read_text_file?.readOnlyHint, true);
          assert.equal(hints.write_file?.readOnlyHint, false);
        },
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test(
  "the memory server keeps what it is told from one start to the next",
  whenInstalled,
  async () => {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    const config = stdioConfig(argv("memory"));
    const { transport } = config;
    if (transport.kind !== "stdio") return;
    const env = { MEMORY_FILE_PATH: `${directory}/memory.jsonl` };
    const kept = { ...config, transport: { ...transport, env } };
    const entity = {
      name: "Deno",
      entityType: "runtime",
      observations: ["runs TypeScript"],
    };
    const structured = async (
      server: McpServer,
      tool: string,
      args: Readonly<Record<string, unknown>>,
    ) => {
      const answer = await server.call(
        { tool, arguments: args, meta: {} },
        NEVER,
      );
      assert.ok(answer.kind === "result" && !answer.isError, tool);
      return answer.structuredContent;
    };
    try {
      await withServer(kept, async (server) => {
        assert.equal(server.tools.length, 9);
        await structured(server, "create_entities", { entities: [entity] });
      });
      await withServer(kept, async (server) => {
        assert.deepEqual(
          await structured(server, "search_nodes", { query: "typescript" }),
          { entities: [entity], relations: [] },
        );
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}
