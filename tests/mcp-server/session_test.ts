import assert from "node:assert/strict";
import { Session } from "@/mcp-server/session.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { NEVER } from "@test/support/fake_clock.ts";

async function handshake(params: unknown) {
  const sent: string[] = [];
  const session = new Session({
    // No tool is called.
    services: { userAgent: ({ name }) => `agent of ${name}` } as AgentServices,
    write: async (frame) => void sent.push(frame),
    log: (text) => assert.fail(text),
    newTurnId: () => "turn",
    now: () => 0,
    timeout: () => NEVER,
  });
  session.receive(JSON.stringify({ id: 0, method: "initialize", params }));
  await session.close();
  return { session, answer: JSON.parse(sent[0] ?? "null") };
}

function hello(elicitation: unknown, protocolVersion = "2025-06-18") {
  return {
    protocolVersion,
    capabilities: { elicitation },
    clientInfo: { name: "me", version: "1" },
  };
}

Deno.test("a client is asked only in the ways it said it can be", async () => {
  const ways: unknown[] = [];
  for (
    const capability of [
      undefined,
      null,
      {},
      { form: {} },
      { url: {} },
      { form: {}, url: {} },
    ]
  ) {
    const { session } = await handshake(hello(capability));
    ways.push([session.canAnswer("form"), session.canAnswer("url")]);
  }
  assert.deepEqual(ways, [
    [false, false],
    [false, false],
    [true, false],
    [true, false],
    [false, true],
    [true, true],
  ]);
});

Deno.test("a revision of the protocol nobody knows is answered with one we do", async () => {
  const answered: unknown[] = [];
  for (const version of ["2024-11-05", "2025-11-25", "1999-01-01"]) {
    const { answer } = await handshake(hello({}, version));
    answered.push(answer.result.protocolVersion);
  }
  assert.deepEqual(answered, ["2024-11-05", "2025-11-25", "2025-06-18"]);
});

Deno.test("a client that does not say who it is is told what is missing", async () => {
  const { answer } = await handshake({ protocolVersion: "2025-06-18" });
  assert.deepEqual(answer, {
    jsonrpc: "2.0",
    id: 0,
    error: {
      code: -32602,
      message: "Invalid params: missing field `capabilities`",
    },
  });
});
