/** Stored threads over the app-server, with the real program. */
import assert from "node:assert/strict";
import { type AppClient, startAppClient } from "@test/support/app_client.ts";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  created,
  message,
  type MockServer,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { rolloutPaths } from "@test/support/rollouts.ts";

const WORDS = ["one", "two", "three"];

/** A thread of three turns, in a program of its own. */
async function withThread(
  use: (given: {
    readonly client: AppClient;
    readonly threadId: string;
    readonly server: MockServer;
    readonly workspace: Workspace;
  }) => Promise<void>,
): Promise<void> {
  await using server = startMockServer([
    ...WORDS.map((word) => response(message(`re: ${word}`))),
    response(message("afterwards")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  for (const word of WORDS) await say(client, thread.id, word);
  await use({ client, threadId: thread.id, server, workspace });
}

async function say(client: AppClient, threadId: string, text: string) {
  const input = [{ type: "text", text }];
  await client.request("turn/start", { threadId, input });
  await client.next("turn/completed");
}

/** What was said in turns, in order. */
function saidIn(turns: readonly JsonEvent[]): readonly string[] {
  return turns.flatMap(({ items }) =>
    items.map((item: JsonEvent) => item.text ?? item.content[0].text)
  );
}

Deno.test("a thread is read with its turns, running or not", () =>
  withThread(async ({ client, threadId, workspace }) => {
    const bare = await client.request("thread/read", { threadId });
    assert.deepEqual(bare.thread.turns, []);
    assert.equal(bare.thread.preview, "one");
    assert.deepEqual(bare.thread.status, { type: "idle" });
    await client.request("thread/unsubscribe", { threadId });
    await client.next("thread/closed");
    const { thread } = await client.request("thread/read", {
      threadId,
      includeTurns: true,
    });
    assert.deepEqual(thread.status, { type: "notLoaded" });
    assert.deepEqual(saidIn(thread.turns), [
      "one",
      "re: one",
      "two",
      "re: two",
      "three",
      "re: three",
    ]);
    assert.deepEqual(
      thread.turns.flatMap(({ items }: JsonEvent) =>
        items.map(({ id }: JsonEvent) => id)
      ),
      [1, 2, 3, 4, 5, 6].map((count) => `item-${count}`),
    );
    assert.deepEqual(
      thread.turns.map(({ status }: JsonEvent) => status),
      Array(3).fill("completed"),
    );
    const resumed = await client.request("thread/resume", { threadId });
    assert.deepEqual(resumed.thread.turns, thread.turns);
    // It goes on where it was, not where the server was started.
    assert.equal(resumed.cwd, workspace.cwd);
  }));

Deno.test("threads nobody knows, that say nothing yet, or are not kept", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const unkept = await client.request("thread/start", {
    cwd: workspace.cwd,
    ephemeral: true,
  });
  const id = crypto.randomUUID();
  const refusals: readonly [string, object, string][] = [
    ["thread/read", { threadId: id }, `thread not loaded: ${id}`],
    ["thread/read", { threadId: "../x" }, "invalid thread id: ../x"],
    [
      "thread/read",
      { threadId: thread.id, includeTurns: true },
      `thread ${thread.id} is not materialized yet; includeTurns is unavailable before first user message`,
    ],
    [
      "thread/turns/list",
      { threadId: unkept.thread.id },
      "ephemeral threads do not support thread/turns/list",
    ],
    [
      "thread/rollback",
      { threadId: unkept.thread.id, numTurns: 1 },
      "ephemeral threads do not support thread/rollback",
    ],
    ["thread/fork", { threadId: id }, `no rollout found for thread id ${id}`],
    [
      "thread/archive",
      { threadId: id },
      `no rollout found for thread id ${id}`,
    ],
    [
      "thread/unarchive",
      { threadId: id },
      `no archived rollout found for thread id ${id}`,
    ],
    ["thread/name/set", { threadId: id, name: "x" }, `thread not found: ${id}`],
    [
      "thread/name/set",
      { threadId: thread.id, name: " " },
      "thread name must not be empty",
    ],
    [
      "thread/metadata/update",
      { threadId: thread.id },
      "gitInfo must include at least one field",
    ],
    [
      "thread/metadata/update",
      { threadId: thread.id, gitInfo: { sha: " " } },
      "gitInfo.sha must not be empty",
    ],
  ];
  for (const [method, params, text] of refusals) {
    const error = await client.refused(method, params);
    assert.deepEqual(error, { code: -32600, message: text }, method);
  }
  const read = await client.request("thread/read", { threadId: thread.id });
  assert.equal(read.thread.id, thread.id);
});

Deno.test("turns come in pages, in both directions", () =>
  withThread(async ({ client, threadId }) => {
    const list = (more: object) =>
      client.request("thread/turns/list", { threadId, ...more });
    const newest = await list({ limit: 2 });
    assert.deepEqual(saidIn(newest.data), [
      "three",
      "re: three",
      "two",
      "re: two",
    ]);
    const oldest = await list({ limit: 2, cursor: newest.nextCursor });
    assert.deepEqual(saidIn(oldest.data), ["one", "re: one"]);
    assert.equal(oldest.nextCursor, null);
    const ascending = { sortDirection: "asc" };
    const first = await list({ limit: 1, ...ascending });
    assert.deepEqual(saidIn(first.data), ["one", "re: one"]);
    await say(client, threadId, "four");
    // From the newest turn of the first page on: what has come since.
    const since = await list({ cursor: newest.backwardsCursor, ...ascending });
    assert.deepEqual(saidIn(since.data), [
      "three",
      "re: three",
      "four",
      "afterwards",
    ]);
    for (const cursor of ["zz", "{}", '{"turnId":"x","includeAnchor":true}']) {
      const error = await client.refused("thread/turns/list", {
        threadId,
        cursor,
      });
      assert.equal(error.message, `invalid cursor: ${cursor}`);
    }
  }));

Deno.test("a thread whose directory is gone says so, and goes on in another", () =>
  withThread(async ({ client, threadId, workspace: { root, cwd } }) => {
    await client.request("thread/unsubscribe", { threadId });
    await client.next("thread/closed");
    await Deno.rename(cwd, `${root}/elsewhere`);
    for (const method of ["thread/resume", "thread/fork"]) {
      const { message: text } = await client.refused(method, { threadId });
      assert.equal(
        text,
        `Cannot continue thread ${threadId} in "${cwd}": the directory is gone; name another as cwd`,
      );
    }
    const resumed = await client.request("thread/resume", {
      threadId,
      cwd: `${root}/elsewhere`,
    });
    assert.equal(resumed.cwd, `${root}/elsewhere`);
  }));

Deno.test("a name is kept, told, and found by `codex exec resume`", () =>
  withThread(async ({ client, threadId, server, workspace }) => {
    await client.request("thread/name/set", { threadId, name: " my work " });
    assert.deepEqual(await client.next("thread/name/updated"), {
      threadId,
      threadName: "my work",
    });
    const { thread } = await client.request("thread/read", { threadId });
    assert.equal(thread.name, "my work");
    await client.end();
    const run = await runCodex({
      workspace,
      args: ["exec", "resume", "my work", "four"],
      cwd: workspace.cwd,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.match(JSON.stringify(server.requests.at(-1)?.body.input), /re: one/);
  }));

Deno.test("a rollback takes turns from the thread and from the model", () =>
  withThread(async ({ client, threadId, server }) => {
    const few = await client.refused("thread/rollback", {
      threadId,
      numTurns: 0,
    });
    assert.equal(few.message, "numTurns must be >= 1");
    const { thread } = await client.request("thread/rollback", {
      threadId,
      numTurns: 2,
    });
    assert.deepEqual(saidIn(thread.turns), ["one", "re: one"]);
    await say(client, threadId, "other");
    const sent = JSON.stringify(server.requests.at(-1)?.body.input);
    assert.match(sent, /re: one/);
    assert.doesNotMatch(sent, /re: two|re: three/);
  }));

Deno.test("a turn that runs is not rolled back under its feet", async () => {
  await using server = startMockServer([
    { kind: "stream", events: [created()], end: "hang" },
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  const input = [{ type: "text", text: "hi" }];
  const { turn } = await client.request("turn/start", { threadId, input });
  await client.next("item/completed");
  const error = await client.refused("thread/rollback", {
    threadId,
    numTurns: 1,
  });
  assert.equal(
    error.message,
    "Cannot roll back while a turn runs; interrupt it first",
  );
  const read = await client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.deepEqual(
    read.thread.turns.map(({ id, status }: JsonEvent) => [id, status]),
    [[turn.id, "inProgress"]],
  );
  await client.request("turn/interrupt", { threadId, turnId: turn.id });
  await client.next("turn/completed");
});

Deno.test("a copy of a thread goes its own way; the thread stays as it is", () =>
  withThread(async ({ client, threadId, server, workspace }) => {
    const [path] = await rolloutPaths(workspace);
    const before = await Deno.readTextFile(path ?? "");
    await client.request("thread/name/set", { threadId, name: "parent" });
    const fork = await client.request("thread/fork", { threadId });
    assert.notEqual(fork.thread.id, threadId);
    assert.equal(fork.thread.forkedFromId, threadId);
    assert.equal(fork.thread.name, null);
    assert.equal(fork.cwd, workspace.cwd);
    assert.equal(fork.thread.turns.length, 3);
    const told = await client.next("thread/started");
    assert.equal(told.thread.id, fork.thread.id);
    await say(client, fork.thread.id, "four");
    const [first, last] = [server.requests[2], server.requests[3]];
    assert.deepEqual(
      last?.body.input.slice(0, first?.body.input.length),
      first?.body.input,
    );
    assert.equal(last?.body.instructions, first?.body.instructions);
    assert.equal(await Deno.readTextFile(path ?? ""), before);
    const copy = (await rolloutPaths(workspace)).find((one) => one !== path);
    const [meta] = (await Deno.readTextFile(copy ?? "")).split("\n");
    assert.equal(JSON.parse(meta ?? "").payload.forked_from_id, threadId);
  }));

Deno.test("a copy that is not kept leaves no file and has the conversation", () =>
  withThread(async ({ client, threadId, server, workspace }) => {
    const params = { threadId, ephemeral: true };
    const fork = await client.request("thread/fork", params);
    assert.equal(fork.thread.ephemeral, true);
    assert.equal(fork.thread.forkedFromId, threadId);
    assert.equal(fork.thread.turns.length, 3);
    await say(client, fork.thread.id, "four");
    assert.match(JSON.stringify(server.requests[3]?.body.input), /re: three/);
    assert.equal((await rolloutPaths(workspace)).length, 1);
  }));

Deno.test("an archived thread is ended, told of, and brought back", () =>
  withThread(async ({ client, threadId }) => {
    await client.request("thread/archive", { threadId });
    await client.next("thread/closed");
    assert.deepEqual(await client.next("thread/archived"), { threadId });
    const loaded = await client.request("thread/loaded/list");
    assert.deepEqual(loaded.data, []);
    const { thread } = await client.request("thread/read", {
      threadId,
      includeTurns: true,
    });
    assert.match(thread.path, /\/archived_sessions\/rollout-/);
    assert.equal(thread.turns.length, 3);
    assert.match(
      (await client.refused("thread/resume", { threadId })).message,
      /^no rollout found for thread id /,
    );
    const back = await client.request("thread/unarchive", { threadId });
    assert.deepEqual(await client.next("thread/unarchived"), { threadId });
    assert.match(back.thread.path, /\/sessions\/\d{4}\/\d\d\/\d\d\/rollout-/);
    const resumed = await client.request("thread/resume", { threadId });
    assert.equal(resumed.thread.turns.length, 3);
  }));

Deno.test("what is known of the repository is changed for good", () =>
  withThread(async ({ client, threadId }) => {
    const { thread } = await client.request("thread/metadata/update", {
      threadId,
      gitInfo: { sha: "abc", branch: null },
    });
    assert.deepEqual(thread.gitInfo, {
      sha: "abc",
      branch: null,
      originUrl: null,
    });
    await client.request("thread/unsubscribe", { threadId });
    await client.next("thread/closed");
    const resumed = await client.request("thread/resume", { threadId });
    assert.equal(resumed.thread.gitInfo.sha, "abc");
    assert.equal(resumed.thread.turns.length, 3);
  }));

Deno.test("a thread is named by its id; what cannot be done is said", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
  });
  const threadId = crypto.randomUUID();
  for (const method of ["thread/resume", "thread/fork"]) {
    const error = await client.refused(method, { threadId, path: "/x" });
    assert.match(error.message, /^path is not available in this version/);
  }
  const error = await client.refused("thread/resume", {
    threadId,
    history: [],
  });
  assert.match(error.message, /^history is not available in this version/);
});
