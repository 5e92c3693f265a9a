/** MCP servers as clients of the app-server look at them and use them. */
import assert from "node:assert/strict";
import { serverArgv } from "@test/mcp/scripted.ts";
import { startAppClient } from "@test/support/app_client.ts";
import { startAuthorizationServer } from "@test/support/authorization_server.ts";
import {
  type JsonEvent,
  makeWorkspace,
  mockProvider,
  type Workspace,
} from "@test/support/codex.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

function section(name: string, keys: readonly string[] = []): string {
  const [command, ...args] = serverArgv("--one-page");
  return [
    `[mcp_servers.${name}]`,
    `command = ${JSON.stringify(command)}`,
    `args = ${JSON.stringify(args)}`,
    'env_vars = ["DENO_DIR"]',
    ...keys,
    "",
  ].join("\n");
}

async function configure(
  { home }: Workspace,
  ...parts: readonly string[]
): Promise<void> {
  await Deno.writeTextFile(`${home}/config.toml`, parts.join("\n"));
}

const DEAD = '[mcp_servers.dead]\ncommand = "/nowhere"\n';
const OFF = '[mcp_servers.off]\ncommand = "x"\nenabled = false\n';

Deno.test("every configured server is described, page by page", async () => {
  await using workspace = await makeWorkspace();
  await configure(workspace, section("live"), DEAD, OFF);
  await using client = await startAppClient(workspace);
  const { data, nextCursor } = await client.request("mcpServerStatus/list", {});
  assert.equal(nextCursor, null);
  assert.deepEqual(
    data.map(({ name, authStatus }: JsonEvent) => [name, authStatus]),
    [["dead", "unsupported"], ["live", "unsupported"], ["off", "unsupported"]],
  );
  const [dead, live, off] = data;
  for (const { tools, resources, resourceTemplates } of [dead, off]) {
    assert.deepEqual([tools, resources, resourceTemplates], [{}, [], []]);
  }
  assert.equal(live.tools.echo.title, "Echo");
  assert.deepEqual(live.tools.echo.outputSchema.properties.said, {
    type: "string",
  });
  assert.deepEqual(live.tools.echo.annotations, { readOnlyHint: true });
  assert.equal(live.resources.length > 0, true);
  assert.equal(live.resourceTemplates.length > 0, true);
  const first = await client.request("mcpServerStatus/list", { limit: 1 });
  assert.deepEqual([first.data.length, first.nextCursor], [1, "1"]);
  const second = await client.request("mcpServerStatus/list", {
    limit: 1,
    cursor: "1",
    detail: "toolsAndAuthOnly",
  });
  assert.equal(second.data[0].name, "live");
  assert.deepEqual(second.data[0].resources, []);
  assert.ok(second.data[0].tools.echo);
  for (
    const [cursor, why] of [
      ["x", "invalid cursor: x"],
      ["-1", "invalid cursor: -1"],
      ["9", "cursor 9 exceeds total MCP servers 3"],
    ]
  ) {
    const error = await client.refused("mcpServerStatus/list", { cursor });
    assert.deepEqual([error.code, error.message], [-32600, why]);
  }
});

Deno.test("a client reads and calls, with a thread and without, and is told why it cannot", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace();
  await configure(
    workspace,
    mockProvider(server.url),
    section("live", ['disabled_tools = ["write"]']),
    DEAD,
  );
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const { resources } = (await client.request("mcpServerStatus/list", {}))
    .data.find(({ name }: JsonEvent) => name === "live");
  const [{ uri }] = resources;
  for (const where of [{}, { threadId: thread.id }]) {
    const { contents } = await client.request("mcpServer/resource/read", {
      server: "live",
      uri,
      ...where,
    });
    assert.equal(contents[0].uri, uri);
  }
  const answer = await client.request("mcpServer/tool/call", {
    threadId: thread.id,
    server: "live",
    tool: "echo",
    arguments: { text: "hi" },
  });
  assert.deepEqual(answer.content, [{ type: "text", text: "echo: hi" }]);
  assert.equal(answer.isError, false);
  const failed = await client.request("mcpServer/tool/call", {
    threadId: thread.id,
    server: "live",
    tool: "fail",
  });
  assert.equal(failed.isError, true);
  const call = { threadId: thread.id, server: "live", tool: "echo" };
  const refusals: readonly (readonly [JsonEvent, number, RegExp])[] = [
    [{ ...call, server: "none" }, -32603, /^unknown MCP server 'none'$/],
    [{ ...call, server: "dead" }, -32603, /^failed to get client: /],
    [{ ...call, tool: "write" }, -32603, /no such tool/],
    [{ ...call, arguments: [1] }, -32603, /must be a JSON object, got \[1\]$/],
    [{ ...call, tool: "boom" }, -32603, /boom error/],
    [{ ...call, threadId: "none" }, -32600, /^thread not found: none$/],
  ];
  for (const [params, code, why] of refusals) {
    const error = await client.refused("mcpServer/tool/call", params);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, why);
  }
  const lost = await client.refused("mcpServer/resource/read", {
    server: "none",
    uri,
  });
  assert.equal(lost.message, "unknown MCP server 'none'");
});

Deno.test("servers read anew are the model's from the next turn on", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
    response(message("three")),
  ]);
  await using workspace = await makeWorkspace(server);
  const file = `${workspace.home}/config.toml`;
  const before = await Deno.readTextFile(file);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const turn = async () => {
    const input = [{ type: "text", text: "go" }];
    await client.request("turn/start", { threadId: thread.id, input });
    await client.next("turn/completed");
    const { body } = server.requests.at(-1)!;
    return body.tools.some(({ name }: JsonEvent) => name === "mcp__live__");
  };
  assert.equal(await turn(), false);
  await Deno.writeTextFile(file, `${before}\n${section("live")}`);
  await client.request("config/mcpServer/reload", undefined);
  assert.equal(await turn(), true);
  await Deno.writeTextFile(file, "model = \n");
  await client.request("config/mcpServer/reload", undefined);
  assert.equal(await turn(), true);
  const warning = client.messages.find(({ method }) => method === "warning");
  assert.match(
    warning.params.message,
    /^Cannot read the MCP servers anew: .*config.toml:1/,
  );
});

Deno.test("a login to a server is begun for the client to show, and told when it is done", async () => {
  await using guarded = startAuthorizationServer({});
  await using workspace = await makeWorkspace();
  await configure(
    workspace,
    'mcp_oauth_credentials_store = "file"',
    `[mcp_servers.web]\nurl = "${guarded.url}"\n`,
    section("live"),
  );
  await using client = await startAppClient(workspace);
  const authOf = async () => {
    const { data } = await client.request("mcpServerStatus/list", {
      detail: "toolsAndAuthOnly",
    });
    return data.find(({ name }: JsonEvent) => name === "web").authStatus;
  };
  assert.equal(await authOf(), "notLoggedIn");
  const { authorizationUrl } = await client.request("mcpServer/oauth/login", {
    name: "web",
    timeoutSecs: 60,
  });
  const consent = await fetch(authorizationUrl, { redirect: "manual" });
  await consent.body?.cancel();
  const back = await fetch(consent.headers.get("location") ?? "");
  await back.text();
  assert.deepEqual(await client.next("mcpServer/oauthLogin/completed"), {
    name: "web",
    success: true,
  });
  assert.equal(await authOf(), "oAuth");
  for (
    const [name, why] of [
      ["none", "No MCP server named 'none' found."],
      ["live", "OAuth login is only supported for streamable HTTP servers."],
    ]
  ) {
    const error = await client.refused("mcpServer/oauth/login", { name });
    assert.deepEqual([error.code, error.message], [-32600, why]);
  }
  // One that nobody finishes ends with the server.
  await client.request("mcpServer/oauth/login", { name: "web" });
  const { code } = await client.end();
  assert.equal(code, 0);
});

Deno.test("a client hears how far the servers of its threads have come", async () => {
  await using workspace = await makeWorkspace();
  await configure(
    workspace,
    mockProvider("http://x/v1"),
    section("live"),
    DEAD,
    OFF,
  );
  await using client = await startAppClient(workspace);
  await client.request("thread/start", { cwd: workspace.cwd });
  const heard = new Map<string, string[]>();
  while ([...heard.values()].flat().length < 4) {
    const { name, status, error } = await client.next(
      "mcpServer/startupStatus/updated",
    );
    heard.set(name, [...heard.get(name) ?? [], status]);
    assert.equal(error !== null, status === "failed", error);
  }
  assert.deepEqual(Object.fromEntries(heard), {
    live: ["starting", "ready"],
    dead: ["starting", "failed"],
  });
});

Deno.test("a server may ask the client while the client calls its tool", async () => {
  await using workspace = await makeWorkspace();
  await configure(workspace, mockProvider("http://x/v1"), section("live"));
  const asked: JsonEvent[] = [];
  await using client = await startAppClient(workspace, {
    answer(method, params) {
      asked.push([method, params.serverName, params.turnId]);
      return { action: "decline" };
    },
  });
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
    approvalPolicy: "on-request",
  });
  const { content } = await client.request("mcpServer/tool/call", {
    threadId: thread.id,
    server: "live",
    tool: "elicit",
    arguments: {},
  });
  assert.match(content[0].text, /^elicited: .*"action":"decline"/);
  assert.ok(asked.length > 0);
  for (const one of asked) {
    assert.deepEqual(one, ["mcpServer/elicitation/request", "live", null]);
  }
});
