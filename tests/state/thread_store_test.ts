/** Stored threads: read, named and moved as files. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadStore } from "@/protocol/stored_threads.ts";
import { createThreadStore } from "@/state/thread_store.ts";
import { placeRollout } from "@test/support/rollouts.ts";

const ID = "01a20461-c44a-7f81-be73-f34280a2ded4";
const PARENT = "01a20461-c44a-7f81-be73-f34280a2dead";

const meta = (id: string, more: object = {}) =>
  JSON.stringify({
    type: "session_meta",
    payload: {
      id,
      timestamp: "2026-01-02T03:04:05.000Z",
      cwd: "/w",
      source: "exec",
      cli_version: "0.124.0",
      model_provider: "mock",
      git: { commit_hash: "abc", branch: "main" },
      ...more,
    },
  });
const event = (payload: object) =>
  JSON.stringify({ type: "event_msg", payload });

async function withStore(
  lines: readonly string[],
  use: (
    store: ThreadStore,
    place: { readonly home: string; readonly path: string },
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    const path = await placeRollout({ home }, ID, lines.join("\n"));
    const store = createThreadStore({
      ...createPlatform(),
      codexHome: home,
      sqliteHome: home,
    });
    await use(store, { home, path });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const failsWith = (code: string) => (error: unknown) =>
  error instanceof CodexError && error.code === code;

Deno.test("a stored thread tells what it is, whatever its last line is", () =>
  withStore([
    meta(ID, { forked_from_id: PARENT }),
    meta(PARENT, { git: { branch: "parents" } }),
    event({ type: "user_message", message: "first words" }),
    event({ type: "user_message", message: "later words" }),
    JSON.stringify({ type: "turn_context", payload: { cwd: "/moved" } }),
    '{"type":"event_msg","payl',
  ], async (store, { path }) => {
    const record = await store.find(ID);
    assert.equal(record?.preview, "first words");
    assert.equal(record?.cwd, "/moved");
    assert.equal(record?.path, path);
    assert.equal(record?.forkedFromId, PARENT);
    assert.equal(record?.createdAtMs, Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.deepEqual(record?.git, { sha: "abc", branch: "main" });
    assert.equal(await store.find(PARENT), undefined);
    assert.equal(await store.turns(PARENT), undefined);
  }));

Deno.test("the last name counts, and nobody else can read the names", () =>
  withStore([meta(ID)], async (store, { home }) => {
    await store.rename(ID, "one");
    await store.rename(ID, "two");
    assert.equal((await store.find(ID))?.name, "two");
    const file = `${home}/session_index.jsonl`;
    const lines = (await Deno.readTextFile(file)).trim().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).thread_name),
      ["one", "two"],
    );
    if (Deno.build.os !== "windows") {
      assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    }
  }));

Deno.test("what is known of the repository changes by what is named", () =>
  withStore([meta(ID), '{"half'], async (store, { path }) => {
    await store.changeGit(ID, { branch: "other", originUrl: "git@x:y" });
    await store.changeGit(ID, { sha: null });
    assert.deepEqual((await store.find(ID))?.git, {
      branch: "other",
      originUrl: "git@x:y",
    });
    // The half line stayed alone: nothing was glued to it.
    const lines = (await Deno.readTextFile(path)).split("\n");
    assert.equal(lines[1], '{"half');
    assert.equal(JSON.parse(lines[2] ?? "").payload.git.branch, "other");
    await assert.rejects(
      store.changeGit(PARENT, { sha: "x" }),
      failsWith("not_found"),
    );
  }));

Deno.test("an archived thread is out of the way and comes back as it was", () =>
  withStore([meta(ID), event({ type: "user_message", message: "hi" })], async (
    store,
    { home, path },
  ) => {
    const before = await Deno.readTextFile(path);
    await store.archive(ID);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const record = await store.find(ID);
    assert.equal(
      record?.path,
      `${home}/archived_sessions/${path.slice(path.lastIndexOf("/") + 1)}`,
    );
    assert.equal((await store.turns(ID))?.length, 1);
    await assert.rejects(store.archive(ID), failsWith("not_found"));
    await store.unarchive(ID);
    assert.equal(await Deno.readTextFile(path), before);
    await assert.rejects(store.unarchive(ID), failsWith("not_found"));
  }));

Deno.test("archiving never replaces another file", () =>
  withStore([meta(ID)], async (store, { home, path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const other = `${home}/archived_sessions/${name}`;
    await Deno.mkdir(`${home}/archived_sessions`);
    await Deno.writeTextFile(other, "precious");
    await assert.rejects(store.archive(ID), failsWith("storage"));
    assert.equal(await Deno.readTextFile(other), "precious");
    assert.equal(await Deno.readTextFile(path), meta(ID));
  }));

Deno.test("an id is looked for, never a path", () =>
  withStore([meta(ID)], async (store, { home }) => {
    await Deno.writeTextFile(`${home}/sessions/secret.jsonl`, meta("x"));
    for (const id of ["../../secret", "secret", "", "*"]) {
      assert.equal(await store.find(id), undefined);
      await assert.rejects(store.archive(id), failsWith("not_found"));
    }
  }));
