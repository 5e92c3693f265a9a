/** What a client is told of a command that cannot have what it asked for. */
import assert from "node:assert/strict";
import { commandHandlers } from "@/app-server/handlers/commands.ts";
import type { Notification } from "@/app-server/projection.ts";
import type { Call, Session } from "@/app-server/session.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { RunningCommand } from "@/protocol/command_exec.ts";

const NOTHING = () =>
  new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });

function fakeCommand(resize: RunningCommand["resize"]): RunningCommand {
  return {
    stdout: NOTHING(),
    stderr: NOTHING(),
    exitCode: Promise.resolve(0),
    write: async () => {},
    closeInput: async () => {},
    resize,
    kill() {},
  };
}

async function warningsOf(
  resize: RunningCommand["resize"],
): Promise<readonly Notification[]> {
  const told: Notification[] = [];
  const handlers = commandHandlers({
    start: () => Promise.resolve(fakeCommand(resize)),
    close: async () => {},
  }, createPlatform().clock);
  const session = {
    notify: async (notification: Notification) => void told.push(notification),
    // Nothing else of it is asked.
  } as unknown as Session;
  const call: Call = {
    session,
    signal: new AbortController().signal,
    afterAnswer() {},
  };
  const answer = await handlers["command/exec"]({
    command: ["top"],
    processId: "p",
    tty: true,
  }, call);
  assert.deepEqual(answer, { exitCode: 0, stdout: "", stderr: "" });
  return told;
}

Deno.test("a command without the terminal it should have is told of", async () => {
  assert.deepEqual(await warningsOf(async () => {}), []);
  const [warning] = await warningsOf(undefined);
  assert.equal(warning?.method, "warning");
  assert.match(
    JSON.stringify(warning?.params),
    /top.* runs without a terminal/,
  );
});
