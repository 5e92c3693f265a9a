/** `exec` for people: the answer on standard output, everything else beside it. */
import assert from "node:assert/strict";
import {
  CODEX,
  type CodexRun,
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  reasoning,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

/** Standard error without what differs from run to run. */
function shown(run: CodexRun, workspace: Workspace): readonly string[] {
  return run.stderr
    .replaceAll(workspace.cwd, "CWD")
    .replace(/^session id: .*$/m, "session id: ID")
    .replace(/^confined by: .*$/m, "confined by: MECHANISM")
    .replace(/ in \d+ms:$/gm, " in N ms:")
    .trimEnd().split("\n");
}

Deno.test("a run tells what it did on standard error and answers on standard output", async () => {
  await using server = startMockServer([
    response(
      reasoning("**Plan**"),
      message("Working.", "commentary"),
      call("exec_command", { cmd: "echo hi; exit 3", login: false }, "call_1"),
    ),
    response(customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: n.txt\n+x\n*** End Patch",
      "call_2",
    )),
    response(message("All done.", "final_answer")),
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "--full-auto", "do all"],
  });
  assert.deepEqual([run.code, run.stdout], [0, "All done.\n"]);
  const lines = shown(run, workspace);
  assert.deepEqual(lines.slice(2), [
    "--------",
    "workdir: CWD",
    "model: gpt-5.2-codex",
    "provider: mock",
    "approval: never",
    "sandbox: workspace-write [workdir, /tmp, $TMPDIR]",
    "confined by: MECHANISM",
    "reasoning effort: none",
    "reasoning summaries: none",
    "session id: ID",
    "--------",
    "user",
    "do all",
    "**Plan**",
    "codex",
    "Working.",
    "exec",
    "/bin/bash -c 'echo hi; exit 3' in CWD",
    " exited 3 in N ms:",
    "hi",
    "",
    "apply patch",
    "patch: completed",
    "CWD/n.txt",
    "diff --git a/n.txt b/n.txt",
    "new file mode 100644",
    "index 0000000000000000000000000000000000000000..587be6b4c3f93f93c489c0111bba5596147a26cb",
    "--- /dev/null",
    "+++ b/n.txt",
    "@@ -0,0 +1 @@",
    "+x",
    "",
    "codex",
    "All done.",
    "tokens used",
    "330",
  ]);
});

Deno.test("colours come when asked for, never into standard output", async () => {
  await using server = startMockServer(
    Array.from({ length: 3 }, () => response(message("ok"))),
  );
  await using workspace = await makeWorkspace(server);
  const coloured = async (...args: string[]) => {
    const run = await runCodex({ workspace, args: ["exec", ...args, "hi"] });
    assert.equal(run.stdout, "ok\n");
    return run.stderr.includes("\x1b[");
  };
  assert.deepEqual(
    [
      await coloured("--color", "always"),
      await coloured("--color", "never"),
      await coloured(),
    ],
    [true, false, false],
  );
});

Deno.test("a reader that goes away ends the run quietly", async () => {
  await using server = startMockServer([response(message("ok"))]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    program: "/bin/bash",
    args: [
      "-c",
      'set -o pipefail; "$0" exec --json hi </dev/null | true',
      CODEX,
    ],
  });
  assert.equal(run.code, 141);
  assert.doesNotMatch(run.stderr, /rror/);
});
