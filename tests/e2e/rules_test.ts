/** Rule files in a run: what they refuse, what they let out, what breaks a start. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
} from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

interface Place {
  /** Text of rule files by path below the scratch place. */
  readonly rules: Readonly<Record<string, string>>;
  readonly isTrusted?: boolean;
  readonly args?: readonly string[];
}

/** Runs one command under rules; its items and what the model was told. */
async function runUnder(place: Place, cmd: string) {
  await using server = startMockServer([
    response(call("exec_command", { cmd, login: false }, "c")),
    response(message("Done.")),
  ]);
  await using workspace = await makeWorkspace(server);
  if (place.isTrusted) {
    await Deno.writeTextFile(
      `${workspace.home}/config.toml`,
      `\n[projects."${workspace.cwd}"]\ntrust_level = "trusted"\n`,
      { append: true },
    );
  }
  for (const [path, text] of Object.entries(place.rules)) {
    const target = `${workspace.root}/${path}`;
    await Deno.mkdir(target.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(target, text);
  }
  const run = await runCodex({
    workspace,
    // The home of whoever runs the tests may itself be below /tmp.
    args: [
      "exec",
      "--json",
      "--full-auto",
      "-c",
      "sandbox_workspace_write.exclude_slash_tmp=true",
      ...place.args ?? [],
      "go",
    ],
  });
  const outputs = server.requests.at(-1)?.body.input
    .filter((item: JsonEvent) => item.type === "function_call_output");
  return {
    code: run.code,
    stderr: run.stderr,
    requests: server.requests.length,
    output: String(outputs?.at(-1)?.output),
  };
}

/** What a write outside the roots gives, by mounts and by Landlock. */
const DENIED = /Read-only file system|Permission denied/;

const FORBID = 'prefix_rule(["uname"], "forbidden", justification="use arch")';

Deno.test("a forbidden command does not run, wherever it hides", async () => {
  for (const cmd of ["uname -a", 'echo "$(uname -a)"', "env uname"]) {
    const { output, code } = await runUnder(
      { rules: { "home/rules/a.rules": FORBID } },
      cmd,
    );
    assert.match(output, /^exec_command failed: `.*` rejected: use arch$/);
    assert.equal(code, 0);
  }
});

Deno.test("--ignore-rules leaves the user's rules out", async () => {
  const { output } = await runUnder(
    { rules: { "home/rules/a.rules": FORBID }, args: ["--ignore-rules"] },
    "uname",
  );
  assert.match(output, /Process exited with code 0/);
});

Deno.test("a project's rules count only once the project is trusted", async () => {
  const rules = { "work/.codex/rules/a.rules": FORBID };
  const untrusted = await runUnder({ rules }, "uname");
  assert.match(untrusted.output, /Process exited with code 0/);
  const trusted = await runUnder({ rules, isTrusted: true }, "uname");
  assert.match(trusted.output, /rejected: use arch$/);
});

Deno.test("an allowed command runs without the sandbox, in all its parts only", async () => {
  const rules = { "home/rules/a.rules": 'prefix_rule(["touch"])' };
  await using outside = await scratch();
  const free = await runUnder({ rules }, `touch ${outside.path}/free`);
  assert.match(free.output, /Process exited with code 0/);
  const mixed = await runUnder(
    { rules },
    `touch ${outside.path}/mixed && echo ok`,
  );
  assert.match(mixed.output, DENIED);
  const disguised = await runUnder(
    { rules },
    `cp /bin/touch ./touch; ./touch ${outside.path}/disguised`,
  );
  assert.match(disguised.output, DENIED);
  assert.deepEqual(
    [...Deno.readDirSync(outside.path)].map(({ name }) => name),
    ["free"],
  );
});

Deno.test("a rule file that cannot be used ends the run before anything starts", async () => {
  const { code, stderr, requests } = await runUnder(
    { rules: { "home/rules/a.rules": "# fine\nprefix_rule([])" } },
    "ls",
  );
  assert.equal(code, 1);
  assert.equal(requests, 0);
  assert.match(
    stderr,
    /^Error loading rules:\n\/.*\/home\/rules\/a\.rules:2: invalid pattern element: pattern cannot be empty\n$/,
  );
});

Deno.test("removing by force is refused where nobody can be asked", async () => {
  const { output } = await runUnder({ rules: {} }, "touch a && rm -rf a");
  assert.match(
    output,
    /^exec_command failed: `.*` rejected: blocked by policy$/,
  );
});

/** A place no sandbox opens. */
async function scratch() {
  const home = Deno.env.get("HOME") ?? "/root";
  const path = await Deno.makeTempDir({ dir: home, prefix: ".codex-test-" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
