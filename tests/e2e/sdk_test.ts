/**
 * The TypeScript SDK of Codex 0.124.0, unchanged, with this program in the place of the
 * one it was made for. Its package demands binaries that Deno would download, so it is
 * not a dependency; without it these tests are left out. `deno task sdk` gets it.
 */
import assert from "node:assert/strict";
import {
  CODEX,
  type JsonEvent,
  makeWorkspace,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  created,
  message,
  response,
  startMockServer,
  status,
} from "@test/support/mock_responses_server.ts";
import { makePng } from "@test/support/png.ts";
import { isGone, isRunning } from "@test/support/processes.ts";
import { rolloutPaths } from "@test/support/rollouts.ts";

const SDK = new URL(
  "../../dist/sdk/node_modules/@openai/codex-sdk/dist/index.js",
  import.meta.url,
);

const whenInstalled = {
  ignore: await Deno.stat(SDK).then(() => false, () => true),
};

// When a turn does not end by itself, the SDK kills the program without waiting for it.
const whenKilling = {
  ignore: whenInstalled.ignore || Deno.build.os !== "linux",
  sanitizeOps: false,
  sanitizeResources: false,
};

/** Waits until no process has the workspace in its command line. */
async function untilGone({ cwd }: Workspace): Promise<void> {
  for (let attempt = 0; await isRunning(cwd); attempt++) {
    if (attempt > 200) throw new Error("The program does not end");
  }
}

/** A client of the SDK for a workspace and a server. */
async function makeClient(
  workspace: Workspace,
  server: { readonly url: string },
  // deno-lint-ignore no-explicit-any -- the SDK's types are not installed for Deno
): Promise<any> {
  const { Codex } = await import(SDK.href);
  return new Codex({
    codexPathOverride: CODEX,
    baseUrl: server.url,
    apiKey: "sk-test",
    env: {
      PATH: Deno.env.get("PATH"),
      DENO: Deno.execPath(),
      DENO_DIR: Deno.env.get("DENO_DIR") ??
        `${Deno.env.get("HOME")}/.cache/deno`,
      HOME: workspace.root,
      CODEX_HOME: workspace.home,
      SHELL: "/bin/bash",
    },
  });
}

Deno.test(
  "the SDK starts a thread, goes on with it and resumes it",
  whenInstalled,
  async () => {
    await using server = startMockServer([
      response(
        message("Working.", "commentary"),
        call("exec_command", { cmd: "echo hi", login: false }, "call_1"),
      ),
      response(message("one")),
      response(message("two")),
      response(message("three")),
    ]);
    await using workspace = await makeWorkspace();
    const client = await makeClient(workspace, server);
    const options = {
      model: "gpt-5.2-codex",
      workingDirectory: workspace.cwd,
      sandboxMode: "workspace-write",
      approvalPolicy: "never",
      networkAccessEnabled: false,
      webSearchMode: "disabled",
      modelReasoningEffort: "low",
    };

    const thread = client.startThread(options);
    const first = await thread.run("first");
    const second = await thread.run("second");
    const third = await client.resumeThread(thread.id, options).run("third");

    assert.deepEqual(
      [first, second, third].map((turn) => [turn.finalResponse, turn.usage]),
      [["one", 2], ["two", 3], ["three", 4]].map(([text, responses]) => [
        text,
        {
          input_tokens: 100 * Number(responses),
          cached_input_tokens: 10 * Number(responses),
          output_tokens: 20 * Number(responses),
        },
      ]),
    );
    assert.deepEqual(first.items, [
      { id: "item_0", type: "agent_message", text: "Working." },
      {
        id: "item_1",
        type: "command_execution",
        command: "/bin/bash -c 'echo hi'",
        aggregated_output: "hi\n",
        exit_code: 0,
        status: "completed",
      },
      { id: "item_2", type: "agent_message", text: "one" },
    ]);
    const request = server.requests[0];
    assert.deepEqual(
      {
        authorization: request?.headers.authorization,
        originator: request?.headers.originator,
        model: request?.body.model,
        effort: request?.body.reasoning.effort,
        searches: request?.body.tools.some((tool: JsonEvent) =>
          tool.type === "web_search"
        ),
      },
      {
        authorization: "Bearer sk-test",
        originator: "codex_sdk_ts",
        model: "gpt-5.2-codex",
        effort: "low",
        searches: false,
      },
    );
    assert.equal((await rolloutPaths(workspace)).length, 1);
  },
);

Deno.test(
  "the SDK streams a turn's events, with pictures and a schema",
  whenInstalled,
  async () => {
    await using server = startMockServer([
      response(message('{"answer":"yes"}')),
      response(message("seen again")),
    ]);
    await using workspace = await makeWorkspace();
    await Deno.writeFile(`${workspace.cwd}/small.png`, await makePng(2, 2));
    const client = await makeClient(workspace, server);
    const thread = client.startThread({ workingDirectory: workspace.cwd });
    const input = [
      { type: "text", text: "Look." },
      { type: "text", text: "Answer." },
      { type: "local_image", path: `${workspace.cwd}/small.png` },
    ];
    const outputSchema = {
      type: "object",
      properties: { answer: { type: "string" } },
    };

    const { events } = await thread.runStreamed(input, { outputSchema });
    const types = await Array.fromAsync(
      events as AsyncIterable<JsonEvent>,
      (event) => event.type,
    );
    const resumed = await thread.run(input);

    assert.deepEqual(types, [
      "thread.started",
      "turn.started",
      "item.completed",
      "turn.completed",
    ]);
    assert.equal(resumed.finalResponse, "seen again");
    assert.deepEqual(server.requests[0]?.body.text.format.schema, outputSchema);
    assert.deepEqual(
      server.requests.map(({ body }) =>
        body.input.at(-1).content.map((part: JsonEvent) =>
          part.text ?? part.type
        )
      ),
      [1, 2].map(() => [
        "<image name=[Image #1]>",
        "input_image",
        "</image>",
        "Look.\n\nAnswer.",
      ]),
    );
  },
);

Deno.test("the SDK is told of a turn that failed", whenKilling, async () => {
  await using server = startMockServer([
    status(400, { message: "no such thing" }),
  ]);
  await using workspace = await makeWorkspace();
  const client = await makeClient(workspace, server);
  const thread = client.startThread({ workingDirectory: workspace.cwd });
  await assert.rejects(thread.run("hi"), {
    message: '{"error":{"message":"no such thing"}}',
  });
  await untilGone(workspace);
});

Deno.test(
  "the SDK stops a turn by its signal, and no command is left",
  whenKilling,
  async () => {
    const sleep = `sleep 300.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    await using server = startMockServer([{
      kind: "stream",
      events: [created(), ...call("exec_command", { cmd: sleep }, "call_1")],
    }]);
    await using workspace = await makeWorkspace();
    const client = await makeClient(workspace, server);
    const thread = client.startThread({ workingDirectory: workspace.cwd });
    const stop = new AbortController();
    const { events } = await thread.runStreamed("hi", { signal: stop.signal });

    await assert.rejects(
      (async () => {
        for await (const event of events) {
          if (event.type === "item.started") stop.abort();
        }
      })(),
      { name: "AbortError" },
    );
    await untilGone(workspace);
    assert.ok(await isGone(sleep));
  },
);
