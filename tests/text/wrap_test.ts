import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, graphemes } from "@/text/width.ts";
import { cutRows, wrapRows } from "@/text/wrap.ts";

function wrapped(text: string, first: number, rest = first): readonly string[] {
  return wrapRows(text, { first, rest })
    .map(({ start, end }) => text.slice(start, end));
}

Deno.test("wrapRows() breaks between words and leaves out the spaces there", () => {
  assert.deepEqual(wrapped("one two  three", 7), ["one two", "three"]);
  assert.deepEqual(wrapped("one two three", 3), ["one", "two", "thr", "ee"]);
});

Deno.test("wrapRows() gives the first row its own width", () => {
  assert.deepEqual(wrapped("one two three", 3, 9), ["one", "two three"]);
});

Deno.test("wrapRows() breaks behind wide characters and cuts long words", () => {
  assert.deepEqual(wrapped("日本語", 4), ["日本", "語"]);
  assert.deepEqual(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
});

Deno.test("wrapRows() begins no row with what ends a phrase", () => {
  assert.deepEqual(wrapped("日本語、です", 6), ["日本", "語、で", "す"]);
  assert.deepEqual(wrapped("「日本」です", 6), ["「日", "本」で", "す"]);
  assert.deepEqual(wrapped("a bデータ", 5), ["a", "bデー", "タ"]);
  assert.deepEqual(wrapped("、、、、", 4), ["、、", "、、"]);
});

Deno.test("wrapRows() lets spaces at the end of a row hang over", () => {
  assert.deepEqual(wrapped("abc   def", 3), ["abc", "def"]);
  assert.deepEqual(wrapped("abc ", 3), ["abc "]);
});

Deno.test("cutRows() cuts where the width ends and leaves nothing out", () => {
  const text = "a b日c";
  const rows = cutRows(text, { first: 3, rest: 2 });
  assert.deepEqual(rows.map(({ start, end }) => text.slice(start, end)), [
    "a b",
    "日",
    "c",
  ]);
});

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(" ", "a", "b", "日", "👍🏽", "e\u0301", "é", "-"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 60,
});

Deno.test("any text: rows fit, are in order and leave out nothing but spaces", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 12 }), (text, width) => {
      const rows = wrapRows(text, { first: width, rest: width });
      let at = 0;
      for (const { start, end } of rows) {
        assert.match(text.slice(at, start), /^ *$/);
        const row = text.slice(start, end);
        // A character wider than the row has to stand somewhere.
        assert.ok(
          displayWidth(row.trimEnd()) <= width || graphemes(row).length === 1,
          `${JSON.stringify(row)} in ${width}`,
        );
        at = end;
      }
      assert.equal(at, text.length);
    }),
  );
});
