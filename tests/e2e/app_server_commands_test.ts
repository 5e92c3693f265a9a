/** Commands that clients of the app-server run, confined by the real program. */
import assert from "node:assert/strict";
import { type AppClient, startAppClient } from "@test/support/app_client.ts";
import { type JsonEvent, makeWorkspace } from "@test/support/codex.ts";
import { isGone, isRunning } from "@test/support/processes.ts";

const sh = (script: string, more: object = {}) => ({
  command: ["/bin/sh", "-c", script],
  ...more,
});

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

/** What was passed on of one command's output so far. */
function passed(client: AppClient, processId: string, stream: string): string {
  return client.messages
    .filter(({ method, params }) =>
      method === "command/exec/outputDelta" &&
      params.processId === processId && params.stream === stream
    )
    .map(({ params }) =>
      new TextDecoder().decode(Uint8Array.fromBase64(params.deltaBase64))
    ).join("");
}

async function until(
  client: AppClient,
  isThere: () => boolean,
): Promise<void> {
  while (!isThere()) await client.next("command/exec/outputDelta");
}

Deno.test("a command's outputs and exit code come back, both apart", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  assert.deepEqual(
    await client.request(
      "command/exec",
      sh("echo out; echo err >&2; exit 3"),
    ),
    { exitCode: 3, stdout: "out\n", stderr: "err\n" },
  );
  const { stdout } = await client.request(
    "command/exec",
    sh('pwd; echo "$A-${HOME:-none}"', {
      cwd: workspace.home,
      env: { A: "1", HOME: null },
    }),
  );
  assert.equal(stdout, `${workspace.home}\n1-none\n`);
  const capped = await client.request(
    "command/exec",
    sh("printf 0123456789; printf abcdefghij >&2", { outputBytesCap: 4 }),
  );
  assert.deepEqual([capped.stdout, capped.stderr], ["0123", "abcd"]);
  const late = await client.request(
    "command/exec",
    sh("echo hi; sleep 30", { timeoutMs: 300 }),
  );
  assert.deepEqual([late.exitCode, late.stdout], [124, "hi\n"]);
});

Deno.test("a client's command is confined as the model's are", async () => {
  await using workspace = await makeWorkspace();
  const { home, root, cwd } = workspace;
  await Deno.writeTextFile(`${home}/auth.json`, '{"OPENAI_API_KEY":"sk-1"}');
  await using client = await startAppClient(workspace);
  const codeOf = async (script: string, policy?: object) => {
    const more = policy === undefined ? {} : { sandboxPolicy: policy };
    const { exitCode } = await client.request("command/exec", sh(script, more));
    return exitCode;
  };
  const write = { type: "workspaceWrite", excludeSlashTmp: true };
  assert.notEqual(await codeOf(`echo x > ${cwd}/a`), 0);
  assert.equal(await codeOf(`echo x > ${cwd}/a`, write), 0);
  assert.notEqual(await codeOf(`echo x > ${root}/b`, write), 0);
  assert.notEqual(await codeOf(`echo x > ${cwd}/.git/hooks`, write), 0);
  assert.notEqual(await codeOf(`cat ${home}/auth.json`), 0);
  assert.notEqual(await codeOf(`cat ${home}/auth.json`, write), 0);
  assert.equal(
    await codeOf(`echo x > ${root}/b`, { type: "dangerFullAccess" }),
    0,
  );
  for (
    const sandboxPolicy of [
      { type: "externalSandbox" },
      { type: "readOnly", access: { type: "restricted", readableRoots: [] } },
      {
        type: "workspaceWrite",
        readOnlyAccess: { type: "restricted", readableRoots: [] },
      },
    ]
  ) {
    const error = await client.refused(
      "command/exec",
      sh("true", { sandboxPolicy }),
    );
    assert.equal(error.code, -32600);
    assert.match(error.message, /not available/);
  }
});

Deno.test("what cannot be meant is refused", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace, {
    capabilities: { experimentalApi: true },
  });
  const tty = { tty: true, processId: "q" };
  const cases: readonly (readonly [object, number, RegExp])[] = [
    [{ command: [] }, -32600, /^command must not be empty$/],
    [
      { command: ["no-such-program"] },
      -32600,
      /"no-such-program".*No such file/,
    ],
    [sh("true", { cwd: "/nowhere" }), -32600, /No such file.*\/nowhere/],
    [sh("true", { timeoutMs: -5 }), -32602, /non-negative, got -5$/],
    [
      sh("true", { timeoutMs: 1, disableTimeout: true }),
      -32602,
      /both timeoutMs and disableTimeout$/,
    ],
    [
      sh("true", { outputBytesCap: 1, disableOutputCap: true }),
      -32602,
      /both outputBytesCap and disableOutputCap$/,
    ],
    [sh("true", { tty: true }), -32600, /client-supplied processId$/],
    [sh("true", { streamStdin: true }), -32600, /client-supplied processId$/],
    [sh("true", { size: { rows: 1, cols: 1 } }), -32602, /requires tty: true$/],
    [
      sh("true", { ...tty, size: { rows: 0, cols: 1 } }),
      -32602,
      /greater than 0$/,
    ],
    [
      sh("true", { ...tty, size: { rows: 1, cols: 70000 } }),
      -32602,
      /65535 at most$/,
    ],
    [
      sh("true", { permissionProfile: {} }),
      -32600,
      /permissionProfile is not available/,
    ],
    [
      sh("true", {
        permissionProfile: {},
        sandboxPolicy: { type: "readOnly" },
      }),
      -32600,
      /cannot be combined/,
    ],
  ];
  for (const [params, code, why] of cases) {
    const error = await client.refused("command/exec", params);
    assert.match(error.message, why);
    assert.equal(error.code, code, error.message);
  }
  for (const method of ["write", "resize", "terminate"]) {
    const error = await client.refused(`command/exec/${method}`, {
      processId: "gone",
      closeStdin: true,
      size: { rows: 1, cols: 1 },
    });
    assert.equal(
      error.message,
      'no active command/exec for process id "gone"',
    );
  }
});

Deno.test("output is passed on as it comes, and input is written and ended", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const streamed = {
    processId: "p",
    streamStdin: true,
    streamStdoutStderr: true,
  };
  const ended = client.request(
    "command/exec",
    sh("echo ready; cat; echo done >&2", streamed),
  );
  await until(client, () => passed(client, "p", "stdout") === "ready\n");
  const write = (params: object) =>
    client.request("command/exec/write", { processId: "p", ...params });
  await write({ deltaBase64: base64("abc\n") });
  await until(client, () => passed(client, "p", "stdout") === "ready\nabc\n");
  const twice = await client.refused("command/exec", sh("true", streamed));
  assert.match(twice.message, /^duplicate active .* "p"$/);
  for (
    const [params, code, why] of [
      [{ deltaBase64: "!!" }, -32602, /^invalid deltaBase64: /],
      [{}, -32602, /requires deltaBase64 or closeStdin$/],
    ] as const
  ) {
    const error = await client.refused("command/exec/write", {
      processId: "p",
      ...params,
    });
    assert.equal(error.code, code);
    assert.match(error.message, why);
  }
  const error = await client.refused("command/exec/resize", {
    processId: "p",
    size: { rows: 2, cols: 2 },
  });
  assert.match(error.message, /not attached to a PTY$/);
  await write({ closeStdin: true });
  assert.deepEqual(await ended, { exitCode: 0, stdout: "", stderr: "" });
  assert.equal(passed(client, "p", "stderr"), "done\n");
  const capped = client.request(
    "command/exec",
    sh("printf 0123456789; sleep 0.1; printf more", {
      processId: "c",
      streamStdoutStderr: true,
      outputBytesCap: 6,
    }),
  );
  await capped;
  assert.equal(passed(client, "c", "stdout"), "012345");
  const closed = client.request(
    "command/exec",
    sh("cat; sleep 30", { processId: "n" }),
  );
  const refusal = await client.refused("command/exec/write", {
    processId: "n",
    deltaBase64: "",
  });
  assert.match(refusal.message, /stdin streaming is not enabled|no active/);
  await client.request("command/exec/terminate", { processId: "n" })
    .catch(() => undefined);
  assert.notEqual((await closed).exitCode, 0);
});

/** A terminal of its own needs the helper, which needs what the machine allows. */
const HAS_TERMINALS = Deno.build.os === "linux" &&
  [undefined, "helper"].includes(Deno.env.get("CODEX_SANDBOX_MECHANISM"));

Deno.test({
  name: "a command has a terminal of the size its client says",
  ignore: !HAS_TERMINALS,
  async fn() {
    await using workspace = await makeWorkspace();
    await using client = await startAppClient(workspace);
    for (const type of ["readOnly", "dangerFullAccess"]) {
      const processId = type;
      const ended = client.request(
        "command/exec",
        sh("stty size; read x; stty size; test -t 0 && echo got $x; sleep 30", {
          processId,
          tty: true,
          size: { rows: 7, cols: 33 },
          sandboxPolicy: { type },
        }),
      );
      const shows = (text: RegExp) =>
        until(client, () => text.test(passed(client, processId, "stdout")));
      await shows(/^7 33\r\n/);
      await client.request("command/exec/resize", {
        processId,
        size: { rows: 9, cols: 99 },
      });
      await client.request("command/exec/write", {
        processId,
        deltaBase64: base64("hello\n"),
      });
      await shows(/hello\r\n9 99\r\ngot hello\r\n$/);
      await client.request("command/exec/terminate", { processId });
      const { exitCode, stdout } = await ended;
      assert.notEqual(exitCode, 0);
      assert.equal(stdout, "");
    }
  },
});

Deno.test("a command ends with its connection, and all it started", async () => {
  await using workspace = await makeWorkspace();
  const mark = `300.${Math.trunc(Math.random() * 1e9)}`;
  const client = await startAppClient(workspace);
  const never = client.request(
    "command/exec",
    sh(`sleep ${mark} & echo started; wait`, {
      processId: "p",
      streamStdoutStderr: true,
      disableTimeout: true,
      sandboxPolicy: { type: "dangerFullAccess" },
    }),
  );
  never.catch(() => undefined);
  await until(client, () => passed(client, "p", "stdout") === "started\n");
  assert.equal(await isRunning(mark), true);
  await client.end();
  assert.equal(await isGone(mark), true);
});

Deno.test("a connection runs so many commands at a time and no more", async () => {
  await using workspace = await makeWorkspace();
  const client = await startAppClient(workspace);
  const count = 64;
  const policy = { sandboxPolicy: { type: "dangerFullAccess" } };
  const running: Promise<JsonEvent>[] = [];
  for (let at = 0; at < count; at++) {
    const id = { processId: `p${at}`, streamStdoutStderr: true };
    running.push(
      client.request(
        "command/exec",
        sh("echo up; sleep 60", { ...policy, ...id }),
      ),
    );
  }
  running.forEach((one) => one.catch(() => undefined));
  const error = await client.refused("command/exec", sh("true"));
  assert.match(error.message, /64 of this connection run/);
  await client.end();
});
