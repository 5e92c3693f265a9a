import assert from "node:assert/strict";
import { ThreadState } from "@/core/thread_state.ts";
import { createPlatform } from "@/platform/deno.ts";
import type { RolloutEntry, SessionMeta } from "@/protocol/rollout.ts";
import { textMessage } from "@/protocol/response_items.ts";
import { readRollout } from "@/state/rollout_reader.ts";
import { createRolloutWriter } from "@/state/rollout_writer.ts";

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

Deno.test("what a rollback leaves is the same now and after a restart", async () => {
  const home = await Deno.makeTempDir();
  try {
    const platform = createPlatform();
    const path = `${home}/rollout.jsonl`;
    const writer = createRolloutWriter(platform, path);
    const state = newState((entries) => writer.append(entries));
    const begin = (id: string) =>
      state.persist([{
        type: "event_msg",
        payload: {
          type: "task_started",
          turn_id: id,
          started_at: 0,
          model_context_window: null,
          collaboration_mode_kind: "default",
        },
      }]);
    const say = (...texts: readonly string[]) =>
      state.history.append(texts.map((text) => textMessage("user", text)));
    await begin("a");
    await say("first");
    await begin("b");
    await say("second", "steered");
    await begin("c");
    await say("third", "steered, too");
    await state.rollBack(2);
    assert.deepEqual(state.history.items, [textMessage("user", "first")]);
    await begin("d");
    await say("fourth");
    await state.persist([{
      type: "compacted",
      payload: {
        message: "note",
        replacement_history: [textMessage("user", "note")],
      },
    }]);
    state.history.replace([textMessage("user", "note")]);
    await say("after the fold");
    await state.rollBack(1);
    writer.close();
    const stored = await readRollout(platform.files, path);
    assert.deepEqual(stored?.history, state.history.items);
    assert.deepEqual(stored?.history, [textMessage("user", "note")]);
    assert.deepEqual(stored?.turnStarts, []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
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
