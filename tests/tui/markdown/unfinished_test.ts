import assert from "node:assert/strict";
import fc from "fast-check";
import { closeMarks } from "@/tui/markdown/unfinished.ts";

Deno.test("closeMarks() closes what is open and leaves out what has just begun", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["plain", "plain"],
    ["a **b", "a **b**"],
    ["a **b *c", "a **b *c***"],
    ["a **b** c", "a **b** c"],
    ["a **b ", "a **b**"],
    ["a **", "a "],
    ["a **b*", "a **b**"],
    ["a ~~b", "a ~~b~~"],
    ["a `b", "a `b`"],
    ["a ``b`", "a ``b``"],
    ["a `", "a "],
    ["a **`", "a "],
    ["**a `b", "**a `b`**"],
    ["`**`a", "`**`a"],
    ["5 * 3 * 2", "5 * 3 * 2"],
    ["2*3", "2*3"],
    ["snake_case", "snake_case"],
    ["\\*a", "\\*a"],
    ["see [docs", "see docs"],
    ["see [docs]", "see docs"],
    ["see [docs](htt", "see docs"],
    ["see [docs](htt)", "see [docs](htt)"],
    ["see [1] and", "see [1] and"],
    ["list[0", "list[0"],
    ["***a", "***a***"],
    ["a ~~b~", "a ~~b~~"],
    ["a ~", "a "],
    ["a ~~", "a "],
    ["a_", "a_"],
    ["a*", "a"],
    ["``a`` and `b", "``a`` and `b`"],
    ["`` a `", "`` a``"],
    ["a _b", "a _b_"],
    ["**a** *", "**a** "],
    ["**a", "**a**"],
    ["**a *b* c", "**a *b* c**"],
  ];
  for (const [text, expected] of cases) {
    assert.equal(closeMarks(text), expected, text);
  }
});

Deno.test("any text: only marks are added or left out", () => {
  const anyText = fc.string({
    unit: fc.constantFrom(..."ab *_`~[]()!\\\n"),
    maxLength: 40,
  });
  fc.assert(
    fc.property(anyText, (text) => {
      const words = text.replace(/\([^)]*$|[^ab]/g, "");
      assert.ok(closeMarks(text).replace(/[^ab]/g, "").startsWith(words));
    }),
  );
});
