/** What clients are asked about MCP servers, as Codex CLI 0.124.0 asked it (measured). */
import assert from "node:assert/strict";
import { questionOf } from "@/app-server/questions.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";

const PLACE = { threadId: "t" as ThreadId, turnId: "u" as TurnId };

function ask(event: ThreadEvent) {
  const question = questionOf(event, PLACE);
  if (question === undefined) throw new Error("It asks nothing");
  return question;
}

const CALL = {
  kind: "mcpToolCall" as const,
  server: "mock",
  tool: "write",
  arguments: { a: "x", b: 2 },
  title: "Write Things",
  description: "Writes a thing",
  hints: {},
  persist: ["session", "always"] as const,
};

Deno.test("a call of a server's tool is asked about as an elicitation that tells of the call", () => {
  const event = (subject: typeof CALL): ThreadEvent => ({
    type: "approvalRequested",
    requestId: "approval-1",
    itemId: "c0",
    subject,
  });
  const question = ask(event(CALL));
  assert.equal(question.method, "mcpServer/elicitation/request");
  assert.deepEqual(question.params, {
    threadId: "t",
    turnId: "u",
    serverName: "mock",
    mode: "form",
    _meta: {
      codex_approval_kind: "mcp_tool_call",
      persist: ["session", "always"],
      tool_title: "Write Things",
      tool_description: "Writes a thing",
      tool_params: { a: "x", b: 2 },
      tool_params_display: [
        { name: "a", value: "x", display_name: "a" },
        { name: "b", value: 2, display_name: "b" },
      ],
    },
    message: 'Allow the mock MCP server to run tool "write"?',
    requestedSchema: { type: "object", properties: {} },
  });
  const answers = [
    { action: "accept", content: null },
    { action: "accept", _meta: { persist: "session" } },
    { action: "accept", _meta: { persist: "always" } },
    { action: "decline" },
    { action: "cancel" },
    { action: "maybe" },
  ].map((result) => question.answer(result)).map((op) =>
    op.type === "approval" ? op.decision.kind : op.type
  );
  assert.deepEqual(answers.slice(0, 5), [
    "accept",
    "acceptForSession",
    "acceptAlways",
    "decline",
    "cancel",
  ]);
  assert.match(String(answers[5]), /decline|cancel/);
  // Where each call is asked about, and of a tool that says nothing of itself.
  const { title: _, description: __, ...silent } = CALL;
  const bare = ask({
    type: "approvalRequested",
    requestId: "approval-1",
    itemId: "c0",
    subject: { ...silent, arguments: {}, persist: [] },
  });
  assert.deepEqual((bare.params as { _meta: unknown })._meta, {
    codex_approval_kind: "mcp_tool_call",
    tool_params: {},
    tool_params_display: [],
  });
});

Deno.test("a server's own question goes out as the server made it", () => {
  const question = ask({
    type: "elicitationRequested",
    requestId: "elicitation-1",
    turnId: PLACE.turnId,
    server: "mock",
    elicitation: {
      mode: "url",
      message: "Go there",
      url: "https://x.example/y",
      elicitationId: "e1",
    },
  });
  assert.deepEqual(question.params, {
    threadId: "t",
    turnId: "u",
    serverName: "mock",
    mode: "url",
    _meta: null,
    message: "Go there",
    url: "https://x.example/y",
    elicitationId: "e1",
  });
});
