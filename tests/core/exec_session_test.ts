import assert from "node:assert/strict";
import { ExecSession } from "@/core/exec_session.ts";
import type { ChildProcess } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

Deno.test("what is typed into a command reaches it and is told; waiting is told too", async () => {
  const typed: string[] = [];
  const events: ThreadEvent[] = [];
  const { promise: exit, resolve } = Promise.withResolvers<{ code: number }>();
  const silent = () =>
    new ReadableStream<Uint8Array>({ start: (control) => control.close() });
  const child: ChildProcess = {
    pid: 1,
    stdout: silent(),
    stderr: silent(),
    exit,
    writeStdin: async (data) => void typed.push(new TextDecoder().decode(data)),
    closeStdin: () => Promise.resolve(),
    kill: () => {},
  };
  const session = new ExecSession({
    clock: new FakeClock(0),
    emit: async (event) => void events.push(event),
  }, {
    id: 7,
    child,
    // Turns are named by strings; this one is made up.
    turnId: "turn-1" as TurnId,
    itemId: "call_1",
    command: "cat",
    cwd: "/",
    acceptsInput: true,
  });
  await session.write("hello\n", "turn-2" as TurnId);
  await session.write("", "turn-2" as TurnId);
  resolve({ code: 0 });
  await session.finished;
  assert.deepEqual(typed, ["hello\n"]);
  assert.deepEqual(
    events.filter(({ type }) => type === "terminalInput"),
    ["hello\n", ""].map((text) => ({
      type: "terminalInput",
      turnId: "turn-2",
      itemId: "call_1",
      processId: "7",
      command: "cat",
      text,
    })),
  );
});
