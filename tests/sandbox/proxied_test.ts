/**
 * A sandbox with a list of hosts: those are reached through the agent's proxy, and
 * nothing else is, whatever the command tries. Real helper, real sockets; only the
 * names of the Internet are made up.
 */
import assert from "node:assert/strict";
import { denoNetwork, type Network } from "@/platform/network.ts";
import type { NetworkGate } from "@/sandbox/proxy/serve.ts";
import { availableMechanisms, exists, removeAtEnd, Room } from "./room.ts";

const PROXYING = await availableMechanisms(["helper", "bwrap"]);
const OTHERS = await availableMechanisms(["helper-landlock", "landlock"]);
const OPEN = "93.184.216.34";

interface Bed extends AsyncDisposable {
  readonly room: Room;
  readonly reports: readonly string[];
  /** A port of the machine somebody listens on. */
  readonly port: number;
  /** Runs a script of bash under a policy that lists `open.org`. */
  bash(script: string): ReturnType<Room["run"]>;
}

async function makeBed(mechanism: string): Promise<Bed> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) =>
      new Response(`${request.method} ${await request.text()}`),
  );
  const { port } = server.addr;
  const network: Network = {
    ...denoNetwork,
    resolve: async (name) => name === "localhost" ? ["127.0.0.1"] : [OPEN],
    connect: (_address, _port, signal) =>
      denoNetwork.connect("127.0.0.1", port, signal),
  };
  const reports: string[] = [];
  const gate: NetworkGate = {
    decide: async ({ host }) =>
      host === "open.org" || host === "localhost"
        ? { kind: "allow" }
        : { kind: "refuse", reason: "not listed" },
    report: async ({ host }, { kind }) => void reports.push(`${kind} ${host}`),
  };
  const room = await Room.open(mechanism, network);
  return {
    room,
    reports,
    port,
    bash: (script) =>
      room.run(["/bin/bash", "-c", script], {
        policy: room.policy({ network_allow: ["open.org"] }),
        networkGate: gate,
      }),
    async [Symbol.asyncDispose]() {
      await room[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

/** Says a request to the proxy and prints all it answers. */
const ASK = "ask() { local at=${HTTP_PROXY#http://}; " +
  'exec 3<>/dev/tcp/${at%:*}/${at#*:} || return; printf "$@" >&3; cat <&3; exec 3>&-; }; ';

for (const name of PROXYING) {
  Deno.test(`${name}: a listed host is reached, in the clear and by tunnel`, async () => {
    await using bed = await makeBed(name);
    const plain = await bed.bash(
      `${ASK} ask 'POST http://open.org/ HTTP/1.1\\r\\nHost: open.org\\r\\nContent-Length: 4\\r\\n\\r\\nbody'`,
    );
    assert.match(plain.out, /^HTTP\/1.1 200 OK\r\n[^]*POST body$/, plain.err);
    const tunnel = await bed.bash(
      `${ASK} ask 'CONNECT open.org:443 HTTP/1.1\\r\\nHost: open.org\\r\\n\\r\\n` +
        `GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'`,
    );
    assert.match(tunnel.out, /200 Connection established[^]*GET $/, tunnel.err);
    assert.deepEqual(bed.reports, ["allow open.org", "allow open.org"]);
  });

  Deno.test(`${name}: a large answer and many requests at a time arrive whole`, async () => {
    await using bed = await makeBed(name);
    const { out, err } = await bed.bash(
      `${ASK} body=$(head -c 300000 /dev/zero | tr '\\0' x); ` +
        "for i in 1 2 3 4 5 6 7 8; do " +
        `(ask 'POST http://open.org/ HTTP/1.1\\r\\nHost: open.org\\r\\nContent-Length: 300000\\r\\n\\r\\n%s' "$body" | wc -c) & done; wait`,
    );
    const sizes = out.trim().split("\n").map(Number);
    assert.equal(sizes.length, 8, err);
    assert.ok(sizes.every((size) => size > 300_000 && size < 301_000), out);
  });

  Deno.test(`${name}: what is not listed, an address and a name of the machine are refused`, async () => {
    await using bed = await makeBed(name);
    for (const host of ["other.org", "169.254.169.254", "localhost"]) {
      const { out } = await bed.bash(
        `${ASK} ask 'CONNECT ${host}:443 HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n'`,
      );
      assert.match(out, /^HTTP\/1.1 403 Forbidden/, host);
    }
    assert.deepEqual(bed.reports, [
      "refuse other.org",
      "refuse 169.254.169.254",
      "refuse localhost",
    ]);
  });

  Deno.test(`${name}: nothing is reached around the proxy`, async () => {
    await using bed = await makeBed(name);
    const { out } = await bed.bash(
      `for at in 127.0.0.1/${bed.port} 1.1.1.1/443 ${OPEN}/80 127.0.0.1/22; do ` +
        "(exec 3<>/dev/tcp/$at) 2>/dev/null && echo reached $at; done; " +
        "(echo > /dev/udp/1.1.1.1/53) 2>/dev/null && echo sent; echo done",
    );
    assert.equal(out, "done\n");
  });

  Deno.test(`${name}: the agent's own socket cannot be connected to`, async () => {
    await using bed = await makeBed(name);
    const tool = await socketTool();
    if (tool === undefined) return console.log("skipped: no C compiler");
    await Deno.copyFile(tool, `${bed.room.path}/tool`);
    const { out } = await bed.bash(
      `for s in ${bed.room.path}/home/sandbox-proxy/*; do test -S $s && echo seen; ` +
        `${bed.room.path}/tool stream $s && echo connected; ` +
        `rm -f $s && echo removed; done 2>/dev/null`,
    );
    assert.equal(out, "seen\n");
    assert.equal(await exists(`${bed.room.path}/home/sandbox-proxy`), false);
  });

  Deno.test(`${name}: no process that may connect elsewhere can be taken over`, async () => {
    await using bed = await makeBed(name);
    const { out, err } = await bed.bash(
      "for p in /proc/[0-9]*; do test $p = /proc/$$ && continue; " +
        "(exec 3<>$p/mem) 2>/dev/null && echo opened $p $(tr '\\0' ' ' < $p/cmdline); " +
        "(cat $p/environ >/dev/null) 2>/dev/null && echo read $p; done; echo done",
    );
    assert.equal(out, "done\n", err);
  });

  Deno.test(`${name}: servers of the command's own work on the loopback interface`, async () => {
    await using bed = await makeBed(name);
    const script =
      `const s = require("net").createServer((c) => c.end("own"))` +
      `.listen(0, "127.0.0.1", () => require("net").connect(s.address().port)` +
      `.on("data", (d) => { console.log(String(d)); s.close(); }))`;
    const { out, err } = await bed.bash(`node -e '${script}'`);
    assert.equal(out, "own\n", err);
  });

  Deno.test(`${name}: a flood of connections ends with its command`, async () => {
    await using bed = await makeBed(name);
    const { out, code } = await bed.bash(
      "at=${HTTP_PROXY#http://}; n=0; for i in {10..159}; do " +
        'eval "exec $i<>/dev/tcp/${at%:*}/${at#*:}" 2>/dev/null && n=$((n+1)); done; ' +
        "echo $((n > 64))",
    );
    assert.deepEqual([out, code], ["1\n", 0]);
    const after = await bed.bash(
      `${ASK} ask 'GET http://open.org/ HTTP/1.1\\r\\nHost: open.org\\r\\n\\r\\n'`,
    );
    assert.match(after.out, /^HTTP\/1.1 200/);
  });

  Deno.test(`${name}: a policy without a list has no proxy`, async () => {
    await using bed = await makeBed(name);
    const { out } = await bed.room.sh('echo "[$HTTP_PROXY]"');
    assert.equal(out, "[]\n");
    assert.equal(await exists(`${bed.room.path}/home/sandbox-proxy`), false);
  });

  Deno.test(`${name}: without anybody who decides no host is open`, async () => {
    await using bed = await makeBed(name);
    const { out } = await bed.room.run(
      [
        "/bin/bash",
        "-c",
        `${ASK} ask 'CONNECT open.org:443 HTTP/1.1\\r\\nHost: open.org\\r\\n\\r\\n'`,
      ],
      { policy: bed.room.policy({ network_allow: ["open.org"] }) },
    );
    assert.match(out, /^HTTP\/1.1 403 Forbidden/);
  });
}

for (const name of OTHERS) {
  Deno.test(`${name}: a list of hosts cannot be enforced, so the command is refused`, async () => {
    await using bed = await makeBed(name);
    await assert.rejects(bed.bash("echo ran"), {
      code: "sandbox_unavailable",
      message: /network_allow needs the sandbox helper with namespaces/,
    });
  });
}

async function socketTool(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "codex-tool-" });
  removeAtEnd(directory);
  const source = new URL("./escapes/tool.c", import.meta.url).pathname;
  const built = await new Deno.Command("/usr/bin/cc", {
    args: ["-o", `${directory}/tool`, source],
  }).output().catch(() => undefined);
  return built?.success ? `${directory}/tool` : undefined;
}
