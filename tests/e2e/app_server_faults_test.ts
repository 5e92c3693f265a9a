/** Clients of the app-server that are broken, slow or gone: it stays up, and small. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { startAppListener } from "@test/support/app_listener.ts";
import { collect, makeWorkspace, spawnCodex } from "@test/support/codex.ts";

const INITIALIZE = JSON.stringify({
  id: 0,
  method: "initialize",
  params: {
    clientInfo: { name: "x", version: "1" },
    capabilities: { experimentalApi: true },
  },
});

function echo(id: number, value: string): string {
  return JSON.stringify({
    id,
    method: "mock/experimentalMethod",
    params: { value },
  });
}

const encoder = new TextEncoder();

Deno.test("frames that are no messages are passed over, and told of a few times", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace);
  const garbage = [
    "{broken",
    "[]",
    "7",
    "{}",
    '{"id":{}}',
    "\u0000\ufffd",
    "}",
  ];
  for (let round = 0; round < 2_000; round++) {
    await client.send(garbage.join("\n"));
  }
  assert.ok((await client.request("model/list")).data.length > 2);
  const { code, stderr } = await client.end();
  assert.equal(code, 0);
  // Nobody may read it: a pipe that is full would stop the server where it stands.
  assert.ok(stderr.length < 32_768, `${stderr.length}`);
  assert.match(stderr, /Not a message: \{broken/);
  assert.match(stderr, /more such problems are not told/);
});

Deno.test("a frame of 10 MB is answered, in either direction", async () => {
  await using workspace = await makeWorkspace();
  const capabilities = { experimentalApi: true };
  const value = "é".repeat(5 << 20);
  await using client = await startAppClient(workspace, { capabilities });
  const answer = await client.request("mock/experimentalMethod", { value });
  assert.equal(answer.echoed, value);
  await using listener = await startAppListener(workspace);
  await using other = await listener.connect({ capabilities });
  const again = await other.request("mock/experimentalMethod", { value });
  assert.equal(again.echoed, value);
});

Deno.test("a client that reads nothing and closes our input is not waited for", async () => {
  await using workspace = await makeWorkspace();
  const child = spawnCodex({ workspace, args: ["app-server"] });
  const writer = child.stdin.getWriter();
  // The answer is larger than any pipe, and nobody reads it.
  const value = "x".repeat(5 << 20);
  await writer.write(encoder.encode(`${INITIALIZE}\n${echo(1, value)}\n`));
  await writer.close();
  const errors = new Response(child.stderr).text();
  const { code } = await child.status;
  assert.equal(code, 0);
  assert.match(await errors, /Cannot write to the client: .*it does not read/i);
  await child.stdout.cancel();
});

Deno.test("a client that sends and does not read is made to wait", async () => {
  await using workspace = await makeWorkspace();
  const child = spawnCodex({ workspace, args: ["app-server"] });
  const writer = child.stdin.getWriter();
  await writer.write(encoder.encode(`${INITIALIZE}\n`));
  const value = "x".repeat(60_000);
  const COUNT = 2_000;
  let sent = 0;
  const flood = (async () => {
    for (let id = 1; id <= COUNT; id++) {
      await writer.write(encoder.encode(`${echo(id, value)}\n`));
      sent = id;
    }
    await writer.close();
  })();
  // That nothing more is taken can only be seen by waiting.
  let before = -1;
  while (before < sent) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  assert.ok(sent < COUNT / 2, `${sent} frames were taken`);
  // Nothing is lost: who reads in the end gets every answer.
  const [{ code, events }] = await Promise.all([collect(child), flood]);
  const answers = events.filter(({ result }) => result.echoed === value);
  assert.deepEqual([code, answers.length], [0, COUNT]);
});

Deno.test("a client that closes our output and not our input is still noticed to end", async () => {
  await using workspace = await makeWorkspace();
  const child = spawnCodex({ workspace, args: ["app-server"] });
  const writer = child.stdin.getWriter();
  await child.stdout.cancel();
  const value = "x".repeat(1 << 20);
  await writer.write(encoder.encode(`${INITIALIZE}\n`));
  for (let id = 1; id <= 40; id++) {
    await writer.write(encoder.encode(`${echo(id, value)}\n`));
  }
  await writer.close();
  const errors = new Response(child.stderr).text();
  const { code } = await child.status;
  assert.equal(code, 0);
  assert.match(await errors, /Cannot write to the client: BrokenPipe/);
});

Deno.test("half a handshake and half a frame keep nobody else from the server", async () => {
  await using workspace = await makeWorkspace();
  await using listener = await startAppListener(workspace);
  const connections = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const connection = await Deno.connect({ port: listener.port });
      const text = index % 2 === 0
        ? "GET / HTTP/1.1\r\nHost: x\r\nUpgra"
        : "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\xfe";
      await connection.write(
        Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
      );
      return connection;
    }),
  );
  await using client = await listener.connect();
  assert.ok((await client.request("model/list")).data.length > 2);
  for (const connection of connections) connection.close();
  await using later = await listener.connect();
  assert.ok((await later.request("model/list")).data.length > 2);
});
