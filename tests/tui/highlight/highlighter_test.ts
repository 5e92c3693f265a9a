import assert from "node:assert/strict";
import fc from "fast-check";
import { GrammarReader } from "@/tui/highlight/code_reader.ts";
import { Highlighter } from "@/tui/highlight/highlighter.ts";
import {
  fenceLanguage,
  fileLanguage,
  grammarOf,
} from "@/tui/highlight/languages.ts";
import { PLAIN } from "@/tui/render/style.ts";
import { createTheme, type SyntaxRole } from "@/tui/render/theme.ts";

const theme = createTheme([0x1e, 0x1e, 0x1e]);

/** One language of each grammar, and of each of our own. */
const LANGUAGES =
  ("js ts json python rust go c cpp java csharp kotlin scala dart objc php sh " +
    "powershell sql html xml css scss less yaml toml ini ruby dockerfile diff lua " +
    "swift haskell perl r groovy proto cmake nginx markdown").split(" ");

async function reader(language: string) {
  const highlighter = new Highlighter();
  await highlighter.load(language);
  assert.deepEqual(highlighter.problems, new Map());
  return highlighter.reader(language, theme);
}

/** The text of every role in some lines. */
async function roles(
  language: string,
  ...lines: readonly string[]
): Promise<Partial<Record<SyntaxRole, readonly string[]>>> {
  const code = await reader(language);
  const found: Partial<Record<SyntaxRole, string[]>> = {};
  const spans = lines.flatMap((line) => code.line(line));
  for (const [role, style] of Object.entries(theme.syntax)) {
    if (style === PLAIN) continue;
    const texts = spans.filter((span) => span.style === style)
      .map(({ text }) => text.trim());
    // The keys are those of the theme.
    if (texts.length > 0) found[role as SyntaxRole] = texts;
  }
  return found;
}

Deno.test("a reader colours a line by what its tokens are", async () => {
  assert.deepEqual(
    await roles("ts", "const a: Foo = call(1) + `x`; // why"),
    {
      keyword: ["const"],
      function: ["call"],
      type: ["Foo"],
      operator: ["=", "+"],
      number: ["1"],
      string: ["`x`"],
      comment: ["// why"],
    },
  );
});

Deno.test("in shell the word that is run stands out, arguments do not", async () => {
  const run = async (...lines: readonly string[]) =>
    (await roles("sh", ...lines)).function;
  assert.deepEqual(await run("ls echo | grep cat && ./a.sh ls; exit 1"), [
    "ls",
    "grep",
    "./a.sh",
    "exit",
  ]);
  assert.deepEqual(await run("if test -f x; then echo cat; fi"), [
    "test",
    "echo",
  ]);
  assert.deepEqual(await run("A=ls B=$C make ls", "(cd x)"), ["make", "cd"]);
  assert.deepEqual(await run('echo "a', 'ls" ls', "cat"), ["echo", "cat"]);
  assert.deepEqual(await run("$cmd ls # cat"), undefined);
  const forked = await reader("sh");
  forked.line('echo "a');
  const [first] = forked.fork().line('b" ls');
  assert.equal(first?.style, theme.syntax.string);
});

Deno.test("a reader carries comments and strings over lines", async () => {
  const code = await roles("js", "/* one", "two */ 3");
  assert.deepEqual(code.comment, ["/* one", "two */"]);
  assert.deepEqual(code.number, ["3"]);
  const text = await roles("python", '"""a', "", 'b"""', "None");
  assert.deepEqual(text.string, ['"""a', 'b"""']);
});

Deno.test("every language colours its keywords, strings or marks", async () => {
  const expected: readonly (readonly [string, string, SyntaxRole])[] = [
    ["rust", "fn main() {}", "keyword"],
    ["go", "func main() {}", "keyword"],
    ["cpp", '#include "a.h"', "attribute"],
    ["php", '$a = "x"; # why', "comment"],
    ["sh", "for i in 1; do", "keyword"],
    ["sql", "select 'a'", "string"],
    ["html", "<p>", "tag"],
    ["css", ".a { color: red }", "property"],
    ["yaml", "a: # b", "comment"],
    ["toml", 'a = "b"', "string"],
    ["dockerfile", "FROM a", "keyword"],
    ["diff", "+a", "inserted"],
    ["diff", "-a", "deleted"],
    ["markdown", "# a", "heading"],
    ["swift", "let a = 1", "keyword"],
    ["haskell", "-- a", "comment"],
    ["powershell", '"a"', "string"],
    ["ruby", "def a", "keyword"],
    ["lua", "local a", "keyword"],
    ["csharp", "class A {}", "keyword"],
    ["kotlin", "fun a() {}", "keyword"],
    ["scala", "def a = 1", "keyword"],
  ];
  for (const [language, line, role] of expected) {
    assert.ok(role in await roles(language, line), `${language}: ${line}`);
  }
});

Deno.test("any code in any language: no character is lost or added", async () => {
  for (const language of LANGUAGES) {
    const load = grammarOf(language);
    assert.ok(load, language);
    const grammar = await load();
    const line = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          ..."{}()[]<>\"'`/*#$@!-=:;.,\\|&%^~?_ \tabcXYZ019é日",
        ),
        fc.constantFrom("<?", "?>", "/*", "*/", "```", "EOF", "def ", "if "),
      ),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const code = new GrammarReader(grammar, theme.syntax);
        for (const text of lines) {
          assert.equal(
            code.line(text).map((span) => span.text).join(""),
            text,
            language,
          );
        }
      }),
      { numRuns: 40 },
    );
  }
});

Deno.test("a reader leaves very long lines plain and a failing grammar behind", async () => {
  const long = `"${"x".repeat(3_000)}"`;
  assert.deepEqual((await reader("js")).line(long), [
    { text: long, style: PLAIN },
  ]);
  const failing = new GrammarReader({
    token() {
      throw new Error("Cannot read this");
    },
  }, theme.syntax);
  assert.deepEqual(failing.line("a"), [{ text: "a", style: PLAIN }]);
  let calls = 0;
  const once = new GrammarReader({
    token(stream) {
      if (calls++ === 0) throw new Error("Cannot read this");
      stream.skipToEnd();
      return "keyword";
    },
  }, theme.syntax);
  // What a grammar does after it has failed is worth nothing.
  assert.deepEqual([once.line("a"), once.line("b"), once.fork().line("c")], [
    [{ text: "a", style: PLAIN }],
    [{ text: "b", style: PLAIN }],
    [{ text: "c", style: PLAIN }],
  ]);
  const still = new GrammarReader({ token: () => "keyword" }, theme.syntax);
  assert.deepEqual(still.line("ab"), [{ text: "ab", style: PLAIN }]);
});

Deno.test("code is plain until its language is there, and for ever without one", async () => {
  const highlighter = new Highlighter();
  assert.deepEqual(highlighter.reader("js", theme).line("if"), [
    { text: "if", style: PLAIN },
  ]);
  assert.equal(highlighter.isComing("js"), true);
  assert.equal(highlighter.isComing("klingon"), false);
  await highlighter.settled();
  assert.equal(highlighter.isComing("js"), false);
  assert.deepEqual(highlighter.reader("js", theme).line("if"), [
    { text: "if", style: theme.syntax.keyword },
  ]);
});

Deno.test("fenceLanguage() and fileLanguage() name the language", () => {
  assert.equal(fenceLanguage("TS title=a.ts"), "ts");
  assert.equal(fenceLanguage("rust,ignore"), "rust");
  assert.equal(fenceLanguage("js {1,2}"), "js");
  assert.equal(fenceLanguage(""), "");
  assert.equal(fileLanguage("/a/b.test.TS"), "ts");
  assert.equal(fileLanguage("src/Dockerfile"), "dockerfile");
  assert.equal(fileLanguage("Dockerfile.dev"), "dockerfile");
  assert.equal(fileLanguage("LICENSE"), "");
  assert.equal(fileLanguage("a.unknown"), "");
});
