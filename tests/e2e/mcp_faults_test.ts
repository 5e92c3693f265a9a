/**
 * What goes wrong with MCP servers, as the model and the user see it, and how long it
 * may take. docs/mcp.md has the same table.
 */
import assert from "node:assert/strict";
import { serverArgv } from "@test/mcp/scripted.ts";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
} from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

interface Fault {
  readonly what: string;
  /** How the server misbehaves, and keys of its table. */
  readonly words: readonly string[];
  readonly keys?: readonly string[];
  /** The calls of the model, one a request. */
  readonly calls: readonly (readonly [tool: string, args?: unknown])[];
  /** What the model reads for each. */
  readonly model: readonly RegExp[];
  /** What the user reads beside the calls. */
  readonly user: readonly RegExp[];
  /** Seconds the whole run may take on a slow machine, starting the program included. */
  readonly seconds: number;
}

const WORKS = /echo: still there/;
const again = ["echo", { text: "still there" }] as const;

const FAULTS: readonly Fault[] = [
  {
    what: "starts slowly, within its time",
    words: ["--start-ms=1500"],
    calls: [again],
    model: [WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "starts too slowly",
    words: ["--start-ms=60000"],
    keys: ["startup_timeout_sec = 1.5"],
    calls: [again],
    model: [/^unsupported call: mcp__mock__echo$/],
    user: [
      /^MCP server "mock" is not available: timed out after 1\.5s; if it needs longer, set startup_timeout_sec/,
    ],
    seconds: 15,
  },
  {
    what: "dies in the middle of a call",
    words: [],
    calls: [["crash"], again],
    model: [/Transport closed/, WORKS],
    user: [
      /^MCP server "mock" had ended and was started again \(1 of 3 times\)$/,
    ],
    seconds: 15,
  },
  {
    what: "gives 50 MB",
    words: [],
    calls: [["big", { bytes: 50_000_000 }], again],
    model: [/tokens truncated/, WORKS],
    user: [],
    seconds: 30,
  },
  {
    what: "gives 70 MB in one message",
    words: [],
    calls: [["big", { bytes: 70_000_000 }], again],
    model: [/Transport closed/, WORKS],
    user: [/had ended and was started again/],
    seconds: 30,
  },
  {
    what: "writes what is no JSON",
    words: ["--noise"],
    calls: [["noise"], again],
    model: [/through the noise/, WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "gives what is no result",
    words: [],
    calls: [["odd"], again],
    model: [/Invalid result for tools\/call/, WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "names tools twice",
    words: ["--duplicates"],
    calls: [again],
    model: [WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "has 300 tools",
    words: ["--tools=300"],
    calls: [["tool_299"], again],
    model: [/ran tool 299/, WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "floods with notifications and noise",
    words: [],
    calls: [["flood", { count: 5_000 }], again],
    model: [/flooded/, WORKS],
    user: [],
    seconds: 20,
  },
  {
    what: "does not answer a call",
    words: [],
    keys: ["tool_timeout_sec = 1"],
    calls: [["slow"], again],
    model: [/timed out awaiting tools\/call after 1s/, WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "asks a question nobody is there for",
    words: [],
    keys: ["tool_timeout_sec = 5"],
    calls: [["elicit"], again],
    model: [/decline/, WORKS],
    user: [],
    seconds: 15,
  },
  {
    what: "does not end with its input",
    words: ["--stay"],
    calls: [again],
    model: [WORKS],
    user: [],
    seconds: 15,
  },
];

for (const fault of FAULTS) {
  Deno.test(`a server that ${fault.what} costs the run no more than it must`, async () => {
    await using model = startMockServer([
      ...fault.calls.map(([tool, args = {}], at) =>
        response(call(tool, args, `c${at}`, "mcp__mock__"))
      ),
      response(message("Done.")),
    ]);
    await using workspace = await makeWorkspace();
    const [command, ...args] = serverArgv(...fault.words);
    await Deno.writeTextFile(
      `${workspace.home}/config.toml`,
      [
        'model_provider = "mock"',
        'model = "gpt-5.4"',
        "[mcp_servers.mock]",
        `command = ${JSON.stringify(command)}`,
        `args = ${JSON.stringify(args)}`,
        'env_vars = ["DENO_DIR"]',
        ...fault.keys ?? [],
        "[model_providers.mock]",
        'name = "mock"',
        `base_url = "${model.url}"`,
        'experimental_bearer_token = "x"',
        "",
      ].join("\n"),
    );
    const started = performance.now();
    const run = await runCodex({ workspace, args: ["exec", "--json", "go"] });
    const seconds = (performance.now() - started) / 1000;
    assert.equal(run.code, 0, run.stderr);
    assert.ok(seconds < fault.seconds, `it took ${seconds.toFixed(1)} s`);
    assert.equal(run.stderr, "Reading additional input from stdin...\n");

    const outputs = model.requests.at(-1)?.body.input
      .filter((item: JsonEvent) => item.type === "function_call_output")
      .map((item: JsonEvent) => String(item.output));
    assert.equal(outputs.length, fault.model.length);
    fault.model.forEach((pattern, at) => assert.match(outputs[at], pattern));

    const told = run.events
      .filter(({ type, item }) =>
        type === "item.completed" && item.type === "error"
      )
      .map(({ item }) => item.message);
    assert.equal(told.length, fault.user.length, told.join("\n"));
    fault.user.forEach((pattern, at) => assert.match(told[at], pattern));
  });
}
