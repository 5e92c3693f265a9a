import assert from "node:assert/strict";
import { readFrames } from "@/jsonrpc/lines.ts";
import { Peer, type PeerPorts, RpcError } from "@/jsonrpc/peer.ts";
import { NEVER } from "@test/support/fake_clock.ts";

function makePeer(ports: Partial<PeerPorts> = {}) {
  const sent: unknown[] = [];
  const problems: string[] = [];
  const peer = new Peer({
    send: async (frame) => void sent.push(JSON.parse(frame)),
    onRequest: async (method) => ({ result: { method } }),
    onNotification: () => {},
    onProblem: (text) => problems.push(text.split("\n")[0] ?? ""),
    saysVersion: false,
    ...ports,
  });
  return { peer, sent, problems };
}

/** Lets everything that can go on go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("a request is answered with a result, or with the failure's number", async () => {
  const { peer, sent, problems } = makePeer({
    onRequest: async (method) => {
      if (method === "known") return { result: { ok: 1 } };
      if (method === "refused") throw new RpcError(-32600, "no", { why: "x" });
      throw new Error("a bug");
    },
  });
  for (const [id, method] of ["known", "refused", "broken"].entries()) {
    peer.receive(JSON.stringify({ id, method }));
  }
  await settle();
  assert.deepEqual(sent, [
    { id: 0, result: { ok: 1 } },
    { id: 1, error: { code: -32600, message: "no", data: { why: "x" } } },
    { id: 2, error: { code: -32603, message: "a bug" } },
  ]);
  assert.match(problems[0] ?? "", /^Cannot answer broken: Error: a bug/);
});

Deno.test("answers find what was asked, in whatever order they come", async () => {
  const { peer, sent } = makePeer({ saysVersion: true });
  const both = [peer.request("a", 1, NEVER), peer.request("b", 2, NEVER)];
  await settle();
  assert.deepEqual(sent, [
    { jsonrpc: "2.0", id: 0, method: "a", params: 1 },
    { jsonrpc: "2.0", id: 1, method: "b", params: 2 },
  ]);
  peer.receive('{"id":1,"error":{"code":-1,"message":"bad"}}');
  peer.receive('{"id":0,"result":"good"}');
  peer.receive('{"id":7,"result":"nobody asked"}');
  assert.equal(await both[0], "good");
  await assert.rejects(both[1] ?? Promise.resolve(), {
    code: -1,
    message: "bad",
  });
});

Deno.test("what is no message is told and not answered", async () => {
  const { peer, sent, problems } = makePeer();
  for (const frame of ["{", "[]", "5", "{}", '{"id":null,"result":1}']) {
    peer.receive(frame);
  }
  await settle();
  assert.deepEqual(sent, []);
  assert.equal(problems.length, 5);
});

Deno.test("closing rejects what was asked and stops what runs", async () => {
  const stopped: unknown[] = [];
  const { peer } = makePeer({
    onRequest: (_method, _params, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          stopped.push(signal.reason.name);
          reject(signal.reason);
        })
      ),
  });
  const asked = peer.request("a", 1, NEVER);
  peer.receive('{"id":1,"method":"slow"}');
  const rejected = assert.rejects(asked, { name: "PeerClosed" });
  await settle();
  await peer.close();
  await rejected;
  assert.deepEqual(stopped, ["PeerClosed"]);
});

Deno.test("more requests than can be worked on are refused, not kept", async () => {
  const { peer, sent } = makePeer({ onRequest: () => new Promise(() => {}) });
  for (let id = 0; id < 2_050; id++) {
    peer.receive(JSON.stringify({ id, method: "slow" }));
  }
  await settle();
  assert.equal(sent.length, 2);
  assert.equal(
    (sent[0] as { error: { code: number } }).error.code,
    -32001,
  );
});

Deno.test("requests that are large together are refused, one alone is not", async () => {
  const { peer, sent } = makePeer({ onRequest: () => new Promise(() => {}) });
  const params = "x".repeat(50 << 20);
  for (let id = 0; id < 4; id++) {
    peer.receive(JSON.stringify({ id, method: "slow", params }));
  }
  await settle();
  assert.deepEqual(
    sent.map((message) => {
      const { id, error } = message as { id: number; error: { code: number } };
      return [id, error.code];
    }),
    [[2, -32001], [3, -32001]],
  );
  const alone = makePeer({ onRequest: async () => ({ result: 1 }) });
  const large = "x".repeat(129 << 20);
  alone.peer.receive(JSON.stringify({ id: 0, method: "m", params: large }));
  await settle();
  assert.deepEqual(alone.sent, [{ id: 0, result: 1 }]);
});

Deno.test("frames are lines, however the bytes are cut", async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":2}\r\n{"c":3}');
  async function* cut(size: number) {
    for (let at = 0; at < bytes.length; at += size) {
      yield bytes.slice(at, at + size);
    }
  }
  for (const size of [1, 3, 100]) {
    assert.deepEqual(await Array.fromAsync(readFrames(cut(size))), [
      '{"a":"é"}',
      '{"b":2}',
      '{"c":3}',
    ]);
  }
});

Deno.test("a request the other side takes back is stopped and not answered", async () => {
  const reasons: unknown[] = [];
  const { peer, sent } = makePeer({
    onRequest: (method, _params, signal) =>
      new Promise((resolve, reject) =>
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          if (method === "late") resolve({ result: "too late" });
          else reject(signal.reason);
        })
      ),
  });
  peer.receive('{"id":1,"method":"late"}');
  peer.receive('{"id":2,"method":"stopped"}');
  const reason = new Error("not needed");
  peer.cancel(1, reason);
  peer.cancel(2, reason);
  peer.cancel(3, reason);
  await settle();
  assert.deepEqual(reasons, [reason, reason]);
  assert.deepEqual(sent, []);
});

Deno.test("a request that is given up is taken back, an answered one is not", async () => {
  const { peer, sent } = makePeer({ withdrawal: "cancelled" });
  const given = new AbortController();
  const kept = new AbortController();
  const lost = peer.request("a", 1, given.signal);
  const answered = peer.request("b", 2, kept.signal);
  peer.receive('{"id":1,"result":"good"}');
  assert.equal(await answered, "good");
  given.abort(new Error("enough"));
  kept.abort();
  await assert.rejects(lost, /enough/);
  assert.deepEqual(sent, [
    { id: 0, method: "a", params: 1 },
    { id: 1, method: "b", params: 2 },
    { method: "cancelled", params: { requestId: 0 } },
  ]);
});

Deno.test("at the end, a refusal is still said, and what is stopped is not", async () => {
  const { peer, sent, problems } = makePeer({
    async onRequest(method, _params, signal) {
      if (method === "refused") throw new RpcError(-32601, "no");
      return await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
  });
  peer.receive('{"id":1,"method":"refused"}');
  peer.receive('{"id":2,"method":"slow"}');
  await peer.close();
  assert.deepEqual(sent, [{ id: 1, error: { code: -32601, message: "no" } }]);
  assert.deepEqual(problems, []);
});

Deno.test("what an answered request began outlives its connection", async () => {
  const signals: AbortSignal[] = [];
  const slow = Promise.withResolvers<void>();
  const { peer, sent } = makePeer({
    onRequest: async (method, _params, signal) => {
      signals.push(signal);
      if (method === "slow") await slow.promise;
      return { result: {} };
    },
  });
  peer.receive(JSON.stringify({ id: 1, method: "quick" }));
  await settle();
  peer.receive(JSON.stringify({ id: 2, method: "slow" }));
  const closing = peer.close();
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, true]);
  // One that comes to an end all the same is still answered, and no later one.
  slow.resolve();
  await closing;
  peer.receive(JSON.stringify({ id: 3, method: "quick" }));
  await settle();
  assert.deepEqual(sent, [{ id: 1, result: {} }, { id: 2, result: {} }]);
});
