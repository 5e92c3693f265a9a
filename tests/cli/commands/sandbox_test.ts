/** `codex sandbox`: the command's own output, input and exit code, confined. */
import assert from "node:assert/strict";
import {
  type CodexOptions,
  collect,
  makeWorkspace,
  runCodex,
  spawnCodex,
} from "@test/support/codex.ts";
import { namesIn } from "@test/sandbox/room.ts";

const isLinux = Deno.build.os === "linux";

async function sandbox(
  args: readonly string[],
  options: Partial<CodexOptions> = {},
) {
  await using workspace = await makeWorkspace();
  const { code, stdout, stderr } = await runCodex({
    workspace,
    args: ["sandbox", ...args],
    ...options,
  });
  return { code, stdout, stderr, files: await namesIn(workspace.cwd) };
}

Deno.test({
  name: "a sandboxed command keeps its outputs apart and its exit code",
  ignore: !isLinux,
  async fn() {
    const { code, stdout, stderr } = await sandbox([
      "linux",
      "--",
      "sh",
      "-c",
      "echo out; echo err >&2; exit 7",
    ]);
    assert.deepEqual([code, stdout, stderr], [7, "out\n", "err\n"]);
  },
});

Deno.test({
  name: "a sandboxed command is given standard input, every byte",
  ignore: !isLinux,
  async fn() {
    const input = "0123456789\n".repeat(100_000);
    await using workspace = await makeWorkspace();
    const child = spawnCodex({
      workspace,
      args: ["sandbox", "linux", "--", "cat"],
    });
    const writer = child.stdin.getWriter();
    const [run] = await Promise.all([
      collect(child),
      writer.write(new TextEncoder().encode(input)).then(() => writer.close()),
    ]);
    assert.equal(run.code, 0);
    assert.equal(run.stdout, input);
  },
});

Deno.test({
  name: "without --full-auto nothing is written, with it only here",
  ignore: !isLinux,
  async fn() {
    const script = "touch made; touch /usr/made";
    const denied = await sandbox(["linux", "--", "sh", "-c", script]);
    const allowed = await sandbox([
      "linux",
      "--full-auto",
      "--",
      "sh",
      "-c",
      script,
    ]);
    const names = (files: readonly string[]) =>
      files.filter((name) => name !== ".git");
    assert.deepEqual(
      [denied.code, names(denied.files), allowed.code, names(allowed.files)],
      [1, [], 1, ["made"]],
    );
    assert.match(allowed.stderr, /\/usr\/made/);
    assert.doesNotMatch(allowed.stderr, /'made'/);
  },
});

Deno.test({
  name: "--log-denials says which lines tell of one",
  ignore: !isLinux,
  async fn() {
    const denied = await sandbox([
      "linux",
      "--log-denials",
      "--",
      "touch",
      "x",
    ]);
    assert.match(
      denied.stderr,
      /codex sandbox: denied, by the look of the output:\n {2}.*touch: .*\n$/,
    );
    const fine = await sandbox(["linux", "--log-denials", "--", "true"]);
    assert.equal(
      fine.stderr,
      "codex sandbox: no denial, as far as the output tells\n",
    );
  },
});

Deno.test({
  name: "a killed command gives 128 and its signal's number",
  ignore: !isLinux,
  async fn() {
    const { code } = await sandbox(["linux", "--", "sh", "-c", "kill -9 $$"]);
    assert.equal(code, 137);
  },
});

Deno.test({
  name: "what cannot be run is said in a line, with a shell's exit code",
  ignore: !isLinux,
  async fn() {
    const missing = await sandbox(["linux", "--", "no-such-command"]);
    assert.deepEqual([missing.code, missing.stderr], [
      127,
      "codex sandbox: no-such-command: No such file or directory (os error 2)\n",
    ]);
    const forbidden = await sandbox(["linux", "--", "/etc/passwd"]);
    assert.deepEqual([forbidden.code, forbidden.stderr], [
      126,
      "codex sandbox: /etc/passwd: Permission denied (os error 13)\n",
    ]);
    const nothing = await sandbox(["linux"]);
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /^Error: Which command to run is missing: /);
  },
});

Deno.test({
  name: "the sandboxes of other systems say where they are",
  ignore: !isLinux,
  async fn() {
    const [macos, windows] = await Promise.all([
      sandbox(["macos", "ls"]),
      sandbox(["windows", "ls"]),
    ]);
    assert.deepEqual(
      [macos.code, macos.stderr, windows.code, windows.stderr],
      [
        1,
        "Error: Seatbelt sandbox is only available on macOS\n",
        1,
        "Error: Windows sandbox is only available on Windows\n",
      ],
    );
  },
});

Deno.test({
  name: "the older names under debug run commands too",
  ignore: !isLinux,
  async fn() {
    await using workspace = await makeWorkspace();
    const run = await runCodex({
      workspace,
      args: ["debug", "landlock", "--", "echo", "hi"],
    });
    assert.deepEqual([run.code, run.stdout], [0, "hi\n"]);
  },
});

Deno.test("--status tells the mechanism and its gaps; alone sandbox prints its help", async () => {
  const status = await sandbox(["--status"]);
  assert.match(status.stdout, /^mechanism: \w+\n.+\ngaps:/);
  const alone = await sandbox([]);
  assert.equal(alone.code, 2);
  assert.match(alone.stderr, /^Run a command in the sandbox\n/);
});

Deno.test({
  name: "a reader that goes away ends the command",
  ignore: !isLinux,
  async fn() {
    await using workspace = await makeWorkspace();
    const child = spawnCodex({ workspace, args: ["sandbox", "linux", "yes"] });
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    await child.stderr.cancel();
    await child.stdin.close();
    assert.equal((await child.status).code, 141);
  },
});
