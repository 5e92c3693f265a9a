/** Servers behind an address: a small one of our own that speaks streamable HTTP. */
import assert from "node:assert/strict";
import type { McpTransport } from "@/config/config.ts";
import { serverHeaders } from "@/mcp/http_transport.ts";
import { McpStartError } from "@/mcp/server.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { serverConfig, withServer } from "./scripted.ts";

interface Seen {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rpc: string | undefined;
}

interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Makes the server forget the session it gave out. */
  forget(): void;
}

/** Answers `initialize` as JSON and everything else as an event stream. */
function startHttpServer(): HttpServer {
  const seen: Seen[] = [];
  let session = 1;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const text = await request.text();
      const rpc = text === "" ? undefined : JSON.parse(text);
      const headers = Object.fromEntries(request.headers);
      seen.push({ method: request.method, headers, rpc: rpc?.method });
      if (headers.authorization !== "Bearer secret") {
        return new Response("who are you?", { status: 401 });
      }
      if (
        rpc?.method !== "initialize" &&
        headers["mcp-session-id"] !== `s${session}`
      ) return new Response("no such session", { status: 404 });
      if (request.method === "GET") return new Response(null, { status: 405 });
      if (request.method === "DELETE") return new Response(null);
      if (rpc.id === undefined) return new Response(null, { status: 202 });
      const result = resultOf(rpc.method, rpc.params);
      const answer = { jsonrpc: "2.0", id: rpc.id, result };
      return rpc.method === "initialize"
        ? Response.json(answer, {
          headers: { "mcp-session-id": `s${session}` },
        })
        : new Response(`event: message\ndata: ${JSON.stringify(answer)}\n\n`, {
          headers: { "content-type": "text/event-stream" },
        });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    seen,
    forget: () => session++,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

// deno-lint-ignore no-explicit-any -- parameters of every shape
function resultOf(method: string, params: any): unknown {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "http", version: "1" },
      };
    case "tools/list":
      return { tools: [{ name: "echo", inputSchema: { type: "object" } }] };
    default:
      return {
        content: [{
          type: "text",
          text: `echo: ${params.arguments.text}`.padEnd(
            params.arguments.length ?? 0,
          ),
        }],
      };
  }
}

function httpConfig(url: string, variable = "CODEX_TEST_TOKEN") {
  return serverConfig([], {
    transport: {
      kind: "http",
      url,
      bearerTokenEnvVar: variable,
      headers: { "X-Fixed": "f" },
      envHeaders: undefined,
      scopes: undefined,
      oauthResource: undefined,
      oauthClient: undefined,
    },
  });
}

Deno.test("a server behind an address is called with its headers and told when it is over", async () => {
  Deno.env.set("CODEX_TEST_TOKEN", "secret");
  await using http = startHttpServer();
  await withServer(httpConfig(http.url), async (server) => {
    assert.deepEqual(server.tools.map(({ name }) => name), ["echo"]);
    assert.deepEqual(
      await server.call(
        { tool: "echo", arguments: { text: "yo" }, meta: {} },
        NEVER,
      ),
      {
        kind: "result",
        content: [{ type: "text", text: "echo: yo" }],
        isError: false,
      },
    );
  });
  const calls = http.seen.filter(({ method }) => method !== "GET");
  assert.deepEqual(calls.map(({ method, rpc }) => rpc ?? method), [
    "initialize",
    "notifications/initialized",
    "tools/list",
    "tools/call",
    "DELETE",
  ]);
  const headers = calls[3]?.headers ?? {};
  assert.deepEqual(
    [
      headers["x-fixed"],
      headers["mcp-session-id"],
      headers["mcp-protocol-version"],
    ],
    ["f", "s1", "2025-06-18"],
  );
  Deno.env.delete("CODEX_TEST_TOKEN");
});

Deno.test("a session the server forgot is begun again, and the call with it", async () => {
  Deno.env.set("CODEX_TEST_TOKEN", "secret");
  await using http = startHttpServer();
  await withServer(httpConfig(http.url), async (server) => {
    const call = async (text: string) => {
      const answer = await server.call(
        { tool: "echo", arguments: { text }, meta: {} },
        NEVER,
      );
      return answer.kind === "result" ? answer.content : answer.message;
    };
    for (let time = 0; time < 5; time++) {
      http.forget();
      const both = await Promise.all([call("a"), call("b")]);
      assert.deepEqual(both, [
        [{ type: "text", text: "echo: a" }],
        [{ type: "text", text: "echo: b" }],
      ]);
    }
    assert.equal(server.takeNotices().length, 5);
  });
  const starts = http.seen.filter(({ rpc }) => rpc === "initialize");
  assert.equal(starts.length, 6);
  Deno.env.delete("CODEX_TEST_TOKEN");
});

Deno.test("a message without end costs a server behind an address its connection, too", async () => {
  Deno.env.set("CODEX_TEST_TOKEN", "secret");
  await using http = startHttpServer();
  await withServer(httpConfig(http.url), async (server) => {
    const call = (length: number) =>
      server.call(
        { tool: "echo", arguments: { text: "x", length }, meta: {} },
        NEVER,
      );
    assert.deepEqual(await call(70_000_000), {
      kind: "error",
      message:
        "tool call failed for `scripted/echo`\n\nCaused by:\n    Transport closed",
    });
    assert.equal((await call(10)).kind, "result");
  });
  Deno.env.delete("CODEX_TEST_TOKEN");
});

Deno.test("an address that cannot be used is told of", async () => {
  await using http = startHttpServer();
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [http.url, "HOME", /401|Unauthorized|who are you/i],
    [
      http.url,
      "CODEX_TEST_UNSET",
      /^Environment variable CODEX_TEST_UNSET for MCP server 'scripted' is not set$/,
    ],
    [unusedUrl(), "HOME", /refused/],
    ["nonsense", "HOME", /^"nonsense" is no address$/],
  ];
  for (const [url, variable, reason] of cases) {
    await assert.rejects(
      withServer(httpConfig(url, variable), async () => {}),
      (error) => {
        assert.ok(error instanceof McpStartError, String(error));
        assert.match(error.message, reason);
        return true;
      },
    );
  }
});

Deno.test("headers come fixed, from variables, and as a token; unset ones are left out", () => {
  const variables: Record<string, string> = { A: " a ", TOKEN: "t" };
  const env = { get: (name: string) => variables[name], all: () => variables };
  const server: Extract<McpTransport, { kind: "http" }> = {
    kind: "http",
    url: "http://x",
    bearerTokenEnvVar: "TOKEN",
    headers: { "X-F": "f" },
    envHeaders: { "X-A": "A", "X-B": "B" },
    scopes: undefined,
    oauthResource: undefined,
    oauthClient: undefined,
  };
  assert.deepEqual(serverHeaders("s", server, env), {
    "X-F": "f",
    "X-A": "a",
    authorization: "Bearer t",
  });
});

function unusedUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}/mcp`;
}
