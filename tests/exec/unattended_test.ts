import assert from "node:assert/strict";
import { unattendedAnswer } from "@/exec/unattended.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import { NO_PERMISSIONS } from "@/protocol/permissions.ts";

const APPROVAL: ThreadEvent = {
  type: "approvalRequested",
  requestId: "a",
  itemId: "i",
  subject: { kind: "patch", paths: ["/p"], changes: [] },
};

Deno.test("everything asked of exec is answered, and nothing is allowed", () => {
  const decline = {
    type: "approval",
    requestId: "a",
    decision: { kind: "decline" },
  };
  const events: readonly ThreadEvent[] = [
    APPROVAL,
    {
      type: "elicitationRequested",
      requestId: "e",
      server: "s",
      elicitation: { mode: "form", message: "?", requestedSchema: {} },
    },
    {
      type: "userInputRequested",
      requestId: "q",
      turnId: "t",
      itemId: "i",
      questions: [],
    },
    {
      type: "dynamicToolCalled",
      requestId: "d",
      turnId: "t",
      itemId: "i",
      call: { tool: "t", arguments: {} },
    },
    {
      type: "permissionsRequested",
      requestId: "p",
      turnId: "t",
      itemId: "i",
      cwd: "/w",
      permissions: { ...NO_PERMISSIONS, network: true },
    },
    { type: "agentEvent", threadId: "child", event: APPROVAL },
    { type: "warning", message: "w" },
  ];
  assert.deepEqual(events.map(unattendedAnswer), [
    decline,
    { type: "elicitation", requestId: "e", answer: { action: "cancel" } },
    { type: "userAnswers", requestId: "q", answers: undefined },
    {
      type: "dynamicToolResult",
      requestId: "d",
      result: { content: [], isSuccess: false },
    },
    {
      type: "permissions",
      requestId: "p",
      grant: { permissions: NO_PERMISSIONS, scope: "turn" },
    },
    { type: "toAgent", threadId: "child", op: decline },
    undefined,
  ]);
});
