/** Turns taken out of a history. */
import assert from "node:assert/strict";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import { TurnMarks } from "@/state/turn_marks.ts";

const user = (text: string): ResponseItem => textMessage("user", text);
const developer = (text: string): ResponseItem =>
  textMessage("developer", text);

const texts = (items: readonly ResponseItem[]) =>
  items.map((item) =>
    item.type === "message" && item.content[0]?.type === "input_text"
      ? item.content[0].text
      : item.type
  );

const HISTORY: readonly ResponseItem[] = [
  developer("rules"),
  user("<environment_context>"),
  user("first"),
  user("injected"),
  developer("rules changed"),
  user("second"),
  user("steered"),
];

Deno.test("a turn goes as a whole, with what steered it", () => {
  const marks = new TurnMarks([0, 4]);
  const left = marks.rollBack(HISTORY, 1);
  assert.deepEqual(texts(left), [
    "rules",
    "<environment_context>",
    "first",
    "injected",
    "rules changed",
  ]);
  assert.deepEqual(marks.starts, [0]);
  assert.deepEqual(texts(marks.rollBack(left, 1)), [
    "rules",
    "<environment_context>",
  ]);
  assert.deepEqual(marks.starts, []);
});

Deno.test("a turn in which nothing was said takes nothing with it", () => {
  const marks = new TurnMarks([0, 4, 7]);
  assert.deepEqual(marks.rollBack(HISTORY, 1), HISTORY);
  assert.deepEqual(marks.starts, [0, 4]);
});

Deno.test("without marks, each message of the user counts as a turn", () => {
  const left = new TurnMarks().rollBack(HISTORY, 2);
  assert.equal(texts(left).at(-1), "rules changed");
  assert.deepEqual(new TurnMarks().rollBack(HISTORY, 99), []);
});

Deno.test("what was folded stays; what came after it can go", () => {
  const marks = new TurnMarks();
  marks.fold(5);
  assert.deepEqual(marks.starts, []);
  marks.begin(0);
  marks.begin(3);
  marks.fold(5);
  marks.begin(6);
  assert.deepEqual(marks.starts, [5, 6]);
  assert.equal(texts(marks.rollBack(HISTORY, 2)).at(-1), "rules changed");
});
