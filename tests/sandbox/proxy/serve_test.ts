/** The proxy over real sockets: only the names and the gate are made up. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { denoNetwork, type Network } from "@/platform/network.ts";
import {
  type CommandProxy,
  openCommandProxy,
} from "@/sandbox/proxy/command_proxy.ts";
import type { ProxyLimits } from "@/sandbox/proxy/serve.ts";

const { clock, files } = createPlatform();
const OPEN = "93.184.216.34";

interface Bed extends AsyncDisposable {
  readonly home: string;
  readonly proxy: CommandProxy;
  /** Decisions as reported, in order. */
  readonly reports: readonly string[];
  /** Addresses that were connected to. */
  readonly connected: readonly string[];
  /** What the server got. */
  readonly received: () => string;
  /** Says something to the proxy; everything it says until it hangs up. */
  say(text: string, options?: { readonly stays?: boolean }): Promise<string>;
}

/** A proxy that opens every name, and a server that answers everything with `hello`. */
async function makeBed(
  names: Readonly<Record<string, readonly string[]>>,
  limits: Partial<ProxyLimits> = {},
): Promise<Bed> {
  const home = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-proxy-" }),
  );
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let received = "";
  const serving = (async () => {
    for await (const connection of server) {
      const bytes = new Uint8Array(4096);
      const count = await connection.read(bytes) ?? 0;
      received += new TextDecoder().decode(bytes.subarray(0, count));
      await connection.write(new TextEncoder().encode("hello"));
      connection.close();
    }
  })();
  const reports: string[] = [];
  const connected: string[] = [];
  const network: Network = {
    ...denoNetwork,
    resolve: async (name) => names[name] ?? [],
    connect: (address, port, signal) => {
      connected.push(`${address} ${port}`);
      return denoNetwork.connect("127.0.0.1", server.addr.port, signal);
    },
  };
  const proxy = await openCommandProxy({
    network,
    files,
    clock,
    codexHome: home,
    limits,
    gate: {
      decide: async ({ host }) =>
        host === "closed.org"
          ? { kind: "refuse", reason: "not listed" }
          : { kind: "allow" },
      report: async ({ host, port }, decision) => {
        reports.push(`${decision.kind} ${host}:${port}`);
      },
    },
  });
  return {
    home,
    proxy,
    reports,
    connected,
    received: () => received,
    async say(text, { stays = false } = {}) {
      const connection = await Deno.connect({
        transport: "unix",
        path: proxy.socketPath,
      });
      try {
        await connection.write(new TextEncoder().encode(text));
        if (!stays) await connection.closeWrite();
      } catch (error) {
        connection.close();
        throw error;
      }
      return await new Response(connection.readable).text();
    },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      server.close();
      await serving;
      await Deno.remove(home, { recursive: true });
    },
  };
}

const NAMES = { "a.org": [OPEN], "closed.org": [OPEN] };
const connectTo = (host: string, port = 443) =>
  `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`;

Deno.test("a tunnel to an open host carries bytes to the address that was looked at", async () => {
  await using bed = await makeBed(NAMES);
  const said = await bed.say(`${connectTo("a.org")}ping`);
  assert.equal(said, "HTTP/1.1 200 Connection established\r\n\r\nhello");
  assert.equal(bed.received(), "ping");
  assert.deepEqual(bed.connected, [`${OPEN} 443`]);
  assert.deepEqual(bed.reports, ["allow a.org:443"]);
});

Deno.test("a plain request is passed on with its body and nothing after it", async () => {
  await using bed = await makeBed(NAMES);
  const said = await bed.say(
    "POST http://a.org/x HTTP/1.1\r\nHost: a.org\r\nContent-Length: 3\r\n\r\nabc" +
      "GET http://closed.org/ HTTP/1.1\r\nHost: closed.org\r\n\r\n",
  );
  assert.equal(said, "hello");
  assert.match(bed.received(), /^POST \/x HTTP\/1.1\r\n[^]*\r\n\r\n(abc)?$/);
  assert.deepEqual(bed.connected, [`${OPEN} 80`]);
});

Deno.test("a refused host is told the program, and nothing is looked up", async () => {
  await using bed = await makeBed({});
  const said = await bed.say(connectTo("closed.org"));
  assert.match(
    said,
    /^HTTP\/1.1 403 Forbidden\r\n[^]*does not let commands reach closed.org:443: not listed\n$/,
  );
  assert.deepEqual(bed.reports, ["refuse closed.org:443"]);
});

Deno.test("a refused request is answered whatever of it is still on its way", async () => {
  await using bed = await makeBed({});
  const said = await bed.say(
    "POST http://closed.org/ HTTP/1.1\r\nHost: closed.org\r\nContent-Length: 900000\r\n\r\n" +
      "x".repeat(900_000),
  );
  assert.match(said, /^HTTP\/1.1 403 Forbidden\r\n/);
});

for (
  const [name, addresses] of Object.entries({
    "loopback": ["127.0.0.1"],
    "the cloud's metadata": ["169.254.169.254"],
    "a private network": ["192.168.0.1"],
    "IPv6 loopback": ["::1"],
    "an address among good ones": [OPEN, "10.0.0.1"],
  })
) {
  Deno.test(`a name that leads to ${name} is refused and never connected to`, async () => {
    await using bed = await makeBed({ "a.org": addresses });
    assert.match(await bed.say(connectTo("a.org")), /^HTTP\/1.1 403 /);
    assert.deepEqual(bed.connected, []);
    assert.deepEqual(bed.reports, ["refuse a.org:443"]);
  });
}

Deno.test("the address that was looked at is the one connected to, whatever the name says later", async () => {
  let asked = 0;
  await using bed = await makeBed({
    get "a.org"() {
      return asked++ === 0 ? [OPEN] : ["127.0.0.1"];
    },
  });
  await bed.say(connectTo("a.org"));
  assert.deepEqual(bed.connected, [`${OPEN} 443`]);
  assert.equal(asked, 1);
});

for (
  const host of [
    "169.254.169.254",
    "127.1",
    "2130706433",
    "0x7f000001",
    "[::1]",
  ]
) {
  Deno.test(`an address is refused, however it is spelt: ${host}`, async () => {
    await using bed = await makeBed({ [host]: [OPEN] });
    const said = await bed.say(connectTo(host, 80));
    assert.match(said, /reached by name, never by address/);
    assert.deepEqual(bed.connected, []);
  });
}

Deno.test("a request two readers could read differently gets 400", async () => {
  await using bed = await makeBed(NAMES);
  const said = await bed.say(
    "GET http://a.org/ HTTP/1.1\r\nHost: a.org\r\nHost: closed.org\r\n\r\n",
  );
  assert.match(said, /^HTTP\/1.1 400 Bad Request\r\n/);
  assert.deepEqual(bed.connected, []);
});

Deno.test("a head that is too long gets 400", async () => {
  await using bed = await makeBed(NAMES);
  const said = await bed.say(
    `GET http://a.org/ HTTP/1.1\r\nX: ${"x".repeat(20_000)}`,
  )
    // What was not read is answered by a reset on some systems.
    .catch(() => "HTTP/1.1 400 ");
  assert.match(said, /^HTTP\/1.1 400 /);
});

Deno.test("a connection that never sends its head is ended", async () => {
  await using bed = await makeBed(NAMES, { headMs: 50 });
  assert.equal(await bed.say("CONNECT a.org:4", { stays: true }), "");
});

Deno.test("a tunnel nothing moves in is ended", async () => {
  await using bed = await makeBed(NAMES, { idleMs: 50 });
  assert.match(await bed.say(connectTo("a.org"), { stays: true }), /200/);
});

Deno.test("more connections than a program needs are turned away, and room comes back", async () => {
  await using bed = await makeBed(NAMES, { headMs: 500 });
  const held = await Promise.all(
    Array.from(
      { length: 64 },
      () => Deno.connect({ transport: "unix", path: bed.proxy.socketPath }),
    ),
  );
  for (const connection of held) {
    await connection.write(new TextEncoder().encode("CONNECT"));
  }
  const turnedAway = await bed.say(connectTo("a.org")).catch(() => "");
  assert.equal(turnedAway, "");
  for (const connection of held) {
    assert.equal(
      await connection.read(new Uint8Array(1)).catch(() => null),
      null,
    );
    connection.close();
  }
  assert.match(await bed.say(connectTo("a.org")), /200/);
});

Deno.test("closing the proxy ends what runs, and leaves no socket", async () => {
  await using bed = await makeBed(NAMES);
  const connection = await Deno.connect({
    transport: "unix",
    path: bed.proxy.socketPath,
  });
  await connection.write(new TextEncoder().encode("CONNECT"));
  const info = await Deno.stat(bed.proxy.socketPath);
  const directory = await Deno.stat(`${bed.home}/sandbox-proxy`);
  assert.deepEqual(
    [(info.mode ?? 0) & 0o777, (directory.mode ?? 0) & 0o777],
    [0o600, 0o700],
  );
  await bed.proxy.close();
  assert.equal(
    await connection.read(new Uint8Array(1)).catch(() => null),
    null,
  );
  connection.close();
  await assert.rejects(
    Deno.stat(`${bed.home}/sandbox-proxy`),
    Deno.errors.NotFound,
  );
});

Deno.test("sockets a killed agent left are removed", async () => {
  await using bed = await makeBed(NAMES);
  const old = `${bed.home}/sandbox-proxy/old`;
  Deno.listen({ transport: "unix", path: old }).close();
  // Deno takes the file away when it closes; a killed agent cannot.
  await Deno.writeTextFile(old, "");
  await Deno.utime(old, 0, 0);
  const other = await openCommandProxy({
    network: denoNetwork,
    files,
    clock,
    codexHome: bed.home,
    gate: { decide: async () => ({ kind: "allow" }), report: async () => {} },
  });
  await other.close();
  await assert.rejects(Deno.stat(old), Deno.errors.NotFound);
  assert.equal((await Deno.stat(bed.proxy.socketPath)).isSocket, true);
});

Deno.test("a CODEX_HOME too deep for a socket is refused with what to do", async () => {
  await assert.rejects(
    openCommandProxy({
      network: denoNetwork,
      files,
      clock,
      codexHome: `/tmp/${"x".repeat(100)}`,
      gate: { decide: async () => ({ kind: "allow" }), report: async () => {} },
    }),
    { code: "sandbox_unavailable", message: /too long a path for a socket/ },
  );
});
