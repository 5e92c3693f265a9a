/** Hooks and skills, as clients of the app-server see and name them. */
import assert from "node:assert/strict";
import { Projection } from "@/app-server/projection.ts";
import { userInputOf } from "@/app-server/wire.ts";
import type { HookRun } from "@/protocol/hooks.ts";

const RUN: HookRun = {
  id: "stop:0:/h/hooks.json",
  eventName: "stop",
  handlerType: "command",
  executionMode: "sync",
  scope: "turn",
  sourcePath: "/h/hooks.json",
  source: "user",
  displayOrder: 0,
  status: "running",
  statusMessage: null,
  startedAt: 1,
  completedAt: null,
  durationMs: null,
  entries: [],
};

Deno.test("a run of a hook is two notifications with the run as it stands", () => {
  const projection = new Projection("thread", () => 0);
  const run: HookRun = {
    ...RUN,
    status: "blocked",
    entries: [{ kind: "feedback", text: "go on" }],
  };
  assert.deepEqual(
    [
      ...projection.notifications({
        type: "hookStarted",
        turnId: "t",
        run: RUN,
      }),
      ...projection.notifications({ type: "hookCompleted", turnId: "t", run }),
    ],
    [
      {
        method: "hook/started",
        params: { threadId: "thread", turnId: "t", run: RUN },
      },
      {
        method: "hook/completed",
        params: { threadId: "thread", turnId: "t", run },
      },
    ],
  );
});

Deno.test("a skill a client chose stays a choice, by its path", () => {
  const skill = { type: "skill", name: "a", path: "/s/a/SKILL.md" } as const;
  assert.deepEqual(userInputOf(skill), skill);
});
