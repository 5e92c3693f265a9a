import assert from "node:assert/strict";
import { createDraftStore } from "@/cli/draft_store.ts";
import { createPlatform } from "@/platform/deno.ts";
import { temporaryDirectory } from "@test/support/trees.ts";

const CWD = "/somewhere";

/** The store of a process with that id; only those named are still running. */
function storeOf(codexHome: string, pid: number, running: readonly number[]) {
  const { files, host } = createPlatform();
  return createDraftStore(
    {
      files,
      host: { ...host, pid, isRunning: (other) => running.includes(other) },
    },
    { codexHome, cwd: CWD },
  );
}

Deno.test("a draft of a session that is gone comes back once", async () => {
  await using home = await temporaryDirectory();
  await storeOf(home.path, 11, []).keep("unsent\nwords");
  const { mode } = await Deno.stat(`${home.path}/drafts/11.json`);
  assert.equal((mode ?? 0) & 0o777, 0o600);
  const next = storeOf(home.path, 12, [12]);
  assert.deepEqual(await next.takeLost(), ["unsent\nwords"]);
  assert.deepEqual(await next.takeLost(), []);
});

Deno.test("a draft of a session that runs, or of another directory, stays", async () => {
  await using home = await temporaryDirectory();
  await storeOf(home.path, 11, []).keep("being written");
  await Deno.writeTextFile(
    `${home.path}/drafts/13.json`,
    JSON.stringify({ pid: 13, cwd: "/elsewhere", text: "other" }),
  );
  await Deno.writeTextFile(`${home.path}/drafts/14.json`, "{");
  assert.deepEqual(await storeOf(home.path, 12, [11, 12]).takeLost(), []);
});

Deno.test("a draft that was sent leaves nothing", async () => {
  await using home = await temporaryDirectory();
  const store = storeOf(home.path, 11, []);
  await store.keep("words");
  await store.keep("");
  await store.keep("");
  assert.deepEqual([...Deno.readDirSync(`${home.path}/drafts`)], []);
});
