import assert from "node:assert/strict";
import { shellWords } from "@/exec-policy/words.ts";

Deno.test("words are split at blanks; quotes and backslashes hold them together", () => {
  assert.deepEqual(
    [
      "a  b\tc\n",
      `'a b' "c d" e\\ f`,
      `a'b'"c"d`,
      `"a\\"b\\\\c\\d" 'e\\'`,
      `'' ""`,
      "a\\\nb",
      " ",
    ].map(shellWords),
    [
      ["a", "b", "c"],
      ["a b", "c d", "e f"],
      ["abcd"],
      ['a"b\\c\\d', "e\\"],
      ["", ""],
      ["ab"],
      [],
    ],
  );
});

Deno.test("what is not closed is no command line", () => {
  assert.deepEqual(["'a", '"a', "a\\", 'a "b\\"'].map(shellWords), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
