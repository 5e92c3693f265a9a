import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_EDITOR } from "@/tui/composer/editor.ts";
import { standable } from "@/tui/composer/motion.ts";
import { vimKey } from "@/tui/composer/vim.ts";
import { VIM_INSERT } from "@/tui/composer/vim_state.ts";

/** The text with `|` in front of the cursor, and the mode, after keys. */
function after(marked: string, ...keys: readonly string[]): string {
  const { editor, vim } = run(marked, keys);
  const text = `${editor.text.slice(0, editor.cursor)}|${
    editor.text.slice(editor.cursor)
  }`;
  return vim.mode === "insert" ? `${text} INSERT` : text;
}

function run(marked: string, keys: readonly string[]) {
  const cursor = Math.max(0, marked.indexOf("|"));
  let editor = { ...EMPTY_EDITOR, text: marked.replace("|", ""), cursor };
  let vim = { ...VIM_INSERT, mode: "normal" as "normal" | "insert" };
  for (const key of keys) {
    const result = vimKey({ vim, editor, key, width: 80 });
    if (result.kind === "passed") continue;
    ({ vim, editor } = result);
  }
  return { vim, editor };
}

function table(rows: readonly (readonly [string, string, string])[]): void {
  for (const [before, keys, expected] of rows) {
    const split = keys.match(/ctrl\+r|escape|<\w+>|./g) ?? [];
    const named = split.map((key) => key.replace(/^<(.*)>$/, "$1"));
    assert.equal(after(before, ...named), expected, `${before} ${keys}`);
  }
}

Deno.test("vimKey() moves", () => {
  table([
    ["a|bc", "h", "|abc"],
    ["a|bc", "l", "ab|c"],
    ["|abc", "9l", "ab|c"],
    ["|one two.x", "w", "one |two.x"],
    ["|one two.x", "2w", "one two|.x"],
    ["one two|", "b", "one |two"],
    ["|one two", "e", "on|e two"],
    ["on|e two", "e", "one tw|o"],
    ["on|e  ", "e", "one | "],
    ["  on|e", "0", "|  one"],
    ["  on|e", "^", "  |one"],
    ["|one", "$", "on|e"],
    ["a\nb\nc|", "gg", "|a\nb\nc"],
    ["|a\nb\nc", "G", "a\nb\n|c"],
    ["|aa\nbb\ncc", "2G", "aa\n|bb\ncc"],
    ["|a\nb\nc", "2j", "a\nb\n|c"],
    ["a\nb|", "k", "|a\nb"],
    ["ab|c", "<left>", "a|bc"],
    ["a|bc", "<right>", "ab|c"],
    ["ab|c", "<home>", "|abc"],
    ["|abc", "<end>", "ab|c"],
    ["a\nb|", "<up>", "|a\nb"],
    ["|a\nb", "<down>", "a\n|b"],
  ]);
});

Deno.test("vimKey() goes to insert mode where asked to, and back a step", () => {
  table([
    ["a|b", "i", "a|b INSERT"],
    ["a|b", "a", "ab| INSERT"],
    ["  a|b", "I", "  |ab INSERT"],
    ["a|b", "A", "ab| INSERT"],
    ["a|b\nc", "o", "ab\n|\nc INSERT"],
    ["a\n|b", "O", "a\n|\nb INSERT"],
    ["ab|", "iescape", "a|b"],
  ]);
});

Deno.test("vimKey() deletes and changes", () => {
  table([
    ["a|bcd", "x", "a|cd"],
    ["a|bcd", "2x", "a|d"],
    ["ab|c", "X", "a|c"],
    ["one |two three", "dw", "one |three"],
    ["|one two three", "d2w", "|three"],
    ["|one two\nx", "2dw", "|\nx"],
    ["|one two three", "2dw", "|three"],
    ["one t|wo", "db", "one |wo"],
    ["|one two", "de", "| two"],
    ["one |two", "d$", "one| "],
    ["one |two", "D", "one| "],
    ["|one two", "cw", "| two INSERT"],
    ["|one two x", "2cw", "| x INSERT"],
    ["one |two", "C", "one | INSERT"],
    ["a|b", "s", "a| INSERT"],
    ["a\nb|b\nc", "cc", "a\n|\nc INSERT"],
    ["a\n|b\nc", "dd", "a\n|c"],
    ["a\n|b", "dd", "|a"],
    ["|a\nb\nc", "2dd", "|c"],
    ["|a\nb\nc", "dj", "|c"],
    ["a\nb\n|c", "dk", "|a"],
    ["a\n|b\nc", "dG", "|a"],
    ["a\n|b\nc", "d<up>", "|c"],
    ["ab|c", "d<left>", "a|c"],
    ["a|bc", "rx", "a|xc"],
    ["a|bc", "dq", "a|bc"],
    ["a|bc", "descapex", "a|c"],
  ]);
});

Deno.test("vimKey() copies, puts and undoes", () => {
  table([
    ["|one two", "ywP", "one| one two"],
    ["|a\nb", "yyjp", "a\nb\n|a"],
    ["a\n|b", "yykP", "|b\na\nb"],
    ["|a\nb", "ddp", "b\n|a"],
    ["|abc", "xp", "b|ac"],
    ["|a b", "yycwescapep", " |ab"],
    ["|abc", "xxuu", "|abc"],
    ["|abc", "xuctrl+r", "|bc"],
    ["|abc", "xxx2u", "|bc"],
    ["a|bc", "p", "a|bc"],
  ]);
});

Deno.test("vimKey() leaves keys that are not Vim's to the composer", () => {
  const vim = { ...VIM_INSERT, mode: "normal" as const };
  const passed = (key: string) =>
    vimKey({ vim, editor: EMPTY_EDITOR, key, width: 80 }).kind;
  assert.equal(passed("Enter"), "passed");
  assert.equal(passed("ctrl+c"), "passed");
  assert.equal(passed("q"), "taken");
  assert.equal(
    vimKey({ vim: VIM_INSERT, editor: EMPTY_EDITOR, key: "x", width: 80 }).kind,
    "passed",
  );
});

Deno.test("any Vim keys leave the cursor between characters", () => {
  const key = fc.constantFrom(
    ..."hjklwbe0$^iaIAoOxXdcyDCYpPugGrsS2",
    "escape",
    "ctrl+r",
  );
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("a", " ", "\n", "👍🏽", "."),
        maxLength: 20,
      }),
      fc.array(key, { maxLength: 25 }),
      (text, keys) => {
        const { editor } = run(text, keys);
        assert.equal(standable(editor, editor.cursor, "back"), editor.cursor);
      },
    ),
    { numRuns: 300 },
  );
});
