import assert from "node:assert/strict";
import { displayWidth, graphemes } from "@/text/width.ts";

const WIDTHS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["plain", 5],
  ["é", 1],
  ["e\u0301", 1],
  ["日本語", 6],
  ["ﾊﾝｶｸ", 4],
  ["─│╭", 3],
  ["👍", 2],
  ["👍🏽", 2],
  ["👨‍👩‍👧‍👦", 2],
  ["🇩🇪", 2],
  ["❤️", 2],
  ["❤", 1],
  ["1️⃣", 2],
  ["a\u200bb", 2],
  ["ไทย", 3],
  ["ก็", 1],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["\x07", 0],
];

for (const [text, width] of WIDTHS) {
  Deno.test(`displayWidth(${JSON.stringify(text)}) is ${width}`, () => {
    assert.equal(displayWidth(text), width);
  });
}

Deno.test("graphemes() keeps together what is read as one and loses nothing", () => {
  const text = "a👨‍👩‍👧‍👦e\u0301日🇩🇪🇫🇷";
  assert.deepEqual(graphemes(text), ["a", "👨‍👩‍👧‍👦", "e\u0301", "日", "🇩🇪", "🇫🇷"]);
});
