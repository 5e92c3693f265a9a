import assert from "node:assert/strict";
import { questionOf } from "@/mcp-server/questions.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import { NO_PERMISSIONS } from "@/protocol/permissions.ts";

const PLACE = { threadId: "t", callId: "7", eventId: "e" };

function ask(event: ThreadEvent) {
  const question = questionOf(event, PLACE);
  assert.ok(question);
  return question;
}

function approval(subject: ApprovalSubject): ThreadEvent {
  return {
    type: "approvalRequested",
    requestId: "a",
    itemId: "i",
    subject,
    reason: "because",
  };
}

const COMMAND = approval({
  kind: "command",
  command: ["ls", "a b"],
  cwd: "/w",
});

Deno.test("every word of an answer is one decision, and any other is a no", () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    [{ decision: "approved" }, { kind: "accept" }],
    [{ decision: "approved_for_session", action: "accept" }, {
      kind: "acceptForSession",
    }],
    [
      {
        decision: {
          approved_execpolicy_amendment: {
            proposed_execpolicy_amendment: ["ls"],
          },
        },
      },
      { kind: "acceptWithAmendment", prefix: ["ls"] },
    ],
    [{ decision: "denied" }, { kind: "decline" }],
    [{ decision: "abort" }, { kind: "cancel" }],
    [{ decision: "abort", action: "decline" }, { kind: "cancel" }],
    [{ decision: "approved", action: "cancel" }, { kind: "decline" }],
    [{ decision: "APPROVED" }, { kind: "decline" }],
    [{ decision: ["approved"] }, { kind: "decline" }],
    [{ action: "accept" }, { kind: "accept" }],
    [{ action: "decline" }, { kind: "decline" }],
    [{ action: "cancel" }, { kind: "cancel" }],
    [{ action: "Accept" }, { kind: "decline" }],
    [[], { kind: "decline" }],
    [undefined, { kind: "decline" }],
  ];
  const { answer } = ask(COMMAND);
  assert.deepEqual(
    cases.map(([result]) => answer(result)),
    cases.map(([, decision]) => ({
      type: "approval",
      requestId: "a",
      decision,
    })),
  );
});

Deno.test("each subject says what would happen, and why it is asked", () => {
  const subjects: readonly ApprovalSubject[] = [
    {
      kind: "network",
      host: "h.example",
      port: 443,
      protocol: "https",
      command: "curl h",
    },
    {
      kind: "mcpToolCall",
      server: "s",
      tool: "t",
      arguments: { a: 1 },
      hints: {},
      persist: [],
    },
    {
      kind: "patch",
      paths: ["/w/f"],
      changes: [{
        path: "/w/f",
        kind: { type: "update", move_path: null },
        diff: "@@",
      }],
    },
  ];
  const told = subjects.map((subject) => {
    const { params } = ask(approval(subject));
    const {
      requestedSchema: _schema,
      threadId: _thread,
      codex_mcp_tool_call_id: _call,
      codex_event_id: _event,
      codex_call_id: _item,
      ...rest
    } = params;
    return rest;
  });
  assert.deepEqual(told, [
    {
      message:
        "Allow Codex to reach https://h.example:443 for `curl h`?\nbecause",
      codex_elicitation: "network-approval",
      codex_host: "https://h.example:443",
    },
    {
      message: 'Allow the s MCP server to run tool "t"?\nbecause',
      codex_elicitation: "mcp-tool-approval",
      codex_server: "s",
      codex_tool: "t",
      codex_arguments: { a: 1 },
    },
    {
      message: "Allow Codex to apply proposed code changes?\nbecause",
      codex_elicitation: "patch-approval",
      codex_changes: {
        "/w/f": { type: "update", unified_diff: "@@", move_path: null },
      },
    },
  ]);
});

Deno.test("a wider sandbox is granted as asked, or not at all", () => {
  const permissions = { read: [], write: ["/w/x"], network: true };
  const { params, answer } = ask({
    type: "permissionsRequested",
    requestId: "p",
    turnId: "u",
    itemId: "i",
    cwd: "/w",
    permissions,
  });
  assert.equal(
    params.message,
    "Allow Codex to write in /w/x, to use the network?",
  );
  const grants = [
    { action: "accept" },
    { decision: "approved_for_session" },
    { action: "decline" },
    undefined,
  ].map((result) => {
    const op = answer(result);
    assert.equal(op.type, "permissions");
    return op.type === "permissions" ? op.grant : undefined;
  });
  assert.deepEqual(grants, [
    { permissions, scope: "turn" },
    { permissions, scope: "session" },
    { permissions: NO_PERMISSIONS, scope: "turn" },
    { permissions: NO_PERMISSIONS, scope: "turn" },
  ]);
});

Deno.test("a question of one of the thread's own servers is passed on as it is", () => {
  const { mode, params, answer } = ask({
    type: "elicitationRequested",
    requestId: "e",
    server: "docs",
    elicitation: {
      mode: "url",
      message: "Log in",
      url: "https://x.example",
      elicitationId: "9",
    },
  });
  assert.equal(mode, "url");
  assert.deepEqual(params, {
    mode: "url",
    message: "docs: Log in",
    url: "https://x.example",
    elicitationId: "9",
    threadId: "t",
  });
  const answers = [
    { action: "accept", content: { a: 1 } },
    { action: "decline" },
    { decision: "approved" },
    "yes",
  ].map((result) => answer(result));
  assert.deepEqual(
    answers,
    [
      { action: "accept", content: { a: 1 } },
      { action: "decline" },
      { action: "cancel" },
      { action: "cancel" },
    ].map((given) => ({ type: "elicitation", requestId: "e", answer: given })),
  );
});

Deno.test("questions of the model are a form, and what is no text is no answer", () => {
  const { params, answer } = ask({
    type: "userInputRequested",
    requestId: "q",
    turnId: "u",
    itemId: "i",
    questions: [{
      id: "db",
      header: "Database",
      question: "Which one?",
      options: [{ label: "sqlite", description: "a file" }],
    }],
  });
  assert.deepEqual(params.requestedSchema, {
    type: "object",
    properties: {
      db: {
        type: "string",
        title: "Database",
        description: "Which one?\nsqlite: a file",
      },
    },
  });
  const answers = [
    { action: "accept", content: { db: "sqlite", more: "x" } },
    { action: "accept", content: { db: 5 } },
    { action: "accept" },
    { action: "decline" },
  ].map((result) => answer(result));
  assert.deepEqual(
    answers,
    [
      { db: { answers: ["sqlite"] } },
      {},
      undefined,
      undefined,
    ].map((given) => ({ type: "userAnswers", requestId: "q", answers: given })),
  );
});
