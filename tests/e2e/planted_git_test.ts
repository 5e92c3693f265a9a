/**
 * Nothing a repository tells git to run is run by a turn: it reads git's files and
 * starts no git.
 */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

async function git(cwd: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("git", {
    args,
    cwd,
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

Deno.test("a planted fsmonitor, hook, filter and pager run for git and not for the agent", async () => {
  const patch = "*** Begin Patch\n*** Add File: added\n+text\n*** End Patch\n";
  await using server = startMockServer([
    response(
      call("exec_command", { cmd: "echo x > made", login: false }, "c1"),
    ),
    response(customCall("apply_patch", patch, "c2")),
    response(message("Done.")),
  ]);
  await using workspace = await makeWorkspace(server);
  const { cwd, root } = workspace;
  const trap = `${root}/trap`;
  const mark = `${root}/sprung`;
  await Deno.writeTextFile(trap, `#!/bin/sh\necho sprung >> '${mark}'\n`);
  await Deno.chmod(trap, 0o755);
  await Deno.mkdir(`${root}/hooks`);
  for (const hook of ["post-index-change", "pre-commit", "post-checkout"]) {
    await Deno.copyFile(trap, `${root}/hooks/${hook}`);
  }
  await git(cwd, "init", "-q");
  const settings = {
    "core.fsmonitor": trap,
    "core.hooksPath": `${root}/hooks`,
    "core.pager": trap,
    "diff.external": trap,
    "filter.x.clean": trap,
    "filter.x.smudge": trap,
    "remote.origin.url": "https://user:token@example.org/x.git",
  };
  for (const [name, value] of Object.entries(settings)) {
    await git(cwd, "config", name, value);
  }
  await Deno.writeTextFile(`${cwd}/.gitattributes`, "* filter=x\n");
  const run = await runCodex({
    workspace,
    args: ["exec", "--full-auto", "go"],
  });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(await Deno.readTextFile(`${cwd}/added`), "text\n");
  await assert.rejects(Deno.stat(mark), Deno.errors.NotFound);
  // The trap works: git itself springs it.
  await git(cwd, "status");
  assert.match(await Deno.readTextFile(mark), /sprung/);
});
