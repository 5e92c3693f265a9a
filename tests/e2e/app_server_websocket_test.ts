/** `codex app-server --listen ws://…`, with the real program and real sockets. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import {
  knock,
  rawHandshake,
  startAppListener,
} from "@test/support/app_listener.ts";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { signToken } from "@test/support/signed_token.ts";

const HI = [{ type: "text", text: "hi there" }];

Deno.test("two clients watch one thread, each over a connection of its own", async () => {
  await using server = startMockServer([
    response(call("exec_command", { cmd: "rm -rf zzz", login: false }, "c1")),
    response(message("Done.")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using listener = await startAppListener(workspace);
  assert.equal(
    listener.banner,
    "codex app-server (WebSockets)\n" +
      `  listening on: ${listener.url}\n` +
      `  readyz: http://127.0.0.1:${listener.port}/readyz\n` +
      `  healthz: http://127.0.0.1:${listener.port}/healthz\n` +
      "  note: only this machine can connect; forward the port to use it from another\n",
  );
  await using first = await listener.connect();
  await using second = await listener.connect({
    answer: () => ({ decision: "accept" }),
  });
  const { thread } = await first.request("thread/start", {
    cwd: workspace.cwd,
    approvalPolicy: "on-request",
  });
  const threadId = thread.id;
  await second.request("thread/resume", { threadId });
  await first.request("turn/start", { threadId, input: HI });
  // One that leaves is not the end of what the other one sees and answers.
  await first.next("turn/started");
  await first.end();
  const { turn } = await second.next("turn/completed");
  assert.equal(turn.status, "completed");
  assert.deepEqual((await second.request("thread/loaded/list")).data, [
    threadId,
  ]);
});

Deno.test("a thread ends with its last connection, and can be continued", async () => {
  await using server = startMockServer([
    response(message("one")),
    response(message("two")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using listener = await startAppListener(workspace);
  await using first = await listener.connect();
  const { thread } = await first.request("thread/start", {
    cwd: workspace.cwd,
  });
  const threadId = thread.id;
  await first.request("turn/start", { threadId, input: HI });
  await first.next("turn/completed");
  await first.end();
  await using second = await listener.connect();
  const resumed = await second.request("thread/resume", {
    threadId,
    cwd: workspace.cwd,
  });
  assert.equal(resumed.thread.preview, "hi there");
  await second.request("turn/start", { threadId, input: HI });
  assert.equal((await second.next("turn/completed")).turn.status, "completed");
});

Deno.test("what is no WebSocket request is answered as HTTP", async () => {
  await using workspace = await makeWorkspace();
  await using listener = await startAppListener(workspace);
  const { port } = listener;
  const plain = { connection: "close", upgrade: "" };
  const origin = { origin: "https://example.com" };
  assert.deepEqual(
    await Promise.all([
      knock(port, plain, "/readyz"),
      knock(port, plain, "/healthz"),
      knock(port, plain),
    ]),
    ["200", "200", "400 Connection header did not include 'upgrade'"],
  );
  assert.match(await knock(port, { "sec-websocket-key": "" }), /^400 .*key/i);
  // A page in a browser must not reach the agent, whatever it asks for.
  assert.deepEqual(
    await Promise.all([
      knock(port, origin),
      knock(port, { ...plain, ...origin }, "/readyz"),
      knock(port, { origin: "null" }),
    ]),
    ["403", "403", "403"],
  );
});

Deno.test("a capability token lets in who has it, and nobody else", async () => {
  await using workspace = await makeWorkspace();
  const file = `${workspace.root}/token`;
  await Deno.writeTextFile(file, "the-token\n");
  const digest = new Uint8Array(
    await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode("the-token"),
    ),
  ).toHex();
  for (
    const args of [["--ws-token-file", file], ["--ws-token-sha256", digest]]
  ) {
    await using listener = await startAppListener(workspace, [
      "--ws-auth",
      "capability-token",
      ...args,
    ]);
    const { port } = listener;
    const says = (authorization: string) => knock(port, { authorization });
    assert.deepEqual(
      await Promise.all([
        knock(port),
        says("Bearer the-tokem"),
        says("Bearer the-token-and-more"),
        says("Bearer the-toke"),
        says(`Bearer ${digest}`),
        says("Bearer "),
        says("Basic the-token"),
        knock(port, {
          authorization: "Bearer the-token",
          origin: "http://127.0.0.1",
        }),
        knock(port, { connection: "close", upgrade: "" }, "/readyz"),
      ]),
      [
        "401 missing websocket bearer token",
        "401 invalid websocket bearer token",
        "401 invalid websocket bearer token",
        "401 invalid websocket bearer token",
        "401 invalid websocket bearer token",
        "401 invalid authorization header",
        "401 invalid authorization header",
        "403",
        "200",
      ],
    );
    await using client = await listener.connect({
      headers: { authorization: "Bearer the-token" },
    });
    assert.ok((await client.request("model/list")).data.length > 2);
    const { stderr } = await listener.stop();
    assert.ok(!stderr.includes("the-token"), stderr);
  }
});

Deno.test("a signed token lets in who it was made for, while it is valid", async () => {
  await using workspace = await makeWorkspace();
  const file = `${workspace.root}/secret`;
  const secret = "0123456789abcdef0123456789abcdef";
  await Deno.writeTextFile(file, `${secret}\n`);
  await using listener = await startAppListener(workspace, [
    ...["--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", file],
    ...["--ws-issuer", "home", "--ws-audience", "codex"],
  ]);
  const exp = Math.floor(Date.now() / 1000) + 60;
  const good = { exp, iss: "home", aud: ["other", "codex"] };
  const token = (claims: unknown, header?: unknown, key = secret) =>
    signToken(header ?? { alg: "HS256", typ: "JWT" }, claims, key);
  const says = async (text: string | Promise<string>) =>
    await knock(listener.port, { authorization: `Bearer ${await text}` });
  const unsigned = (await token(good, { alg: "none" })).replace(/[^.]+$/, "");
  assert.deepEqual(
    await Promise.all([
      says(token({ ...good, exp: exp - 120 })),
      says(token({ ...good, nbf: exp })),
      says(token({ ...good, iss: "elsewhere" })),
      says(token({ ...good, aud: "other" })),
      says(token({ iss: "home", aud: "codex" })),
      says(token({ ...good, exp: `${exp}` })),
      says(token(good, undefined, `${secret}x`)),
      says(token(good, { alg: "none" })),
      says(unsigned),
      says(token(good, { alg: "HS512" })),
      says(token(good, { alg: "HS256", crit: ["x"] })),
      says(`${await token(good)}.x`),
      says(secret),
    ]),
    [
      "401 expired websocket jwt",
      "401 websocket jwt is not valid yet",
      "401 websocket jwt issuer mismatch",
      "401 websocket jwt audience mismatch",
      ...Array(9).fill("401 invalid websocket jwt"),
    ],
  );
  const headers = { authorization: `Bearer ${await token(good)}` };
  await using client = await listener.connect({ headers });
  assert.ok((await client.request("model/list")).data.length > 2);
});

Deno.test("garbage ends one connection and hurts no other", async () => {
  await using workspace = await makeWorkspace();
  await using listener = await startAppListener(workspace);
  await using client = await listener.connect();
  const frames: Readonly<Record<string, number[]>> = {
    "reserved bits": [0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8],
    "no UTF-8": [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
    // A text of four gigabytes, by its head.
    "too long": [0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    "a fragment of nothing": [0x80, 0x80, 0, 0, 0, 0],
  };
  for (const [name, bytes] of Object.entries(frames)) {
    const { connection } = await rawHandshake(listener.port);
    await connection.write(new Uint8Array(bytes));
    await assertEnds(connection, name);
    connection.close();
  }
  // What is well formed and no message gets no answer, and the next one does.
  await client.send("{broken");
  await client.send("[]");
  assert.ok((await client.request("model/list")).data.length > 2);
});

Deno.test("a client that does not read is cut off", async () => {
  await using workspace = await makeWorkspace();
  await using listener = await startAppListener(workspace);
  await using other = await listener.connect();
  const { connection } = await rawHandshake(listener.port);
  const send = async (value: unknown) => {
    const text = new TextEncoder().encode(JSON.stringify(value));
    const head = [0x81, 0xfe, text.length >> 8, text.length & 255, 0, 0, 0, 0];
    const frame = new Uint8Array([...head, ...text]);
    for (let sent = 0; sent < frame.length;) {
      sent += await connection.write(frame.subarray(sent));
    }
  };
  await send({
    id: 0,
    method: "initialize",
    params: {
      clientInfo: { name: "x", version: "1" },
      capabilities: { experimentalApi: true },
    },
  });
  const value = "x".repeat(60_000);
  // Far more than what may wait and what the system's buffers take.
  const flood = (async () => {
    for (let id = 1; id < 2_000; id++) {
      await send({ id, method: "mock/experimentalMethod", params: { value } });
    }
  })().catch(() => undefined);
  await listener.said(/more than 16777216 bytes wait to be read/);
  assert.ok((await other.request("model/list")).data.length > 2);
  connection.close();
  await flood;
});

Deno.test("a server asked to end says goodbye and exits with 0", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using server = startMockServer([
      { kind: "stream", events: [], end: "hang" },
    ]);
    await using workspace = await makeWorkspace(server);
    await using listener = await startAppListener(workspace);
    await using client = await listener.connect();
    const { thread } = await client.request("thread/start", {
      cwd: workspace.cwd,
    });
    await client.request("turn/start", { threadId: thread.id, input: HI });
    await client.next("turn/started");
    const { code, stderr } = await listener.stop(signal);
    assert.deepEqual([code, stderr], [0, listener.banner]);
    assert.equal((await client.end()).code, 1001);
  }
});

Deno.test("flags that do not fit together, and addresses that cannot be had", async () => {
  await using workspace = await makeWorkspace();
  const { root } = workspace;
  await Deno.writeTextFile(`${root}/short`, "short");
  await Deno.writeTextFile(`${root}/empty`, " \n");
  await using listener = await startAppListener(workspace);
  const token = ["--ws-auth", "capability-token"];
  const signed = ["--ws-auth", "signed-bearer-token"];
  const secret = "--ws-shared-secret-file";
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [token, /^Error: `--ws-token-file` or `--ws-token-sha256` is required/],
    [[...token, "--ws-token-sha256", "zz"], /must be a 64-character hex/],
    [
      [...token, "--ws-token-sha256", "zz", "--ws-token-file", "x"],
      /are mutually exclusive/,
    ],
    [
      [...token, "--ws-issuer", "x"],
      /require `--ws-auth signed-bearer-token`/,
    ],
    [
      [...token, "--ws-token-file", "/none"],
      /secret \/none: No such file or directory \(os error 2\)/,
    ],
    [[...token, "--ws-token-file", `${root}/empty`], /must not be empty/],
    [signed, /`--ws-shared-secret-file` is required/],
    [[...signed, secret, `${root}/short`], /must be at least 32 bytes/],
    [
      [...signed, "--ws-token-file", "x"],
      /require `--ws-auth capability-token/,
    ],
    [["--ws-token-file", "x"], /^Error: websocket auth flags require/],
    [["--listen", "ws://0.0.0.0:0"], /without --ws-auth: whoever reaches/],
    [["--listen", listener.url], /^Error: Cannot listen on 127\.0\.0\.1 port/],
    [["--listen", "off"], /^Error: no transport configured/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runCodex({
      workspace,
      args: [
        "app-server",
        ...args.includes("--listen") ? [] : ["--listen", "ws://127.0.0.1:0"],
        ...args,
      ],
    });
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, message);
  }
  // Flags of WebSocket do no harm where there is none.
  await using client = await startAppClient(workspace, {
    args: [...token, "--ws-token-sha256", "0".repeat(64)],
  });
  assert.ok((await client.request("model/list")).data.length > 2);
});

/** Reads until the other side ends the connection. */
async function assertEnds(
  connection: Deno.TcpConn,
  name: string,
): Promise<void> {
  const buffer = new Uint8Array(1024);
  try {
    while (await connection.read(buffer) !== null);
  } catch (error) {
    assert.ok(error instanceof Deno.errors.ConnectionReset, name);
  }
}
