/** What turns were, read from rollouts; and what every connection is told of threads. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { startAppListener } from "@test/support/app_listener.ts";
import { type JsonEvent, makeWorkspace } from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  response,
  startMockServer,
  status,
  webSearch,
} from "@test/support/mock_responses_server.ts";
import { rolloutPaths } from "@test/support/rollouts.ts";

const CONFIG =
  `approval_policy = "never"\nsandbox_mode = "danger-full-access"\nmodel_reasoning_summary = "auto"`;
const HI = [{ type: "text", text: "hi" }];
const PATCH = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch";

Deno.test("commands, patches, searches and failures are read as they were told", async () => {
  await using server = startMockServer([
    response(
      call("exec_command", { cmd: "echo hi; exit 3", login: false }, "c1"),
      customCall("apply_patch", PATCH, "p1"),
      webSearch({ type: "search", query: "weather" }, "ws_1"),
    ),
    response(message("Done.")),
    status(400, { message: "no such model" }),
  ]);
  await using workspace = await makeWorkspace(server, CONFIG);
  let threadId = "";
  let live: JsonEvent[] = [];
  {
    await using client = await startAppClient(workspace);
    const { thread } = await client.request("thread/start", {
      cwd: workspace.cwd,
    });
    threadId = thread.id;
    await client.request("turn/start", { threadId, input: HI });
    await client.next("turn/completed");
    live = client.messages
      .filter(({ method }) => method === "item/completed")
      .map(({ params }) => params.item);
    await client.request("turn/start", { threadId, input: HI });
    await client.next("turn/completed");
  }
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  const [done, failed] = thread.turns;
  const told = (items: readonly JsonEvent[]) =>
    items.map(({ type, command, status, exitCode, changes, query }) => ({
      type,
      // The shell is not written down, only that there was one.
      ...(command === undefined
        ? {}
        : { command: command.replace(/^\S*bash/, "bash") }),
      ...(status === undefined ? {} : { status }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(changes === undefined ? {} : { changes }),
      ...(query === undefined ? {} : { query }),
    })).toSorted((left, right) => left.type < right.type ? -1 : 1);
  assert.deepEqual(told(done.items), told(live));
  const command = (items: readonly JsonEvent[]) =>
    items.find(({ type }) => type === "commandExecution");
  assert.equal(
    command(done.items).aggregatedOutput,
    command(live).aggregatedOutput,
  );
  assert.deepEqual([done.status, done.error], ["completed", null]);
  assert.equal(failed.status, "failed");
  assert.match(failed.error.message, /no such model/);
  assert.equal(failed.error.codexErrorInfo, "badRequest");
  const resumed = await client.request("thread/resume", { threadId });
  assert.deepEqual(resumed.thread.turns, thread.turns);
});

Deno.test("every connection is told of names and of threads that are put away", async () => {
  await using server = startMockServer([response(message("one"))]);
  await using workspace = await makeWorkspace(server);
  await using listener = await startAppListener(workspace);
  await using first = await listener.connect();
  await using second = await listener.connect();
  // One that has not said who it is is told nothing.
  await using silent = await listener.connect({ initialize: false });
  const { thread } = await first.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  await first.request("turn/start", { threadId, input: HI });
  await first.next("turn/completed");
  await first.request("thread/name/set", { threadId, name: "mine" });
  await first.request("thread/archive", { threadId });
  await first.request("thread/unarchive", { threadId });
  for (const client of [first, second]) {
    assert.deepEqual(await client.next("thread/name/updated"), {
      threadId,
      threadName: "mine",
    });
    assert.deepEqual(await client.next("thread/archived"), { threadId });
    assert.deepEqual(await client.next("thread/unarchived"), { threadId });
  }
  assert.deepEqual(silent.messages, []);
});

Deno.test("questions asked elsewhere are counted", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
  });
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  const up = () => client.request("thread/increment_elicitation", { threadId });
  const down = () =>
    client.request("thread/decrement_elicitation", { threadId });
  assert.deepEqual(
    [await up(), await up(), await down(), await down()],
    [
      { count: 1, paused: true },
      { count: 2, paused: true },
      { count: 1, paused: true },
      { count: 0, paused: false },
    ],
  );
  assert.deepEqual(
    await client.refused("thread/decrement_elicitation", { threadId }),
    {
      code: -32600,
      message: "out-of-band elicitation count is already zero",
    },
  );
});

Deno.test("a thread keeps whether it may leave notes", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(
    server,
    "features.memories = true\nmemories.generate_memories = true",
  );
  const capabilities = { experimentalApi: true };
  const modes = async () => {
    const [path = ""] = await rolloutPaths(workspace);
    return (await Deno.readTextFile(path)).trim().split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === "session_meta")
      .map(({ payload }) => payload.memory_mode);
  };
  let threadId = "";
  {
    await using client = await startAppClient(workspace, { capabilities });
    const { thread } = await client.request("thread/start", {
      cwd: workspace.cwd,
    });
    threadId = thread.id;
    const mode = (mode: string) =>
      client.request("thread/memoryMode/set", { threadId, mode });
    // Before anything is written, it is said in the first line.
    await mode("disabled");
    await client.request("turn/start", { threadId, input: HI });
    await client.next("turn/completed");
    assert.deepEqual(await modes(), ["disabled"]);
  }
  // No third request: the end of the thread asked for no notes.
  assert.equal(server.requests.length, 1);
  await using client = await startAppClient(workspace, { capabilities });
  await client.request("thread/memoryMode/set", { threadId, mode: "enabled" });
  assert.deepEqual(await modes(), ["disabled", "enabled"]);
  const unknown = "01a20394-bb98-7323-b721-593d0bd0cbf4";
  assert.match(
    (await client.refused("thread/memoryMode/set", {
      threadId: unknown,
      mode: "enabled",
    })).message,
    /^no rollout found for thread id /,
  );
});
