import assert from "node:assert/strict";
import { PendingAnswers } from "@/async/pending_answers.ts";

Deno.test("an answer goes to the question of its id, and to no other", async () => {
  const pending = new PendingAnswers<string, string>("q");
  const ids: string[] = [];
  const announce = async (id: string) => void ids.push(id);
  const { signal } = new AbortController();
  const both = [
    pending.ask("one?", announce, signal),
    pending.ask("two?", announce, signal),
  ];
  assert.deepEqual(ids, ["q-1", "q-2"]);
  assert.equal(pending.answer("q-2", "second"), "two?");
  assert.equal(pending.answer("q-1", "first"), "one?");
  assert.deepEqual(await Promise.all(both), ["first", "second"]);
  assert.equal(pending.answer("q-1", "again"), undefined);
});

Deno.test("a question ends with its signal and can then not be answered", async () => {
  const pending = new PendingAnswers<string, string>("q");
  const controller = new AbortController();
  const asked = pending.ask("?", async () => {}, controller.signal);
  controller.abort(new Error("stopped"));
  await assert.rejects(asked, /stopped/);
  assert.equal(pending.answer("q-1", "late"), undefined);
});
