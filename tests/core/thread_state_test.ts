import assert from "node:assert/strict";
import { ThreadState } from "@/core/thread_state.ts";
import type { RolloutEntry, SessionMeta } from "@/protocol/rollout.ts";
import { textMessage } from "@/protocol/response_items.ts";

// Only its place in the file matters here.
const META = { id: "t", cwd: "/" } as unknown as SessionMeta;

Deno.test("a new thread's first line waits for the first thing worth a file", async () => {
  const written: RolloutEntry[] = [];
  const state = newState(async (entries) => void written.push(...entries));
  assert.equal(written.length, 0);
  await state.history.append([textMessage("user", "hi")]);
  assert.deepEqual(written.map((entry) => entry.type), [
    "session_meta",
    "response_item",
  ]);
});

Deno.test("the first line is not lost when the disk refuses the first write", async () => {
  const written: RolloutEntry[] = [];
  let isFull = true;
  const state = newState(async (entries) => {
    if (isFull) throw new Error("full");
    written.push(...entries);
  });
  await assert.rejects(state.history.append([textMessage("user", "lost")]));
  isFull = false;
  await state.history.append([textMessage("user", "hi")]);
  assert.deepEqual(written.map((entry) => entry.type), [
    "session_meta",
    "response_item",
  ]);
  assert.deepEqual(state.history.items, [textMessage("user", "hi")]);
});

function newState(
  append: (entries: readonly RolloutEntry[]) => Promise<void>,
): ThreadState {
  return ThreadState.create({
    id: "t",
    instructions: "",
    meta: META,
    writer: { path: "/rollout.jsonl", append, close() {} },
  });
}
