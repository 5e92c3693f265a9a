import assert from "node:assert/strict";
import { Bm25Index, wordsOf } from "@/text/bm25.ts";

Deno.test("words lose their case, their joints and their endings", () => {
  assert.deepEqual(wordsOf("createIssue_v2, for the WRITERS"), [
    "creat",
    "issu",
    "v2",
    "writ",
  ]);
  for (const word of ["writes", "writing", "writer", "write"]) {
    assert.deepEqual(wordsOf(word), ["writ"], word);
  }
  assert.deepEqual(wordsOf("queries query"), ["query", "query"]);
  assert.deepEqual(wordsOf("ids is as bus class"), ["ids", "bus", "class"]);
  assert.deepEqual(wordsOf("Größe 日本"), ["größ", "日本"]);
  assert.deepEqual(wordsOf("  --- "), []);
});

Deno.test("rare words count for more, long texts for less, ties keep their order", () => {
  const index = new Bm25Index([
    "list calendar events",
    "list calendar events of everybody in the whole wide company today",
    "delete calendar",
    "send email",
    "send email",
  ]);
  assert.deepEqual(index.search("calendar", 9), [2, 0, 1]);
  assert.deepEqual(index.search("deleting calendars", 1), [2]);
  assert.deepEqual(index.search("email", 9), [3, 4]);
  assert.deepEqual(index.search("nothing of the kind", 9), []);
  assert.deepEqual(index.search("", 9), []);
  assert.deepEqual(new Bm25Index([]).search("x", 9), []);
});

Deno.test("a word of every text still finds them", () => {
  assert.deepEqual(new Bm25Index(["a1 x", "a1 y"]).search("a1", 9), [0, 1]);
});
