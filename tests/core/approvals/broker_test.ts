import assert from "node:assert/strict";
import { ApprovalBroker, type StandIn } from "@/core/approvals/broker.ts";
import type { HookMoment } from "@/core/turn_hooks.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import { NEVER } from "@test/support/fake_clock.ts";

const ABOUT = {
  itemId: "item",
  hooked: {
    // Only handed on.
    at: {} as HookMoment,
    call: { id: "item", name: "Bash", input: {} },
  },
};

function makeBroker(standIn?: StandIn) {
  const events: ThreadEvent[] = [];
  const broker = new ApprovalBroker(
    async (event) => void events.push(event),
    standIn,
  );
  const ask = (command: readonly string[], signal = NEVER) =>
    broker.ask({
      ...ABOUT,
      subject: { kind: "command", command, cwd: "/" },
      reason: "why",
    }, signal);
  return { broker, events, ask };
}

Deno.test("a question goes out once and its answer comes back", async () => {
  const { broker, events, ask } = makeBroker();
  const decision = ask(["ls"]);
  assert.deepEqual(events, [{
    type: "approvalRequested",
    requestId: "approval-1",
    itemId: "item",
    subject: { kind: "command", command: ["ls"], cwd: "/" },
    reason: "why",
  }]);
  broker.answer("approval-0", { kind: "accept" });
  broker.answer("approval-1", { kind: "decline" });
  assert.deepEqual(await decision, { kind: "decline" });
  broker.answer("approval-1", { kind: "accept" });
});

Deno.test("what was accepted for the session is not asked again; anything else is", async () => {
  const { broker, events, ask } = makeBroker();
  const first = ask(["ls"]);
  broker.answer("approval-1", { kind: "acceptForSession" });
  await first;
  assert.deepEqual(await ask(["ls"]), { kind: "accept" });
  assert.equal(events.length, 1);
  const other = ask(["ls", "-l"]);
  assert.equal(events.length, 2);
  broker.answer("approval-2", { kind: "accept" });
  await other;
});

Deno.test("files accepted for the session are not asked about again, together or alone", async () => {
  const { broker, events } = makeBroker();
  const ask = (paths: readonly string[]) =>
    broker.ask({
      ...ABOUT,
      subject: { kind: "patch", paths, changes: [] },
      reason: undefined,
    }, NEVER);
  const first = ask(["/a", "/b"]);
  broker.answer("approval-1", { kind: "acceptForSession" });
  await first;
  assert.deepEqual(await ask(["/b"]), { kind: "accept" });
  const other = ask(["/a", "/c"]);
  assert.equal(events.length, 2);
  broker.answer("approval-2", { kind: "accept" });
  await other;
});

Deno.test("a command accepted in one directory is asked about in another", async () => {
  const { broker, events } = makeBroker();
  const ask = (cwd: string, proposedPrefix?: readonly string[]) =>
    broker.ask({
      ...ABOUT,
      subject: {
        kind: "command",
        command: ["make"],
        cwd,
        ...(proposedPrefix === undefined ? {} : { proposedPrefix }),
      },
      reason: undefined,
    }, NEVER);
  const first = ask("/a", ["make"]);
  broker.answer("approval-1", { kind: "acceptForSession" });
  await first;
  assert.deepEqual(await ask("/a"), { kind: "accept" });
  const other = ask("/b");
  assert.equal(events.length, 2);
  broker.answer("approval-2", { kind: "decline" });
  assert.deepEqual(await other, { kind: "decline" });
});

Deno.test("answer() says whether anybody was waiting and whether the turn ends", async () => {
  const { broker, ask } = makeBroker();
  const decision = ask(["ls"]);
  assert.deepEqual(
    ["approval-7", "approval-1"].map((id) =>
      broker.answer(id, { kind: "accept" })
    ),
    ["none", "settled"],
  );
  await decision;
  assert.equal(broker.answer("approval-1", { kind: "cancel" }), "none");
  const cancelled = ask(["ls"]);
  assert.equal(broker.answer("approval-2", { kind: "cancel" }), "stopTurn");
  await cancelled;
});

Deno.test("a tool of a server is accepted for the session whatever its arguments, if that is offered", async () => {
  const { broker, events } = makeBroker();
  const ask = (tool: string, persist: readonly ("session" | "always")[]) =>
    broker.ask({
      ...ABOUT,
      subject: {
        kind: "mcpToolCall",
        server: "s",
        tool,
        arguments: { n: events.length },
        hints: {},
        persist,
      },
      reason: undefined,
    }, NEVER);
  const both = ["session", "always"] as const;
  const first = ask("a", both);
  broker.answer("approval-1", { kind: "acceptForSession" });
  await first;
  assert.deepEqual(await ask("a", both), { kind: "accept" });
  const always = ask("b", both);
  broker.answer("approval-2", { kind: "acceptAlways" });
  await always;
  assert.deepEqual(await ask("b", both), { kind: "accept" });
  // Set to be asked about each time: an answer for longer counts for this call only.
  const once = ask("c", []);
  broker.answer("approval-3", { kind: "acceptForSession" });
  await once;
  const again = ask("c", []);
  assert.equal(broker.answer("approval-4", { kind: "cancel" }), "settled");
  assert.deepEqual(await again, { kind: "cancel" });
});

Deno.test("an interrupt ends the wait for an answer", async () => {
  const { ask } = makeBroker();
  const controller = new AbortController();
  const decision = ask(["ls"], controller.signal);
  const stop = new Error("stop");
  controller.abort(stop);
  await assert.rejects(decision, stop);
});

Deno.test("who stands in for the user answers first, also against what was accepted before", async () => {
  const answers = [
    undefined,
    { kind: "deny", text: "not today" },
    { kind: "allow" },
  ] as const;
  let asked = 0;
  const { broker, events, ask } = makeBroker(async () => answers[asked++]);
  const first = ask(["ls"]);
  while (events.length === 0) await Promise.resolve();
  broker.answer("approval-1", { kind: "acceptForSession" });
  assert.deepEqual(
    [await first, await ask(["ls"]), await ask(["rm"])],
    [
      { kind: "acceptForSession" },
      { kind: "refused", text: "not today" },
      { kind: "accept" },
    ],
  );
  assert.equal(events.length, 1);
});
