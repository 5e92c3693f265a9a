/** Files that clients of the app-server watch, with the real program. */
import assert from "node:assert/strict";
import { type AppClient, startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace } from "@test/support/codex.ts";

const write = (path: string) => Deno.writeTextFile(path, "x");

/** The next change of a watch that is about these paths, whatever is told before it. */
async function changes(
  client: AppClient,
  watchId: string,
  paths: readonly string[],
): Promise<void> {
  const missing = new Set(paths);
  while (missing.size > 0) {
    const change = await client.next("fs/changed");
    if (change.watchId !== watchId) continue;
    for (const path of change.changedPaths) missing.delete(path);
  }
}

Deno.test("what is made, changed, renamed and removed in a directory is told", async () => {
  await using workspace = await makeWorkspace();
  const { cwd } = workspace;
  await using client = await startAppClient(workspace);
  assert.deepEqual(
    await client.request("fs/watch", { watchId: "w", path: cwd }),
    { path: cwd },
  );
  await write(`${cwd}/new.txt`);
  await changes(client, "w", [`${cwd}/new.txt`]);
  await write(`${cwd}/.git/inside`);
  await Deno.rename(`${cwd}/new.txt`, `${cwd}/old.txt`);
  await changes(client, "w", [`${cwd}/new.txt`, `${cwd}/old.txt`]);
  await Deno.remove(`${cwd}/old.txt`);
  await changes(client, "w", [`${cwd}/old.txt`]);
  const told = client.messages
    .filter(({ method }) => method === "fs/changed")
    .flatMap(({ params }) => params.changedPaths);
  assert.deepEqual(told.filter((path) => path.includes("inside")), []);
  const again = await client.refused("fs/watch", { watchId: "w", path: cwd });
  assert.deepEqual([again.code, again.message], [
    -32600,
    "watchId already exists: w",
  ]);
  const relative = await client.refused("fs/watch", {
    watchId: "r",
    path: "here",
  });
  assert.equal(relative.code, -32600);
});

Deno.test("a file is watched through being absent and being replaced, alone", async () => {
  await using workspace = await makeWorkspace();
  const { cwd } = workspace;
  const file = `${cwd}/file`;
  await using client = await startAppClient(workspace);
  await client.request("fs/watch", { watchId: "f", path: file });
  await write(`${cwd}/other`);
  await write(file);
  await changes(client, "f", [file]);
  await write(`${cwd}/next`);
  await Deno.rename(`${cwd}/next`, file);
  await changes(client, "f", [file]);
  await Deno.writeTextFile(file, "more", { append: true });
  await changes(client, "f", [file]);
  const told = client.messages
    .filter(({ method }) => method === "fs/changed")
    .flatMap(({ params }) => params.changedPaths);
  assert.deepEqual([...new Set(told)], [file]);
  const nowhere = await client.refused("fs/watch", {
    watchId: "n",
    path: `${cwd}/none/file`,
  });
  assert.deepEqual([nowhere.code, nowhere.message], [
    -32603,
    `Cannot watch "${cwd}/none/file": No such file or directory (os error 2)`,
  ]);
});

Deno.test("paths are told as they were asked for, links and all", async () => {
  await using workspace = await makeWorkspace();
  const { cwd, root } = workspace;
  await Deno.symlink(cwd, `${root}/link`);
  await using client = await startAppClient(workspace);
  for (const [watchId, path] of [["d", ""], ["f", "/file"]]) {
    await client.request("fs/watch", { watchId, path: `${root}/link${path}` });
  }
  await write(`${cwd}/file`);
  const heard = new Set<string>();
  while (heard.size < 2) {
    const { watchId, changedPaths } = await client.next("fs/changed");
    assert.deepEqual(changedPaths, [`${root}/link/file`]);
    heard.add(watchId);
  }
});

Deno.test("thousands of changes are few messages, and none after the end", async () => {
  await using workspace = await makeWorkspace();
  const { cwd } = workspace;
  await using client = await startAppClient(workspace);
  await client.request("fs/watch", { watchId: "w", path: cwd });
  const beganMs = performance.now();
  for (let at = 0; at < 3_000; at++) Deno.writeTextFileSync(`${cwd}/${at}`, "");
  let isTold = false;
  while (!isTold) {
    const { changedPaths } = await client.next("fs/changed");
    isTold = changedPaths.includes(cwd) || changedPaths.includes(`${cwd}/2999`);
  }
  const count = () =>
    client.messages.filter(({ method }) => method === "fs/changed").length;
  // Ten a second at most, however long that took here.
  const heard = count();
  const most = (performance.now() - beganMs) / 100 + 2;
  assert.ok(heard <= most, `${heard} messages, at most ${most} wanted`);
  for (let at = 0; at < 2; at++) {
    await client.request("fs/unwatch", { watchId: "w" });
  }
  const before = count();
  await write(`${cwd}/late`);
  await client.request("fs/watch", { watchId: "v", path: cwd });
  await write(`${cwd}/later`);
  await changes(client, "v", [`${cwd}/later`]);
  const late = client.messages.slice(-50).filter(({ method, params }) =>
    method === "fs/changed" && params.watchId === "w"
  );
  assert.ok(count() > before);
  assert.ok(!late.some(({ params }) => params.changedPaths.includes("late")));
});

Deno.test("a connection watches so many paths and no more", async () => {
  await using workspace = await makeWorkspace();
  const { cwd } = workspace;
  await using client = await startAppClient(workspace);
  for (let at = 0; at < 256; at++) {
    await client.request("fs/watch", { watchId: `w${at}`, path: cwd });
  }
  const error = await client.refused("fs/watch", { watchId: "x", path: cwd });
  assert.match(error.message, /256 of this connection are; unwatch one first$/);
});

Deno.test("what needs Windows, or the vendor, says so", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const mode = "elevated";
  if (Deno.build.os !== "windows") {
    const answer = await client.request("windowsSandbox/setupStart", { mode });
    assert.deepEqual(answer, { started: true });
    assert.deepEqual(await client.next("windowsSandbox/setupCompleted"), {
      mode,
      success: false,
      error: "elevated Windows sandbox setup is only supported on Windows",
    });
  }
  const error = await client.refused("feedback/upload", {
    classification: "bug",
    includeLogs: false,
  });
  assert.deepEqual([error.code, error.message], [
    -32600,
    "feedback/upload needs a service of the vendor that this program does not talk to",
  ]);
});
