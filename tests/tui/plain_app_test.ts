import assert from "node:assert/strict";
import { TuiSession } from "@test/support/tui_session.ts";

Deno.test("without a picture a session is lines, and nothing steers the terminal", async () => {
  await using session = new TuiSession({ settings: { isPlain: true } });
  await session.settle();
  await session.type("what is it?\n");
  const { thread } = session;
  thread.emit({ type: "agentMessageDelta", itemId: "a", delta: "It is" });
  thread.emit({
    type: "itemCompleted",
    turnId: thread.turnId,
    item: { type: "agentMessage", id: "a", text: "It is **this**." },
  });
  thread.emit({
    type: "turnCompleted",
    turnId: thread.turnId,
    status: "completed",
    durationMs: 1,
  });
  await session.settle();
  const { written } = session;
  assert.match(
    written,
    /> \[working\]\nIt is \*\*this\*\*\.\n\[done\]\n> $/,
  );
  // deno-lint-ignore no-control-regex -- what must not be there
  assert.doesNotMatch(written, /[\x00-\x09\x0b-\x1f]/);
});

Deno.test("without a picture no rule is drawn between work and its result", async () => {
  await using session = new TuiSession({ settings: { isPlain: true } });
  await session.settle();
  await session.type("make it\n");
  const { thread } = session;
  thread.emit({
    type: "itemCompleted",
    turnId: thread.turnId,
    item: {
      type: "mcpToolCall",
      id: "m",
      server: "demo",
      tool: "echo",
      status: "completed",
      arguments: {},
      result: { content: [{ type: "text", text: "made" }] },
      durationMs: 1,
    },
  });
  thread.emit({
    type: "itemCompleted",
    turnId: thread.turnId,
    item: { type: "agentMessage", id: "a", text: "Made." },
  });
  await session.settle();
  assert.match(session.written, /made\nMade\.\n/);
});

Deno.test("without a picture questions are read out and answered by their keys", async () => {
  await using session = new TuiSession({ settings: { isPlain: true } });
  await session.settle();
  await session.type("do it\n");
  session.thread.emit({
    type: "approvalRequested",
    requestId: "r1",
    itemId: "i1",
    subject: {
      kind: "command",
      command: ["bash", "-lc", "touch x"],
      cwd: "/home/u/ws",
    },
  });
  await session.settle();
  assert.match(
    session.written,
    /Would you like to run the following command\?[^]*\$ touch x[^]*1\. Yes, proceed \(y\)/,
  );
  await session.type("y\n");
  assert.deepEqual(session.thread.ops.at(-1), {
    type: "approval",
    requestId: "r1",
    decision: { kind: "accept" },
  });
});

Deno.test("without a picture commands work, and the last line ends the session", async () => {
  const session = new TuiSession({ settings: { isPlain: true } });
  await session.settle();
  await session.type("/permissions\n");
  assert.match(session.written, /Update Model Permissions/);
  await session.type("esc\n");
  await session.type("/exit\n");
  await session[Symbol.asyncDispose]();
  assert.equal(session.exitCode, 0);
});
