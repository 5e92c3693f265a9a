import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "@/text/width.ts";
import { plainDraft } from "@/tui/composer/draft.ts";
import { layoutDraft, shownText } from "@/tui/composer/layout.ts";
import { standable } from "@/tui/composer/motion.ts";

function layout(text: string, cursor: number, width: number) {
  const { rows, cursor: place } = layoutDraft(plainDraft(text), cursor, width);
  return {
    rows: rows.map(({ start, end }) => text.slice(start, end)),
    place: [place.row, place.column],
  };
}

Deno.test("layoutDraft() wraps lines and keeps a column for the cursor", () => {
  assert.deepEqual(layout("one two\n\nx", 7, 8), {
    rows: ["one two", "", "x"],
    place: [0, 7],
  });
  assert.deepEqual(layout("one two", 7, 7), {
    rows: ["one", "two"],
    place: [1, 3],
  });
  assert.deepEqual(layout("", 0, 5), { rows: [""], place: [0, 0] });
});

Deno.test("layoutDraft() keeps the cursor inside when spaces hang over", () => {
  assert.deepEqual(layout("abc     ", 8, 5).place, [0, 4]);
});

Deno.test("layoutDraft() counts wide characters and tabs", () => {
  assert.deepEqual(layout("日本a", 2, 20).place, [0, 4]);
  assert.deepEqual(layout("\tx", 1, 20).place, [0, 4]);
  assert.equal(shownText("\tx"), "    x");
});

const anyText = fc.string({
  unit: fc.constantFrom("a", " ", "\n", "\t", "日", "👍🏽", "e\u0301"),
  maxLength: 50,
});

Deno.test("any draft: the cursor is on the screen, and rows hold all but spaces", () => {
  fc.assert(
    fc.property(
      anyText,
      fc.nat(),
      fc.integer({ min: 3, max: 15 }),
      (text, seed, width) => {
        const draft = plainDraft(text);
        const cursor = standable(draft, seed % (text.length + 1), "back");
        const { rows, cursor: place } = layoutDraft(draft, cursor, width);
        assert.ok(place.row < rows.length && place.column < width);
        let at = 0;
        for (const { start, end } of rows) {
          assert.match(text.slice(at, start), /^[ \t\n]*$/);
          const row = shownText(text.slice(start, end)).trimEnd();
          assert.ok(displayWidth(row) < width);
          at = end;
        }
        assert.match(text.slice(at), /^[ \t]*$/);
      },
    ),
  );
});
