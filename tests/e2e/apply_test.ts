/** `codex apply` puts what a thread changed into a working tree. */
import assert from "node:assert/strict";
import {
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  customCall,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

const PATCH = [
  "*** Begin Patch",
  "*** Update File: a.txt",
  "@@",
  " one",
  "-two",
  "+TWO",
  " three",
  "*** Add File: n.txt",
  "+new",
  "*** End Patch",
].join("\n");

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=n", "-c", "user.email=e@x", ...args],
    cwd,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** A thread that has changed two files, and a tree that is as before it. */
async function withThread(
  use: (workspace: Workspace, id: string) => Promise<void>,
): Promise<void> {
  await using server = startMockServer([
    response(customCall("apply_patch", PATCH, "c1")),
    response(message("done")),
  ]);
  await using workspace = await makeWorkspace(server);
  const { cwd } = workspace;
  await Deno.remove(`${cwd}/.git`, { recursive: true });
  await git(cwd, "init", "-q");
  await Deno.writeTextFile(`${cwd}/a.txt`, "one\ntwo\nthree\n");
  await git(cwd, "add", ".");
  await git(cwd, "commit", "-qm", "start");
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--full-auto", "go"],
  });
  assert.equal(run.code, 0, run.stderr);
  await git(cwd, "reset", "-q", "--hard");
  await git(cwd, "clean", "-qfd");
  await use(workspace, run.events[0].thread_id);
}

Deno.test("a diff that fits is applied, also from below the root", () =>
  withThread(async (workspace, id) => {
    await Deno.mkdir(`${workspace.cwd}/sub`);
    const run = await runCodex({
      workspace,
      args: ["apply", id],
      cwd: `${workspace.cwd}/sub`,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(
      run.stdout,
      `Applied the last diff of thread ${id}: 2 files\n`,
    );
    assert.deepEqual(
      [
        await Deno.readTextFile(`${workspace.cwd}/a.txt`),
        await Deno.readTextFile(`${workspace.cwd}/n.txt`),
      ],
      ["one\nTWO\nthree\n", "new\n"],
    );
  }));

Deno.test("a diff that no longer fits is merged, or says what conflicts", () =>
  withThread(async (workspace, id) => {
    const { cwd } = workspace;
    await Deno.writeTextFile(`${cwd}/a.txt`, "one\nzwei\nthree\n");
    await git(cwd, "commit", "-qam", "other");
    const run = await runCodex({ workspace, args: ["apply", id] });
    assert.equal(run.code, 1);
    assert.match(
      run.stderr,
      /^Error: Cannot apply the diff in .*; conflict markers were left[^]*a\.txt/,
    );
    assert.match(await Deno.readTextFile(`${cwd}/a.txt`), /^<<<<<<< /m);
  }));

Deno.test("a thread that is not here, or changed nothing, cannot be applied", async () => {
  await using server = startMockServer([response(message("hi"))]);
  await using workspace = await makeWorkspace(server);
  const quiet = await runCodex({ workspace, args: ["exec", "--json", "hi"] });
  const id = quiet.events[0].thread_id;
  const errors = await Promise.all(
    [id, crypto.randomUUID(), "task_123"].map(async (name) =>
      (await runCodex({ workspace, args: ["apply", name] })).stderr
    ),
  );
  assert.match(errors[0] ?? "", /no turn of that thread has kept a diff/);
  assert.match(errors[1] ?? "", /there is no thread of that id/);
  assert.match(errors[2] ?? "", /cloud tasks cannot be fetched/);
});
