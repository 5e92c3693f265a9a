/** `codex exec-server`: the real program, real processes, a client of a few lines. */
import assert from "node:assert/strict";
import { knock, rawHandshake } from "@test/support/app_listener.ts";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";
import { isGone } from "@test/support/processes.ts";
import { longSleep } from "@test/support/stopped_run.ts";

const CONFIG = `sandbox_mode = "danger-full-access"`;

interface Client extends AsyncDisposable {
  readonly port: number;
  readonly told: readonly JsonEvent[];
  call(method: string, params: unknown): Promise<JsonEvent>;
  notify(method: string): void;
  /** Resolves with the first notification that fits. */
  hear(fits: (message: JsonEvent) => boolean): Promise<JsonEvent>;
  disconnect(): Promise<void>;
  stop(): Promise<number>;
}

async function start(workspace: Workspace): Promise<Client> {
  const child = spawnCodex({ workspace, args: ["exec-server"] });
  await child.stdin.close();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let url = "";
  while (!url.includes("\n")) url += (await reader.read()).value ?? "";
  assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+\n$/);
  const socket = new WebSocket(url.trim());
  const told: JsonEvent[] = [];
  const answers = new Map<number, (message: JsonEvent) => void>();
  let wake = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id === undefined) told.push(message);
    else answers.get(message.id)?.(message);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const closed = new Promise<void>((resolve) =>
    socket.addEventListener("close", () => resolve())
  );
  await new Promise((resolve) => socket.onopen = resolve);
  let count = 0;
  let stopped: Promise<number> | undefined;
  const stop = () =>
    stopped ??= (async () => {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await Promise.all([errors, reader.cancel(), closed]);
      return code;
    })();
  return {
    port: Number(new URL(url).port),
    told,
    call(method, params) {
      const id = ++count;
      const answer = new Promise<JsonEvent>((resolve) =>
        answers.set(id, resolve)
      );
      socket.send(JSON.stringify({ id, method, params }));
      return answer;
    },
    notify: (method) => socket.send(JSON.stringify({ method })),
    async hear(fits) {
      while (true) {
        const found = told.find(fits);
        if (found !== undefined) return found;
        await wake.promise;
      }
    },
    async disconnect() {
      socket.close();
      await closed;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

async function startReady(workspace: Workspace): Promise<Client> {
  const client = await start(workspace);
  const { result } = await client.call("initialize", { clientName: "test" });
  assert.match(result.sessionId, /^[0-9a-f-]{36}$/);
  client.notify("initialized");
  return client;
}

const text = (chunk: string) =>
  new TextDecoder().decode(Uint8Array.fromBase64(chunk));

function sh(processId: string, script: string, cwd: string, more = {}) {
  return {
    processId,
    argv: ["/bin/sh", "-c", script],
    cwd,
    env: { A: "1" },
    tty: false,
    arg0: null,
    ...more,
  };
}

Deno.test("the handshake comes first, and once", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await start(workspace);
  const read = { processId: "p" };
  const refused = async (method: string, params: unknown) =>
    (await client.call(method, params)).error;
  assert.deepEqual(await refused("process/read", read), {
    code: -32600,
    message: "client must call initialize before using exec methods",
  });
  await client.call("initialize", { clientName: "test" });
  assert.deepEqual(await refused("process/read", read), {
    code: -32600,
    message: "client must send initialized before using exec methods",
  });
  client.notify("initialized");
  assert.deepEqual(await refused("initialize", { clientName: "test" }), {
    code: -32600,
    message: "initialize may only be sent once per connection",
  });
  assert.deepEqual(await refused("process/read", read), {
    code: -32600,
    message: "unknown process id p",
  });
  assert.deepEqual(await refused("process/start", {}), {
    code: -32602,
    message: "missing field `processId`",
  });
  assert.equal((await refused("nope", {})).code, -32601);
});

Deno.test("a process is started, told of, read again, and written to", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  const { cwd } = workspace;
  const started = await client.call(
    "process/start",
    sh("p1", "echo hi; read x; echo got $x $A $PWD >&2; exit 3", cwd, {
      pipeStdin: true,
    }),
  );
  assert.deepEqual(started.result, { processId: "p1" });
  const first = await client.hear(({ method }) => method === "process/output");
  assert.deepEqual([first.params.seq, text(first.params.chunk)], [1, "hi\n"]);
  const chunk = btoa("yo\n");
  const written = await client.call("process/write", {
    processId: "p1",
    chunk,
  });
  assert.deepEqual(written.result, { status: "accepted" });
  await client.hear(({ method }) => method === "process/closed");
  const exited = client.told.find(({ method }) => method === "process/exited");
  assert.equal(exited.params.exitCode, 3);
  const { result } = await client.call("process/read", { processId: "p1" });
  assert.deepEqual(
    result.chunks.map((one: JsonEvent) => [one.stream, text(one.chunk)]),
    [["stdout", "hi\n"], ["stderr", `got yo 1 ${cwd}\n`]],
  );
  assert.deepEqual(
    [result.exited, result.exitCode, result.closed, result.failure],
    [true, 3, true, null],
  );
  const later = await client.call("process/read", {
    processId: "p1",
    afterSeq: 1,
  });
  assert.equal(later.result.chunks.length, 1);
  // Numbers are given once, whatever they tell of.
  const seqs = client.told.map(({ params }) => params.seq);
  assert.deepEqual(seqs, seqs.toSorted((a, b) => a - b));
  assert.deepEqual(
    (await client.call("process/write", { processId: "p1", chunk })).result,
    { status: "stdinClosed" },
  );
});

Deno.test("reading waits for what comes, and ending ends all of it", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  const { cwd } = workspace;
  const sleep = longSleep();
  await client.call("process/start", sh("p1", `${sleep} & echo on; wait`, cwd));
  const { result } = await client.call("process/read", {
    processId: "p1",
    waitMs: 10_000,
  });
  assert.equal(text(result.chunks[0].chunk), "on\n");
  assert.deepEqual([result.nextSeq, result.exited], [2, false]);
  const again = await client.call("process/start", sh("p1", "true", cwd));
  assert.deepEqual(again.error, {
    code: -32600,
    message: "process p1 already exists",
  });
  const end = () => client.call("process/terminate", { processId: "p1" });
  assert.deepEqual((await end()).result, { running: true });
  const exited = await client.hear(({ method }) => method === "process/exited");
  assert.equal(exited.params.exitCode, -1);
  await client.hear(({ method }) => method === "process/closed");
  assert.ok(await isGone(sleep));
  assert.deepEqual((await end()).result, { running: false });
  for (
    const [method, result] of [
      ["process/terminate", { running: false }],
      ["process/write", { status: "unknownProcess" }],
    ] as const
  ) {
    const params = { processId: "zz", chunk: "" };
    assert.deepEqual((await client.call(method, params)).result, result);
  }
});

Deno.test("processes end with their connection", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  const sleep = longSleep();
  await client.call(
    "process/start",
    sh("p1", `echo on; exec ${sleep}`, workspace.cwd),
  );
  await client.hear(({ method }) => method === "process/output");
  await client.disconnect();
  assert.ok(await isGone(sleep));
  assert.equal(await client.stop(), 0);
});

Deno.test("a process can have a terminal", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  const started = await client.call(
    "process/start",
    sh("p1", "test -t 0 && test -t 1 && echo both", workspace.cwd, {
      tty: true,
    }),
  );
  assert.deepEqual(started.result, { processId: "p1" });
  await client.hear(({ method }) => method === "process/closed");
  const { result } = await client.call("process/read", { processId: "p1" });
  assert.deepEqual(
    [
      result.chunks.map(({ stream }: JsonEvent) => stream),
      result.chunks.map(({ chunk }: JsonEvent) => text(chunk)).join("").trim(),
      result.exitCode,
    ],
    [["pty"], "both", 0],
  );
});

Deno.test("what cannot be started says why, and is confined as configured", async () => {
  await using workspace = await makeWorkspace(
    undefined,
    `sandbox_mode = "read-only"`,
  );
  await using client = await startReady(workspace);
  const { cwd } = workspace;
  const refused = async (params: unknown) =>
    (await client.call("process/start", params)).error;
  assert.deepEqual(await refused({ ...sh("a", "", cwd), argv: [] }), {
    code: -32602,
    message: "argv must not be empty",
  });
  assert.deepEqual(await refused(sh("b", "true", "relative")), {
    code: -32602,
    message: "cwd must be absolute: relative",
  });
  assert.match(
    (await refused(sh("c", "true", `${cwd}/none`))).message,
    /No such file or directory/,
  );
  await client.call("process/start", sh("d", "touch x || exit 7", cwd));
  // Where nothing can confine it, it is not run at all: the file is what matters.
  await client.hear(({ method }) => method === "process/closed");
  assert.equal(await Deno.stat(`${cwd}/x`).catch(() => "none"), "none");
});

Deno.test("files are read and written in the words of the app-server", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  const path = `${workspace.cwd}/file`;
  const dataBase64 = btoa("hello");
  assert.deepEqual(
    (await client.call("fs/writeFile", { path, dataBase64 })).result,
    {},
  );
  assert.deepEqual((await client.call("fs/readFile", { path })).result, {
    dataBase64,
  });
  const { error } = await client.call("fs/readFile", { path: "relative" });
  assert.match(error.message, /AbsolutePathBuf/);
});

Deno.test("no page gets in, and nobody from another machine", async () => {
  await using workspace = await makeWorkspace(undefined, CONFIG);
  await using client = await startReady(workspace);
  assert.equal(
    await knock(client.port, { origin: "https://example.com" }),
    "403",
  );
  const { connection } = await rawHandshake(client.port);
  connection.close();
  const outside = await runCodex({
    workspace,
    args: ["exec-server", "--listen", "ws://0.0.0.0:0"],
  });
  assert.equal(outside.code, 1);
  assert.match(
    outside.stderr,
    /whoever reaches that address could run commands/,
  );
});
