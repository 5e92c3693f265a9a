/** The program with MCP servers: what the model is told, what it gets, what is left. */
import assert from "node:assert/strict";
import { serverArgv } from "@test/mcp/scripted.ts";
import { startAuthorizationServer } from "@test/support/authorization_server.ts";
import {
  type CodexRun,
  collect,
  type JsonEvent,
  makeWorkspace,
  runCodex,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  message,
  type MockStep,
  type RecordedRequest,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { isGone, isRunning } from "@test/support/processes.ts";

const NAMESPACE = "mcp__mock__";

function section(
  name: string,
  words: readonly string[],
  keys: readonly string[] = [],
): string {
  const [command, ...args] = serverArgv(...words);
  return [
    `[mcp_servers.${name}]`,
    `command = ${JSON.stringify(command)}`,
    `args = ${JSON.stringify(args)}`,
    'env_vars = ["DENO_DIR"]',
    ...keys,
    "",
  ].join("\n");
}

interface Run extends CodexRun {
  readonly requests: readonly RecordedRequest[];
  readonly workspace: Workspace;
}

async function runWith(
  config: string,
  steps: readonly MockStep[],
  options: {
    readonly flags?: readonly string[];
    readonly use?: (run: Run) => Promise<void> | void;
  },
): Promise<void> {
  await using server = startMockServer(steps);
  await using workspace = await makeWorkspace();
  const provider = [
    'model_provider = "mock"',
    'model = "gpt-5.4"',
    config,
    "[model_providers.mock]",
    'name = "mock"',
    `base_url = "${server.url}"`,
    'experimental_bearer_token = "x"',
    "",
  ].join("\n");
  await Deno.writeTextFile(`${workspace.home}/config.toml`, provider);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", ...(options.flags ?? []), "go"],
  });
  await options.use?.({ ...run, requests: server.requests, workspace });
}

/** The outputs of a request's calls, by call id, without the time they took. */
function outputs(
  request: RecordedRequest | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    request?.body.input
      .filter((item: JsonEvent) => item.type === "function_call_output")
      .map((item: JsonEvent) => [
        item.call_id,
        typeof item.output === "string"
          ? item.output.replace(/Wall time: [\d.]+ /, "Wall time: N ")
          : item.output,
      ]),
  );
}

/** Items of MCP calls as they ended: tool, status, what went wrong. */
function ended(events: readonly JsonEvent[]): readonly unknown[] {
  return events
    .filter(({ type, item }) =>
      type === "item.completed" && item.type === "mcp_tool_call"
    )
    .map(({ item }) => [item.tool, item.status, item.error?.message ?? null]);
}

const use = (tool: string, args: unknown, id: string) =>
  response(call(tool, args, id, NAMESPACE));

const textOutput = (text: string) =>
  `Wall time: N seconds\nOutput:\n${JSON.stringify([{ type: "text", text }])}`;

Deno.test("the model sees a server's tools behind the built-in ones and gets what they give", async () => {
  await runWith(
    section("mock", ["--duplicates"], ["tool_timeout_sec = 1.5"]),
    [
      use("echo", { text: "yo" }, "1"),
      use("fail", {}, "2"),
      use("boom", {}, "3"),
      use("struct", { n: 1 }, "4"),
      use("pic", {}, "5"),
      use("slow", { ms: 20_000 }, "6"),
      use("echo", "{bad", "7"),
      use("nope", {}, "8"),
      response(call("mcp__mock__echo", { text: "flat" }, "9")),
      response(message("Done.")),
    ],
    {
      use({ code, requests, events }) {
        assert.equal(code, 0);
        const tools = requests[0]?.body.tools;
        assert.deepEqual(
          tools.map((tool: JsonEvent) => tool.name ?? tool.type),
          [
            "exec_command",
            "write_stdin",
            "list_mcp_resources",
            "list_mcp_resource_templates",
            "read_mcp_resource",
            "update_plan",
            "request_user_input",
            "apply_patch",
            "web_search",
            "view_image",
            "spawn_agent",
            "send_input",
            "resume_agent",
            "wait_agent",
            "close_agent",
            NAMESPACE,
          ],
        );
        const namespace = tools.at(-1);
        assert.equal(
          namespace.description,
          "Tools in the mcp__mock__ namespace.",
        );
        assert.deepEqual(
          namespace.tools.find((tool: JsonEvent) => tool.name === "echo"),
          {
            type: "function",
            name: "echo",
            description: "Gives back the text",
            strict: false,
            parameters: {
              type: "object",
              properties: {
                mode: { type: "string", enum: ["a", "b"] },
                text: { type: "string", description: "what to say" },
                times: { type: ["integer", "null"] },
                where: { type: "string" },
              },
              required: ["text"],
            },
          },
        );
        // The prefix of every request is the same bytes.
        assert.equal(
          new Set(requests.map(({ body }) => JSON.stringify(body.tools))).size,
          1,
        );
        const { "5": picture, "7": bad, ...others } = outputs(requests.at(-1));
        assert.deepEqual(others, {
          "1": textOutput("echo: yo"),
          "2": textOutput("it failed"),
          "3": textOutput(
            'tool call error: tool call failed for `mock/boom`\n\nCaused by:\n    Mcp error: -32050: boom error({"x":1})',
          ),
          "4": 'Wall time: N seconds\nOutput:\n{"v":42}',
          "6": textOutput(
            "tool call error: tool call failed for `mock/slow`\n\nCaused by:\n    timed out awaiting tools/call after 1.5s",
          ),
          "8": "unsupported call: mcp__mock__nope",
          "9": "unsupported call: mcp__mock__echo",
        });
        assert.deepEqual(
          (picture as JsonEvent).map(({ type }: JsonEvent) => type),
          ["input_text", "input_text", "input_image"],
        );
        assert.match(String(bad), /^Wall time: N seconds\nOutput:\n.*"err: /);
        assert.deepEqual(
          events.filter(({ item }) => item?.tool === "echo"),
          [
            {
              type: "item.started",
              item: {
                id: "item_0",
                type: "mcp_tool_call",
                server: "mock",
                tool: "echo",
                arguments: { text: "yo" },
                result: null,
                error: null,
                status: "in_progress",
              },
            },
            {
              type: "item.completed",
              item: {
                id: "item_0",
                type: "mcp_tool_call",
                server: "mock",
                tool: "echo",
                arguments: { text: "yo" },
                result: {
                  content: [{ type: "text", text: "echo: yo" }],
                  structured_content: null,
                },
                error: null,
                status: "completed",
              },
            },
          ],
        );
      },
    },
  );
});

Deno.test("without anyone to ask, only tools that do no harm run, unless the user said so", async () => {
  const steps = [
    use("echo", { text: "x" }, "1"),
    use("write", {}, "2"),
    use("delete", {}, "3"),
    response(message("Done.")),
  ];
  const refused = ["failed", "user cancelled MCP tool call"];
  const cases: readonly (readonly [
    readonly string[],
    readonly string[],
    readonly (readonly unknown[])[],
  ])[] = [
    [["-s", "workspace-write"], [], [
      ["completed", null],
      refused,
      refused,
    ]],
    [["-s", "danger-full-access"], [], [
      ["completed", null],
      ["completed", null],
      ["completed", null],
    ]],
    [["-s", "read-only"], ['default_tools_approval_mode = "approve"'], [
      ["completed", null],
      ["completed", null],
      ["completed", null],
    ]],
    [["-s", "read-only"], ['tools.write.approval_mode = "approve"'], [
      ["completed", null],
      ["completed", null],
      refused,
    ]],
    [["-s", "read-only"], ['default_tools_approval_mode = "prompt"'], [
      refused,
      refused,
      refused,
    ]],
  ];
  for (const [flags, keys, wanted] of cases) {
    await runWith(section("mock", [], keys), steps, {
      flags,
      use({ code, events }) {
        assert.equal(code, 0);
        const found = ended(events) as readonly (readonly unknown[])[];
        assert.deepEqual(
          found.map(([, ...rest]) => rest),
          wanted,
          `${flags} ${keys}`,
        );
      },
    });
  }
});

Deno.test("a server that cannot be used is a warning, a required one an error", async () => {
  const bad = '[mcp_servers.bad]\ncommand = "/nonexistent/server"\n';
  await runWith(bad + section("mock", []), [
    use("echo", { text: "x" }, "1"),
    response(message("Done.")),
  ], {
    use({ code, events }) {
      assert.equal(code, 0);
      assert.deepEqual(events.slice(1, 3).map(({ type }) => type), [
        "turn.started",
        "item.completed",
      ]);
      assert.match(
        events[2].item.message,
        /^MCP server "bad" is not available: .*No such file or directory/,
      );
      assert.deepEqual(ended(events), [["echo", "completed", null]]);
    },
  });
  await runWith(`${bad}required = true\n` + section("mock", []), [], {
    use({ code, stdout, stderr, requests }) {
      assert.deepEqual([code, stdout, requests.length], [1, "", 0]);
      assert.match(
        stderr,
        /Error: required MCP servers failed to initialize: bad: .*No such file/,
      );
    },
  });
  await runWith(`${bad}enabled = false\n`, [response(message("Done."))], {
    use({ code, events, requests }) {
      assert.equal(code, 0);
      assert.equal(events.length, 4);
      assert.doesNotMatch(JSON.stringify(requests[0]?.body.tools), /mcp/);
    },
  });
});

Deno.test("a server that wants a login is a warning with the command to run", async () => {
  await using guarded = startAuthorizationServer();
  const config = `[mcp_servers.web]\nurl = "${guarded.url}"\n`;
  const told = 'MCP server "web" is not available: it wants a login: ' +
    "run `codex mcp login web`";
  await runWith(config, [response(message("Done."))], {
    use({ code, events, stderr }) {
      assert.equal(code, 0);
      const warnings = events.filter(({ item }) => item?.type === "error");
      assert.deepEqual(warnings.map(({ item }) => item.message), [told]);
      assert.doesNotMatch(stderr, /Bearer|oauth/i);
    },
  });
  await runWith(`${config}required = true\n`, [], {
    use({ code, stderr }) {
      assert.equal(code, 1);
      assert.match(stderr, /web: it wants a login: run `codex mcp login web`/);
    },
  });
});

Deno.test("the resources of all servers are listed and read", async () => {
  await runWith(section("mock", []) + section("other", []), [
    response(
      call("list_mcp_resources", {}, "1"),
      call("list_mcp_resource_templates", { server: "mock" }, "2"),
      call("read_mcp_resource", { server: "mock", uri: "mem://a" }, "3"),
      call("read_mcp_resource", { server: "nope", uri: "mem://a" }, "4"),
    ),
    response(message("Done.")),
  ], {
    use({ requests }) {
      const entry = (server: string) =>
        `{"server":"${server}","uri":"mem://a","name":"A","description":"res a","mimeType":"text/plain"}`;
      assert.deepEqual(outputs(requests[1]), {
        "1": `{"resources":[${entry("mock")},${entry("other")}]}`,
        "2":
          '{"server":"mock","resourceTemplates":[{"server":"mock","uriTemplate":"mem://{x}","name":"T"}]}',
        "3":
          '{"server":"mock","uri":"mem://a","contents":[{"uri":"mem://a","mimeType":"text/plain","text":"res body"}]}',
        "4": "resources/read failed: unknown MCP server 'nope'",
      });
    },
  });
});

Deno.test("tools of a server that allows it run beside each other, others in order", async () => {
  const steps = [
    response(
      call("slow", { ms: 700 }, "1", NAMESPACE),
      call("slow", { ms: 700 }, "2", NAMESPACE),
    ),
    response(message("Done.")),
  ];
  const kinds = async (keys: readonly string[]) => {
    let found: readonly string[] = [];
    await runWith(section("mock", [], keys), steps, {
      use({ events }) {
        found = events.filter(({ item }) => item?.type === "mcp_tool_call")
          .map(({ type }) => type.slice("item.".length));
      },
    });
    return found;
  };
  assert.deepEqual(await kinds(["supports_parallel_tool_calls = true"]), [
    "started",
    "started",
    "completed",
    "completed",
  ]);
  assert.deepEqual(await kinds([]), [
    "started",
    "completed",
    "started",
    "completed",
  ]);
});

Deno.test("no server is left behind: not after the end, not after an interrupt, not of a start", async () => {
  const mark = `--mark-${crypto.randomUUID()}=1`;
  await runWith(
    section("mock", [mark, "--stay"]),
    [response(message("Done."))],
    {
      async use({ code }) {
        assert.equal(code, 0);
        assert.ok(await isGone(mark));
      },
    },
  );
  const cases = [
    { words: ["--stay"], keys: [] },
    { words: ["--hang", "--stay"], keys: [] },
    { words: ["--hang", "--stay"], keys: ["required = true"] },
  ];
  for (const { words, keys } of cases) {
    await using server = startMockServer([
      use("slow", { ms: 60_000 }, "1"),
      response(message("Done.")),
    ]);
    await using workspace = await makeWorkspace(server);
    await Deno.writeTextFile(
      `${workspace.home}/config.toml`,
      await Deno.readTextFile(`${workspace.home}/config.toml`) +
        section("mock", [mark, ...words], keys),
    );
    const child = spawnCodex({ workspace, args: ["exec", "--json", "go"] });
    await child.stdin.close();
    while (!await isRunning(mark)) await pause();
    while (server.requests.length === 0 && !words.includes("--hang")) {
      await pause();
    }
    await pause(300);
    child.kill("SIGINT");
    const { code } = await collect(child);
    assert.equal(code, 1);
    assert.ok(await isGone(mark), words.join(" "));
  }
});

function pause(ms = 50): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
