/** One connection to a server that behaves, and to one that does not. */
import assert from "node:assert/strict";
import { RESULT_CHARS_MAX } from "@/mcp/bounded_result.ts";
import {
  type CallAnswer,
  McpRequestError,
  type McpServer,
  McpStartError,
} from "@/mcp/server.ts";
import { jsonLines } from "@test/support/codex.ts";
import { NEVER } from "@test/support/fake_clock.ts";
import { serverConfig, withServer } from "./scripted.ts";

function call(
  server: McpServer,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  signal = NEVER,
): Promise<CallAnswer> {
  return server.call(
    { tool, arguments: args, meta: { threadId: "t" } },
    signal,
  );
}

async function callText(
  server: McpServer,
  tool: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<string> {
  const answer = await call(server, tool, args);
  return answer.kind === "error"
    ? answer.message
    : (answer.content[0] as { text: string }).text;
}

async function withLog(
  use: (log: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "codex-mcp-" });
  try {
    await use(`${directory}/log`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a connection says who we are, reads every page of tools, and calls them", async () => {
  await withLog(async (log) => {
    await withServer(
      serverConfig([`--log=${log}`, "--instructions=Be kind"]),
      async (server) => {
        assert.equal(server.instructions, "Be kind");
        assert.equal(server.tools.length, 17);
        assert.deepEqual(await call(server, "struct"), {
          kind: "result",
          content: [{ type: "text", text: '{"v":42}' }],
          structuredContent: { v: 42 },
          isError: false,
        });
        assert.deepEqual(await call(server, "fail"), {
          kind: "result",
          content: [{ type: "text", text: "it failed" }],
          isError: true,
        });
        assert.deepEqual(await call(server, "boom"), {
          kind: "error",
          message:
            'tool call failed for `scripted/boom`\n\nCaused by:\n    Mcp error: -32050: boom error({"x":1})',
        });
        assert.equal(
          await callText(server, "elicit"),
          'elicited: {"action":"decline"}',
        );
      },
    );
    const [hello, ready, list, next, struct] = jsonLines(
      await Deno.readTextFile(log),
    );
    assert.deepEqual(hello.params, {
      protocolVersion: "2025-06-18",
      capabilities: { elicitation: { form: {} } },
      clientInfo: {
        name: "codex-mcp-client",
        title: "Codex",
        version: "0.124.0",
      },
    });
    assert.equal(ready.method, "notifications/initialized");
    assert.deepEqual([list.method, next.params.cursor], [
      "tools/list",
      "page 2",
    ]);
    assert.deepEqual(struct.params, {
      _meta: { threadId: "t", progressToken: struct.id },
      name: "struct",
      arguments: {},
    });
  });
});

Deno.test("a server's process sees only the environment made for it", async () => {
  Deno.env.set("CODEX_TEST_SECRET", "secret");
  await withServer(serverConfig([]), async (server) => {
    const seen = JSON.parse(await callText(server, "env"));
    assert.equal(seen.CODEX_TEST_SECRET, undefined);
    assert.equal(seen.DENO_NO_UPDATE_CHECK, "1");
    assert.equal(seen.cwd, "/");
  });
  Deno.env.delete("CODEX_TEST_SECRET");
});

Deno.test("tools are let through by their own names", async () => {
  const names = async (changes: Parameters<typeof serverConfig>[1]) => {
    let found: readonly string[] = [];
    await withServer(serverConfig([], changes), async ({ tools }) => {
      found = tools.map(({ name }) => name);
    });
    return found;
  };
  assert.deepEqual(
    await names({
      enabledTools: ["echo", "boom", "nope"],
      disabledTools: ["boom"],
    }),
    ["echo"],
  );
  assert.deepEqual(await names({ enabledTools: [] }), []);
});

Deno.test("resources are listed and read", async () => {
  await withServer(serverConfig([]), async (server) => {
    assert.deepEqual(
      (await server.resources("resources/read", { uri: "mem://a" }, NEVER))
        .contents,
      [{ uri: "mem://a", mimeType: "text/plain", text: "res body" }],
    );
    await assert.rejects(
      server.resources("resources/read", {}, AbortSignal.abort("stop")),
      (reason) => reason === "stop",
    );
  });
});

/** What a server does wrong before it is ready, and what the user is told. */
const BAD_STARTS: readonly (readonly [
  string,
  Parameters<typeof serverConfig>,
  RegExp,
])[] = [
  [
    "never answers",
    [["--hang"], { startupTimeoutMs: 700 }],
    /^timed out after 700ms; .*startup_timeout_sec in \[mcp_servers\.scripted\]$/,
  ],
  [
    "answers too late",
    [["--start-ms=9000"], { startupTimeoutMs: 1_000 }],
    /^timed out after 1s/,
  ],
  ["ends at once", [["--exit"]], /^it ended before it was ready$/],
  [
    "is not there",
    [[], {
      transport: {
        kind: "stdio",
        command: "/nonexistent/server",
        args: [],
        env: undefined,
        envVars: [],
        cwd: undefined,
      },
    }],
    /nonexistent\/server.*No such file or directory/,
  ],
];

for (const [what, config, reason] of BAD_STARTS) {
  Deno.test(`a server that ${what} is told of`, async () => {
    await assert.rejects(
      withServer(serverConfig(...config), async () => {}),
      (error) => {
        assert.ok(error instanceof McpStartError);
        assert.match(error.message, reason);
        return true;
      },
    );
  });
}

/** What goes wrong in a call, and what the call gives. */
const FAULTS: readonly {
  readonly what: string;
  readonly words?: readonly string[];
  readonly tool: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly gives: RegExp;
}[] = [
  {
    what: "starts slowly",
    words: ["--start-ms=400"],
    tool: "echo",
    args: { text: "late" },
    gives: /^echo: late$/,
  },
  {
    what: "prints lines that are no messages",
    words: ["--noise"],
    tool: "noise",
    gives: /^through the noise$/,
  },
  {
    what: "names a tool twice and lists what is no tool",
    words: ["--duplicates", "--broken-tools"],
    tool: "echo",
    args: { text: "once" },
    gives: /^echo: once$/,
  },
  {
    what: "has 300 tools",
    words: ["--tools=300"],
    tool: "tool 299",
    gives: /^ran tool 299$/,
  },
  {
    what: "gives what is no result",
    tool: "odd",
    gives: /Invalid result for tools\/call/,
  },
  {
    what: "takes too long",
    tool: "slow",
    args: { ms: 20_000 },
    gives:
      /^tool call failed for `scripted\/slow`\n\nCaused by:\n {4}timed out awaiting tools\/call after 1\.5s$/,
  },
  {
    what: "dies in the middle of a call",
    tool: "crash",
    gives:
      /^tool call failed for `scripted\/crash`\n\nCaused by:\n {4}Transport closed$/,
  },
];

for (const { what, words, tool, args, gives } of FAULTS) {
  Deno.test(`a server that ${what} is contained`, async () => {
    const config = serverConfig(words ?? [], { toolTimeoutMs: 1_500 });
    await withServer(config, async (server) => {
      assert.match(await callText(server, tool, args), gives);
      // Whatever happened, the next call works.
      const after = await callText(server, "echo", { text: "still there" });
      assert.equal(after, "echo: still there");
    });
  });
}

Deno.test("a result of 50 MB is cut and says so", async () => {
  await withServer(serverConfig([]), async (server) => {
    for (const kind of ["text", "image", "structure"]) {
      const answer = await call(server, "big", { bytes: 50_000_000, kind });
      const size = JSON.stringify(answer).length;
      assert.ok(size < RESULT_CHARS_MAX + 1_000, `${kind}: ${size}`);
      assert.match(JSON.stringify(answer), /truncated…|was left out/);
    }
  });
});

Deno.test("a message without end costs the server its connection, not our memory", async () => {
  await withServer(serverConfig([]), async (server) => {
    const answer = await call(server, "big", { bytes: 70_000_000 });
    assert.deepEqual(answer, {
      kind: "error",
      message:
        "tool call failed for `scripted/big`\n\nCaused by:\n    Transport closed",
    });
  });
});

Deno.test("an aborted call rejects, and the server is told", async () => {
  await withLog(async (log) => {
    await withServer(serverConfig([`--log=${log}`]), async (server) => {
      const controller = new AbortController();
      const running = call(server, "slow", { ms: 20_000 }, controller.signal);
      await call(server, "echo", { text: "both at once" });
      controller.abort(new Error("stop"));
      await assert.rejects(running, { message: "stop" });
      await call(server, "echo", { text: "after" });
    });
    const lines = jsonLines(await Deno.readTextFile(log));
    const slow = lines.find((line) => line.params?.name === "slow");
    const cancelled = lines.find((line) =>
      line.method === "notifications/cancelled"
    );
    assert.equal(cancelled?.params.requestId, slow?.id);
  });
});

Deno.test("a server that does not end with its input is ended, and what it started", async () => {
  await withLog(async (log) => {
    const config = serverConfig([]);
    const { transport } = config;
    if (transport.kind !== "stdio") return;
    const wrapped = {
      ...config,
      transport: {
        ...transport,
        command: "/bin/sh",
        args: [
          "-c",
          'sleep 987 & echo $! > "$0"; trap "" TERM; "$@" --stay',
          log,
          transport.command,
          ...transport.args,
        ],
      },
    };
    let sleeper = 0;
    await withServer(wrapped, async (server) => {
      assert.equal(await callText(server, "echo", { text: "x" }), "echo: x");
      sleeper = Number(await Deno.readTextFile(log));
      Deno.kill(sleeper, "SIGCONT");
    });
    assert.throws(() => Deno.kill(sleeper, "SIGCONT"));
  });
});

Deno.test("a failed request for resources gives the reason", async () => {
  await withServer(serverConfig([]), async (server) => {
    await assert.rejects(
      server.resources("resources/read", { uri: 5 }, NEVER),
      (error) =>
        error instanceof McpRequestError &&
        /-32602: no such/.test(error.message),
    );
  });
});

Deno.test("a server that died is started again at the next call, three times and no more", async () => {
  await withServer(serverConfig([]), async (server) => {
    for (let time = 1; time <= 3; time++) {
      assert.match(await callText(server, "crash"), /Transport closed$/);
      // Calls that come together start it once.
      const both = await Promise.all(
        ["a", "b"].map((text) => callText(server, "echo", { text })),
      );
      assert.deepEqual(both, ["echo: a", "echo: b"]);
      assert.deepEqual(server.takeNotices(), [
        `MCP server "scripted" had ended and was started again (${time} of 3 times)`,
      ]);
    }
    assert.match(await callText(server, "crash"), /Transport closed$/);
    assert.match(
      await callText(server, "echo", { text: "x" }),
      /Transport closed; the server ended 4 times and is not started again in this thread$/,
    );
    assert.deepEqual(server.takeNotices(), []);
  });
});

Deno.test("a server that cannot be started again says why", async () => {
  await withLog(async (log) => {
    const config = serverConfig([]);
    const { transport } = config;
    if (transport.kind !== "stdio") return;
    // The second start finds the file and ends.
    const script = `[ -e "$0" ] && exit 9; : > "$0"; exec "$@"`;
    const args = ["-c", script, log, transport.command, ...transport.args];
    const once = { ...transport, command: "/bin/sh", args };
    await withServer({ ...config, transport: once }, async (server) => {
      await call(server, "crash");
      assert.match(
        await callText(server, "echo", { text: "x" }),
        /Transport closed; the server could not be started again: it ended before it was ready$/,
      );
    });
  });
});

Deno.test("the tools of a server that says they changed are read again, once", async () => {
  await withServer(
    serverConfig([], { disabledTools: ["hidden"] }),
    async (server) => {
      assert.equal(await server.refreshTools(NEVER), false);
      await call(server, "change", { name: "shown" });
      await call(server, "change", { name: "hidden" });
      const before = server.tools.map(({ name }) => name);
      assert.equal(await server.refreshTools(NEVER), true);
      assert.equal(await server.refreshTools(NEVER), false);
      const added = server.tools.filter(({ name }) => !before.includes(name));
      assert.deepEqual(added.map(({ name }) => name), ["shown"]);
      assert.equal(await callText(server, "shown"), "new: shown");
    },
  );
});

Deno.test("a server that does not list its changed tools keeps those it had", async () => {
  const config = serverConfig(["--list-once"], { toolTimeoutMs: 300 });
  await withServer(config, async (server) => {
    await call(server, "change", { name: "later" });
    const before = server.tools;
    assert.equal(await server.refreshTools(NEVER), false);
    assert.deepEqual(server.tools, before);
    assert.deepEqual(server.takeNotices(), [
      'MCP server "scripted" said that its tools changed but did not list them: ' +
      "timed out awaiting tools/list after 300ms",
    ]);
    assert.equal(await callText(server, "echo", { text: "x" }), "echo: x");
  });
});

Deno.test("a call is told how far it is", async () => {
  await withServer(serverConfig([]), async (server) => {
    const words: string[] = [];
    await server.call({
      tool: "progress",
      arguments: {},
      meta: {},
      onProgress: (message) => words.push(message),
    }, NEVER);
    assert.deepEqual(words, ["begun", "2/3", "3/3"]);
  });
});

Deno.test("a flood of notifications and noise is contained", async () => {
  await withServer(serverConfig([]), async (server) => {
    assert.equal(await callText(server, "flood", { count: 5_000 }), "flooded");
    assert.equal(await server.refreshTools(NEVER), true);
    assert.equal(
      await callText(server, "echo", { text: "after" }),
      "echo: after",
    );
  });
});
