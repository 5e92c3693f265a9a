/** Programs other programs start: `stdio-to-uds` and `responses-api-proxy`. */
import assert from "node:assert/strict";
import {
  collect,
  makeWorkspace,
  runCodex,
  spawnCodex,
  type Workspace,
} from "@test/support/codex.ts";

Deno.test("stdio-to-uds carries bytes both ways, and ends with the socket", async () => {
  await using workspace = await makeWorkspace();
  const path = `${workspace.root}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  // Not text: every byte must come through.
  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  const serving = (async () => {
    const connection = await listener.accept();
    const got = await new Response(connection.readable, {}).bytes();
    return got;
  })();
  const run = await runCodex({
    workspace,
    args: ["stdio-to-uds", path],
    stdin: bytes,
  });
  assert.deepEqual([run.code, run.stderr], [0, ""]);
  assert.deepEqual(await serving, bytes);
});

Deno.test("stdio-to-uds writes what comes, also when its own input goes on", async () => {
  await using workspace = await makeWorkspace();
  const path = `${workspace.root}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  const child = spawnCodex({ workspace, args: ["stdio-to-uds", path] });
  const connection = await listener.accept();
  await connection.write(new TextEncoder().encode("hello"));
  connection.close();
  const { code, stdout } = await collect(child);
  assert.deepEqual([code, stdout], [0, "hello"]);
  await child.stdin.close().catch(() => undefined);
});

Deno.test("stdio-to-uds says why there is no connection", async () => {
  await using workspace = await makeWorkspace();
  const run = await runCodex({ workspace, args: ["stdio-to-uds", "/nope/x"] });
  assert.deepEqual([run.code, run.stderr], [
    1,
    "Error: failed to connect to socket at /nope/x: No such file or directory (os error 2)\n",
  ]);
});

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** What the server behind it was sent. */
  readonly requests: { headers: Headers; text: string; url: string }[];
  /** Waits for the end of a proxy that was asked to end. */
  ended(): Promise<{ code: number; stderr: string }>;
}

async function startProxy(
  workspace: Workspace,
  args: readonly string[] = [],
): Promise<Proxy> {
  const requests: Proxy["requests"] = [];
  const upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { headers, url } = request;
      requests.push({ headers, url, text: await request.text() });
      return new Response("data: hi\n\n", {
        status: 201,
        headers: { "content-type": "text/event-stream", "set-cookie": "a=b" },
      });
    },
  );
  const child = spawnCodex({
    workspace,
    args: [
      ...["responses-api-proxy", "--server-info", `${workspace.root}/info`],
      ...["--upstream-url", `http://127.0.0.1:${upstream.addr.port}/v1/x`],
      ...args,
    ],
  });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("sk-secret-1\n"));
  await writer.close();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  while (!stderr.includes("\n")) stderr += (await reader.read()).value ?? "";
  const rest = (async () => {
    for (let got = await reader.read(); !got.done; got = await reader.read()) {
      stderr += got.value;
    }
  })();
  const { port, pid } = JSON.parse(
    await Deno.readTextFile(`${workspace.root}/info`),
  );
  assert.equal(stderr, `responses-api-proxy listening on 127.0.0.1:${port}\n`);
  assert.equal(typeof pid, "number");
  const ended = async () => {
    const [{ code }] = await Promise.all([
      child.status,
      rest,
      new Response(child.stdout).text(),
    ]);
    return { code, stderr };
  };
  let isEnded = false;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async ended() {
      isEnded = true;
      return await ended();
    },
    async [Symbol.asyncDispose]() {
      if (!isEnded) {
        child.kill("SIGTERM");
        assert.equal((await ended()).code, 0);
      }
      await upstream.shutdown();
    },
  };
}

Deno.test("the proxy adds the key and passes on the rest", async () => {
  await using workspace = await makeWorkspace();
  const dumps = `${workspace.root}/dumps`;
  await using proxy = await startProxy(workspace, [
    ...["--dump-dir", dumps, "--http-shutdown"],
  ]);
  const response = await fetch(`${proxy.url}/v1/responses`, {
    method: "POST",
    headers: { "authorization": "Bearer theirs", "x-a": "1", "cookie": "c=d" },
    body: `{"model":"m"}`,
  });
  assert.deepEqual(
    [response.status, response.headers.get("content-type")],
    [201, "text/event-stream"],
  );
  assert.equal(await response.text(), "data: hi\n\n");
  const [sent] = proxy.requests;
  assert.match(sent?.url ?? "", /\/v1\/x$/);
  assert.deepEqual(
    [sent?.headers.get("authorization"), sent?.headers.get("x-a"), sent?.text],
    ["Bearer sk-secret-1", "1", `{"model":"m"}`],
  );
  const end = await fetch(`${proxy.url}/shutdown`);
  await end.body?.cancel();
  assert.equal(end.status, 200);
  const { code, stderr } = await proxy.ended();
  assert.equal(code, 0);
  const names = [...Deno.readDirSync(dumps)].map(({ name }) => name).toSorted();
  assert.deepEqual(
    names.map((name) => name.replace(/-\d+-/, "-")),
    ["000001-request.json", "000001-response.json"],
  );
  const texts = await Promise.all(
    names.map((name) => Deno.readTextFile(`${dumps}/${name}`)),
  );
  assert.equal(JSON.parse(texts[0] ?? "").body.model, "m");
  assert.equal(JSON.parse(texts[1] ?? "").body, "data: hi\n\n");
  // Neither the key nor anybody's cookies are written down or told.
  assert.doesNotMatch(texts.join() + stderr, /sk-secret|c=d|a=b|theirs/);
  for (const name of names) {
    assert.equal(
      ((await Deno.stat(`${dumps}/${name}`)).mode ?? 0) & 0o777,
      0o600,
    );
  }
});

Deno.test("the proxy answers nothing else", async () => {
  await using workspace = await makeWorkspace();
  await using proxy = await startProxy(workspace);
  const post = { method: "POST", body: "{}" };
  const tries: readonly (readonly [string, RequestInit])[] = [
    ["/v1/responses", {}],
    ["/v1/responses?x=1", post],
    ["/v1/responses/", post],
    ["/v1/other", post],
    ["/", post],
    // It was not started with --http-shutdown.
    ["/shutdown", {}],
    // A page in a browser must not spend the key.
    ["/v1/responses", { ...post, headers: { origin: "https://evil.com" } }],
    ["/v1/responses", { ...post, headers: { origin: "null" } }],
  ];
  for (const [path, init] of tries) {
    const response = await fetch(proxy.url + path, init);
    await response.body?.cancel();
    assert.equal(response.status, 403, path);
  }
  assert.deepEqual(proxy.requests, []);
});

Deno.test("the proxy needs a key, a server and a port", async () => {
  await using workspace = await makeWorkspace();
  const run = async (stdin: string, ...args: readonly string[]) => {
    const { code, stderr } = await runCodex({
      workspace,
      args: ["responses-api-proxy", ...args],
      stdin,
    });
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await run("\n"), /^Error: API key must be provided via stdin/);
  assert.match(await run("a key"), /^Error: API key may only contain/);
  assert.doesNotMatch(await run("a-key-of-mine!"), /of-mine/);
  assert.match(await run("k", "--upstream-url", "x"), /--upstream-url `x`/);
  assert.match(await run("k", "--upstream-url", "file:///x"), /--upstream-url/);
  assert.match(await run("k", "--port", "70000"), /--port `70000`/);
});
