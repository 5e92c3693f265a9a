import assert from "node:assert/strict";
import { quoteCommand, quoteWord } from "@/text/shell_quote.ts";

Deno.test("quoteCommand() leaves bare words bare and quotes the others", () => {
  assert.equal(
    quoteCommand(["/bin/bash", "-lc", "echo hi; exit 3"]),
    "/bin/bash -lc 'echo hi; exit 3'",
  );
  assert.equal(quoteCommand(["a+b-c.d/e:f@g]h_i", ""]), "a+b-c.d/e:f@g]h_i ''");
});

Deno.test("quoteWord() picks the quotes that can hold the word", () => {
  const words: Record<string, string> = {
    "": "''",
    "foo bar": "'foo bar'",
    "it's": `"it's"`,
    "'\"": `"'\\""`,
    "a\\nb": `"a\\\\nb"`,
    "printf 'A\\nb' >x": `"printf 'A\\\\nb' >x"`,
    "$HOME": "'$HOME'",
    "a=b": "'a=b'",
    "a,b": "'a,b'",
    "{a}": "'{a}'",
    "50%": "'50%'",
    "~": "'~'",
    "[x]": "'[x]'",
    "é": "'é'",
    "😀's": `"😀's"`,
    "a\nb": "'a\nb'",
  };
  for (const [word, quoted] of Object.entries(words)) {
    assert.equal(quoteWord(word), quoted, word);
  }
});

Deno.test("quoteWord() writes a word no style covers in pieces", () => {
  assert.equal(quoteWord("it's $5"), `"it's "'$5'`);
  assert.equal(quoteWord("$a'b"), `'$a'"'b"`);
  assert.equal(quoteWord("^"), "'^'");
  assert.equal(quoteWord("a^b"), "a'^b'");
  assert.equal(quoteWord("a'^'b"), `"a'"'^'"'b"`);
  assert.equal(quoteWord("\\$"), `"\\\\"'$'`);
  assert.equal(quoteWord("it's!"), `"it's"'!'`);
});
