/** Lists of stored threads over the app-server, with the real program. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
} from "@test/support/codex.ts";
import {
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { placeRollout } from "@test/support/rollouts.ts";

const DATABASE = "codex_deno_state.sqlite";

const titles = ({ data }: JsonEvent): readonly string[] =>
  data.map(({ name, preview }: JsonEvent) => name ?? preview);

/** A rollout as small as one can be. */
function rolloutOf(id: string, text: string, createdMs: number): string {
  return [
    {
      type: "session_meta",
      payload: {
        id,
        timestamp: new Date(createdMs).toISOString(),
        cwd: "/w",
        source: "cli",
        model_provider: "mock",
      },
    },
    { type: "event_msg", payload: { type: "user_message", message: text } },
  ].map((line) => `${JSON.stringify(line)}\n`).join("");
}

function idOf(count: number): string {
  return `01a20461-c44a-7f81-be73-${String(count).padStart(12, "0")}`;
}

Deno.test("what was started here and elsewhere is listed, running or not", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
    response(message("three")),
  ]);
  await using workspace = await makeWorkspace(server);
  const { cwd } = workspace;
  const run = await runCodex({
    workspace,
    args: ["exec", "by exec"],
    cwd,
  });
  assert.equal(run.code, 0, run.stderr);
  await using client = await startAppClient(workspace);
  const ids: string[] = [];
  for (const text of ["Alpha words", "Beta words"]) {
    const { thread } = await client.request("thread/start", { cwd });
    const input = [{ type: "text", text }];
    await client.request("turn/start", { threadId: thread.id, input });
    await client.next("turn/completed");
    ids.push(thread.id);
  }
  await client.request("thread/name/set", { threadId: ids[0], name: "Named" });
  await client.request("thread/unsubscribe", { threadId: ids[1] });
  await client.next("thread/closed");
  const list = async (params: object) =>
    await client.request("thread/list", params);

  const all = await list({});
  assert.deepEqual(titles(all), ["Beta words", "Named"]);
  assert.deepEqual(
    all.data.map(({ status }: JsonEvent) => status.type),
    ["notLoaded", "idle"],
  );
  assert.deepEqual([all.data[0].turns, all.nextCursor], [[], null]);
  const cases: readonly [object, readonly string[]][] = [
    [{ sourceKinds: [] }, ["Beta words", "Named"]],
    [{ sourceKinds: ["exec"] }, ["by exec"]],
    [{ sourceKinds: ["exec", "vscode"] }, ["Beta words", "Named", "by exec"]],
    [{ modelProviders: [] }, ["Beta words", "Named"]],
    [{ modelProviders: ["other"] }, []],
    [{ searchTerm: "alpha" }, ["Named"]],
    [{ cwd: [cwd, "/x"] }, ["Beta words", "Named"]],
    [{ cwd: "/x" }, []],
    [{ archived: true }, []],
    [{ sortDirection: "asc" }, ["Named", "Beta words"]],
    [{ limit: 0 }, ["Beta words"]],
  ];
  for (const [params, expected] of cases) {
    assert.deepEqual(
      titles(await list(params)),
      expected,
      JSON.stringify(params),
    );
  }
  const newest = await list({ limit: 1, sortKey: "updated_at" });
  const older = await list({
    limit: 1,
    sortKey: "updated_at",
    cursor: newest.nextCursor,
  });
  assert.deepEqual(
    [...titles(newest), ...titles(older)].toSorted(),
    ["Beta words", "Named"],
  );
  const back = await list({
    sortKey: "updated_at",
    sortDirection: "asc",
    cursor: older.backwardsCursor,
  });
  assert.deepEqual(titles(back), [...titles(older), ...titles(newest)]);
  for (const cursor of ["zz", "{}", "2026-11-22T14:26:08Z"]) {
    const error = await client.refused("thread/list", { cursor });
    assert.equal(error.message, `invalid cursor: ${cursor}`);
  }
});

Deno.test("several processes make the same index at once", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const count = 150;
  for (let index = 0; index < count; index++) {
    const text = rolloutOf(idOf(index), `thread ${index}`, index * 1000);
    await placeRollout(workspace, idOf(index), text);
  }
  const clients = await Promise.all(
    Array.from({ length: 3 }, () => startAppClient(workspace)),
  );
  try {
    const readAll = async (client: typeof clients[number]) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: JsonEvent = await client.request("thread/list", {
          limit: 40,
          cursor,
        });
        seen.push(...titles(page));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return seen;
    };
    const expected = Array.from(
      { length: count },
      (_, index) => `thread ${count - 1 - index}`,
    );
    for (const seen of await Promise.all(clients.map(readAll))) {
      assert.deepEqual(seen, expected);
    }
  } finally {
    for (const client of clients) await client.end();
  }
});

Deno.test("an index that cannot be used says so, and threads run all the same", async () => {
  await using server = startMockServer([response(message("one"))]);
  await using workspace = await makeWorkspace(server);
  const path = `${workspace.home}/${DATABASE}`;
  await Deno.writeTextFile(path, "this is no database".repeat(1000));
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  const input = [{ type: "text", text: "hi" }];
  await client.request("turn/start", { threadId, input });
  const { turn } = await client.next("turn/completed");
  assert.equal(turn.status, "completed");
  const error = await client.refused("thread/list");
  assert.equal(error.code, -32603);
  assert.match(error.message, /codex_deno_state\.sqlite": file is not a data/);
  const read = await client.request("thread/read", { threadId });
  assert.equal(read.thread.preview, "hi");
  await Deno.remove(path);
  assert.deepEqual(titles(await client.request("thread/list")), ["hi"]);
});

Deno.test("`codex exec` makes no database; where it lies is configured", async () => {
  await using server = startMockServer([response(message("one"))]);
  await using workspace = await makeWorkspace(server);
  const { home, root, cwd } = workspace;
  const run = await runCodex({ workspace, args: ["exec", "hi"], cwd });
  assert.equal(run.code, 0, run.stderr);
  await assert.rejects(Deno.stat(`${home}/${DATABASE}`), Deno.errors.NotFound);
  await using client = await startAppClient(workspace, {
    args: ["-c", `sqlite_home="${root}/elsewhere"`],
  });
  const list = await client.request("thread/list", { sourceKinds: ["exec"] });
  assert.deepEqual(titles(list), ["hi"]);
  assert.ok((await Deno.stat(`${root}/elsewhere/${DATABASE}`)).isFile);
  await assert.rejects(Deno.stat(`${home}/${DATABASE}`), Deno.errors.NotFound);
});
