/** Every way a model server fails: what the user sees, how often it was asked, the exit code. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  mockProvider,
  runCodex,
} from "@test/support/codex.ts";
import {
  call,
  completed,
  created,
  message,
  type MockStep,
  response,
  responseFailed,
  responseIncomplete,
  type SseEvent,
  startMockServer,
  status,
  stream,
} from "@test/support/mock_responses_server.ts";

interface Row {
  readonly name: string;
  readonly steps: readonly MockStep[];
  /** The events behind `turn.started`. */
  readonly events: readonly JsonEvent[];
  /** How often the server was asked. */
  readonly requests: number;
  readonly code: 0 | 1;
  /** Budgets and limits of the provider; without any, the defaults. */
  readonly provider?: Readonly<Record<string, number>>;
  /** At least this long between the first two requests. */
  readonly waitMs?: number;
}

/** No retry at all, one retry: so that no row waits longer than it must. */
const NO_RETRY = { request_max_retries: 0, stream_max_retries: 0 };
const ONE_RETRY = { request_max_retries: 0, stream_max_retries: 1 };

const CUT =
  "stream disconnected before completion: Transport error: network error: error decoding response body";
const CONTEXT =
  "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.";
const DEMAND =
  "We're currently experiencing high demand, which may cause temporary errors.";
const CAPACITY = "Selected model is at capacity. Please try a different model.";
const RATE =
  "Rate limit reached for gpt-5 in organization X on tokens per min (TPM): Limit 30000. Please try again in 0.4s. Visit";
const BODY_400 =
  `{"error":{"message":"Unsupported parameter: 'foo'","type":"invalid_request_error"}}`;

const ROWS: readonly Row[] = [
  {
    name:
      "a connection cut between items is asked for again, five times at most",
    steps: [
      cut(created(), ...message("partial message")),
      cut(created(), ...message("partial message")),
      response(message("after cut")),
    ],
    events: [
      said(0, "partial message"),
      reconnecting("1/5", CUT),
      said(1, "partial message"),
      reconnecting("2/5", CUT),
      said(2, "after cut"),
      done(),
    ],
    requests: 3,
    code: 0,
  },
  {
    name: "an item cut in its middle is dropped",
    steps: [
      cut(created(), ...message("half of a mess").slice(0, 2)),
      response(message("after cut")),
    ],
    events: [reconnecting("1/1", CUT), said(0, "after cut"), done()],
    requests: 2,
    code: 0,
    provider: ONE_RETRY,
  },
  {
    name: "a stream that ends without its last event is broken",
    steps: [stream(created()), response(message("after eof"))],
    events: [
      reconnecting(
        "1/1",
        "stream disconnected before completion: stream closed before response.completed",
      ),
      said(0, "after eof"),
      done(),
    ],
    requests: 2,
    code: 0,
    provider: ONE_RETRY,
  },
  {
    name: "a failed response is asked for again until the budget is spent",
    steps: [failed("server_error", "An error occurred while processing")],
    events: [
      reconnecting(
        "1/1",
        "stream disconnected before completion: An error occurred while processing",
      ),
      ...lost(
        "stream disconnected before completion: An error occurred while processing",
      ),
    ],
    requests: 2,
    code: 1,
    provider: ONE_RETRY,
  },
  {
    name: "a rate limit that names its wait is waited for",
    steps: [
      failed("rate_limit_exceeded", RATE),
      response(message("ok after rate")),
    ],
    events: [
      reconnecting("1/1", `stream disconnected before completion: ${RATE}`),
      said(0, "ok after rate"),
      done(),
    ],
    requests: 2,
    code: 0,
    provider: ONE_RETRY,
    waitMs: 400,
  },
  {
    name: "an incomplete response is asked for again and its items are kept",
    steps: [
      stream(
        created(),
        ...message("partial"),
        responseIncomplete("max_output_tokens"),
      ),
    ],
    events: [
      said(0, "partial"),
      reconnecting(
        "1/1",
        "stream disconnected before completion: Incomplete response returned, reason: max_output_tokens",
      ),
      said(1, "partial"),
      ...lost(
        "stream disconnected before completion: Incomplete response returned, reason: max_output_tokens",
      ),
    ],
    requests: 2,
    code: 1,
    provider: ONE_RETRY,
  },
  {
    name: "a silent stream is given up after the idle limit",
    steps: [{ kind: "stream", events: [created()], end: "hang" }],
    events: [
      reconnecting(
        "1/1",
        "stream disconnected before completion: idle timeout waiting for SSE",
      ),
      ...lost(
        "stream disconnected before completion: idle timeout waiting for SSE",
      ),
    ],
    requests: 2,
    code: 1,
    provider: { ...ONE_RETRY, stream_idle_timeout_ms: 200 },
  },
  {
    name: "a response without usage counts as none",
    steps: [stream(created(), ...message("no usage"), completed(null))],
    events: [said(0, "no usage"), done(0)],
    requests: 1,
    code: 0,
  },
  {
    name: "a full context window ends the turn at once",
    steps: [failed("context_length_exceeded", "too long")],
    events: lost(CONTEXT),
    requests: 1,
    code: 1,
  },
  {
    name: "a refused prompt ends the turn with the server's words",
    steps: [failed("invalid_prompt", "Invalid prompt: flagged")],
    events: lost("Invalid prompt: flagged"),
    requests: 1,
    code: 1,
  },
  {
    name: "a used-up quota ends the turn at once",
    steps: [failed("insufficient_quota", "pay")],
    events: lost("Quota exceeded. Check your plan and billing details."),
    requests: 1,
    code: 1,
  },
  {
    name: "an overloaded model in a failed response ends the turn at once",
    steps: [failed("server_is_overloaded", "busy")],
    events: lost(CAPACITY),
    requests: 1,
    code: 1,
  },
  {
    name: "status 400 ends the turn with the body as it came",
    steps: [{ kind: "status", status: 400, body: BODY_400 }],
    events: lost(BODY_400),
    requests: 1,
    code: 1,
  },
  // Codex 0.124.0 asks five times more in these four cases, which no wait can heal.
  ...([[401, "Unauthorized"], [403, "Forbidden"], [404, "Not Found"], [
    413,
    "Payload Too Large",
  ]] as const).map(([code, reason]): Row => ({
    name: `status ${code} ends the turn at once`,
    steps: [status(code, { message: "no way" })],
    events: lost(
      `unexpected status ${code} ${reason}: no way, url: SERVER/responses`,
    ),
    requests: 1,
    code: 1,
  })),
  {
    name: "status 429 without a wait ends the turn at once",
    steps: [status(429, { message: "slow down" })],
    events: lost("exceeded retry limit, last status: 429 Too Many Requests"),
    requests: 1,
    code: 1,
  },
  // Codex 0.124.0 does not look at `retry-after`.
  {
    name: "status 429 with a wait is asked for again after it",
    steps: [
      status(429, { message: "slow down" }, { "retry-after": "0.4" }),
      response(message("ok after wait")),
    ],
    events: [
      reconnecting(
        "1/1",
        "exceeded retry limit, last status: 429 Too Many Requests",
      ),
      said(0, "ok after wait"),
      done(),
    ],
    requests: 2,
    code: 0,
    provider: ONE_RETRY,
    waitMs: 400,
  },
  {
    name: "status 429 for a plan without Codex says which plan has it",
    steps: [status(429, { type: "usage_not_included" })],
    events: lost(
      "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
    ),
    requests: 1,
    code: 1,
  },
  {
    name: "status 429 for a used-up plan says when it is refilled",
    steps: [status(429, {
      type: "usage_limit_reached",
      plan_type: "plus",
      resets_at: 2_000_000_000,
    })],
    events: lost(
      "You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again at May 18th, 2033 3:33 AM.",
    ),
    requests: 1,
    code: 1,
  },
  {
    name: "status 500 is asked for again silently, then aloud",
    steps: [status(500, { message: "oops" })],
    events: [reconnecting("1/1", DEMAND), ...lost(DEMAND)],
    requests: 4,
    code: 1,
    provider: { request_max_retries: 1, stream_max_retries: 1 },
  },
  {
    name: "status 500 that passes is not told",
    steps: [status(500, { message: "oops" }), response(message("ok"))],
    events: [said(0, "ok"), done()],
    requests: 2,
    code: 0,
  },
  {
    name: "status 503 of an overloaded model ends the turn at once",
    steps: [status(503, { code: "server_is_overloaded", message: "busy" })],
    events: lost(CAPACITY),
    requests: 1,
    code: 1,
  },
  // Codex 0.124.0 does not look at `retry-after`.
  {
    name: "status 503 with a wait is asked for again after it",
    steps: [
      status(503, { message: "later" }, { "retry-after": "0.4" }),
      response(message("ok after wait")),
    ],
    events: [said(0, "ok after wait"), done()],
    requests: 2,
    code: 0,
    waitMs: 400,
  },
  {
    name: "status 503 without a wait says what it is in the end",
    steps: [status(503, { message: "later" })],
    events: lost(
      "unexpected status 503 Service Unavailable: later, url: SERVER/responses",
    ),
    requests: 1,
    code: 1,
    provider: NO_RETRY,
  },
];

for (const row of ROWS) {
  Deno.test(`exec --json: ${row.name}`, () => check(row));
}

async function check(row: Row): Promise<void> {
  await using server = startMockServer([
    ...row.steps,
    // A row's last step is the answer to everything that follows, too.
    ...Array.from({ length: 8 }, () => row.steps.at(-1) ?? stream()),
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", ...providerFlags(row.provider), "hi"],
  });

  const text = run.stdout.replaceAll(server.url, "SERVER");
  const events = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    events.slice(0, 2).map((event) => event.type),
    ["thread.started", "turn.started"],
    run.stderr,
  );
  assert.deepEqual(events.slice(2), row.events);
  assert.equal(server.requests.length, row.requests);
  assert.equal(run.code, row.code);
  const [first, second] = server.requests;
  if (row.waitMs !== undefined && first !== undefined && second !== undefined) {
    const waited = second.atMs - first.atMs;
    assert.ok(waited >= row.waitMs, `waited only ${waited} ms`);
  }
}

Deno.test("exec --json: a call that arrived before a cut runs once, and the retry has its output", async () => {
  const args = { cmd: "echo ran >> ran.txt; echo hi", login: false };
  await using server = startMockServer([
    cut(created(), ...call("exec_command", args, "call_1")),
    response(message("after cut")),
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--full-auto", ...providerFlags(ONE_RETRY), "hi"],
  });

  assert.equal(run.code, 0, run.stderr);
  const command = {
    id: "item_0",
    type: "command_execution",
    command: "/bin/bash -c 'echo ran >> ran.txt; echo hi'",
  };
  // Codex 0.124.0 starts a call when it has arrived, so its item comes before the error.
  assert.deepEqual(run.events.slice(2), [
    reconnecting("1/1", CUT),
    {
      type: "item.started",
      item: {
        ...command,
        aggregated_output: "",
        exit_code: null,
        status: "in_progress",
      },
    },
    {
      type: "item.completed",
      item: {
        ...command,
        aggregated_output: "hi\n",
        exit_code: 0,
        status: "completed",
      },
    },
    said(1, "after cut"),
    done(),
  ]);
  assert.equal(await Deno.readTextFile(`${workspace.cwd}/ran.txt`), "ran\n");
  const [, retry] = server.requests;
  assert.deepEqual(
    retry?.body.input.slice(-2).map((item: JsonEvent) => [
      item.type,
      item.call_id,
      item.output?.split("\n").at(-2),
    ]),
    [
      ["function_call", "call_1", undefined],
      ["function_call_output", "call_1", "hi"],
    ],
  );
});

Deno.test("exec --json: a server that is not there is said to be so, with its address", async () => {
  const url = `http://127.0.0.1:${unusedPort()}/v1`;
  await using workspace = await makeWorkspace();
  await Deno.writeTextFile(
    `${workspace.home}/config.toml`,
    mockProvider(url),
  );
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", ...providerFlags(NO_RETRY), "hi"],
  });
  assert.equal(run.code, 1);
  assert.deepEqual(
    run.events.slice(2),
    lost(
      `stream disconnected before completion: error sending request for url (${url}/responses)`,
    ),
  );
});

Deno.test("exec shows a lost turn's error once in human output and nothing on standard output", async () => {
  await using server = startMockServer([
    status(403, { message: "forbidden here" }),
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({ workspace, args: ["exec", "hi"] });
  assert.deepEqual([run.code, run.stdout], [1, ""]);
  assert.deepEqual(
    run.stderr.split("\n").filter((line) => line.startsWith("ERROR:")),
    [
      `ERROR: unexpected status 403 Forbidden: forbidden here, url: ${server.url}/responses`,
    ],
  );
});

function unusedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function providerFlags(
  provider: Readonly<Record<string, number>> = {},
): readonly string[] {
  return Object.entries(provider).flatMap(([key, value]) => [
    "-c",
    `model_providers.mock.${key}=${value}`,
  ]);
}

function cut(...events: readonly SseEvent[]): MockStep {
  return { kind: "stream", events, end: "cut" };
}

function failed(code: string, text: string): MockStep {
  return stream(created(), responseFailed(code, text));
}

// ---- what is expected ----

function said(number: number, text: string): JsonEvent {
  const item = { id: `item_${number}`, type: "agent_message", text };
  return { type: "item.completed", item };
}

function reconnecting(attempt: string, reason: string): JsonEvent {
  return {
    type: "error",
    message: `Reconnecting... ${attempt} (${reason})`,
  };
}

function lost(text: string): readonly JsonEvent[] {
  return [
    { type: "error", message: text },
    { type: "turn.failed", error: { message: text } },
  ];
}

/** A turn of so many responses that reported the mock server's usage. */
function done(responses = 1): JsonEvent {
  return {
    type: "turn.completed",
    usage: {
      input_tokens: 100 * responses,
      cached_input_tokens: 10 * responses,
      output_tokens: 20 * responses,
    },
  };
}
