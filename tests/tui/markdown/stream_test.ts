import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, graphemes } from "@/text/width.ts";
import { Highlighter } from "@/tui/highlight/highlighter.ts";
import { blockLines } from "@/tui/markdown/blocks.ts";
import { MarkdownStream, renderMarkdown } from "@/tui/markdown/stream.ts";
import { type Line, textOf } from "@/tui/render/line.ts";
import { createTheme } from "@/tui/render/theme.ts";

const highlighter = new Highlighter();
await highlighter.load("ts");
const context = {
  theme: createTheme([0x1e, 0x1e, 0x1e]),
  cwd: "/home/u/ws",
  highlighter,
};

function rendered(text: string, width = 60): readonly string[] {
  return renderMarkdown(text, width, context).map(textOf);
}

function streamed(deltas: readonly string[], width: number) {
  const stream = new MarkdownStream(context);
  const rows: Line[] = [];
  for (const delta of deltas) {
    stream.push(delta);
    rows.push(...stream.take(width));
  }
  return [...rows, ...stream.finish(width)];
}

/** What is on screen after a text that has not ended. */
function shown(text: string, width = 60): readonly string[] {
  const stream = new MarkdownStream(context);
  stream.push(text);
  return [...stream.take(width), ...stream.open(width)].map(textOf);
}

Deno.test("blocks stand apart, items of a tight list do not", () => {
  assert.deepEqual(
    rendered("# One\ntext\nmore\n- a\n- b\n\n- c\n***\n## Two"),
    [
      "# One",
      "",
      "text",
      "more",
      "",
      "- a",
      "- b",
      "",
      "- c",
      "",
      "———",
      "",
      "## Two",
    ],
  );
});

Deno.test("lists nest by four columns, count by themselves and wrap under their text", () => {
  assert.deepEqual(
    rendered(
      "1. one that is too long\n   - in\n     - deep\n1. two\n\n   more\n7) x",
      16,
    ),
    [
      "1. one that is",
      "   too long",
      "    - in",
      "        - deep",
      "2. two",
      "",
      "   more",
      "",
      "7. x",
    ],
  );
});

Deno.test("tasks have boxes", () => {
  assert.deepEqual(rendered("- [ ] a\n- [x] b\n1. [x] c"), [
    "☐ a",
    "☑ b",
    "",
    "1. ☑ c",
  ]);
});

Deno.test("code keeps its lines, is cut and not wrapped, and takes its marks off", () => {
  assert.deepEqual(
    rendered("a\n```ts\nconst x;\n\n\ty\n```\nb\n\n    in dented", 10),
    [
      "a",
      "",
      "const x;",
      "",
      "        y",
      "",
      "b",
      "",
      "    in den",
      "    ted",
    ],
  );
  assert.deepEqual(rendered("~~~\n```\n~~~"), ["```"]);
  assert.deepEqual(rendered("```\n```\n\na\n\n```\n```"), ["a"]);
  assert.deepEqual(rendered("- a\n  ```\n  b\n  ```\n  c"), [
    "- a",
    "",
    "  b",
    "  c",
  ]);
});

Deno.test("quotes hold blocks", () => {
  assert.deepEqual(rendered("> a\nlazy\n> - b\n\nc"), [
    "> a",
    "> lazy",
    "> ",
    "> - b",
    "",
    "c",
  ]);
});

Deno.test("tables are drawn, aligned, and wrapped when the screen is narrow", () => {
  const table =
    "| Name | Value |\n|:--|--:|\n| a | 1 |\n| b \\| c | two words |\n";
  assert.deepEqual(rendered(table), [
    "Name  │     Value",
    "━━━━━━┿━━━━━━━━━━",
    "a     │         1",
    "b | c │ two words",
  ]);
  assert.deepEqual(rendered(table, 13), [
    "Name  │ Value",
    "━━━━━━┿━━━━━━",
    "a     │     1",
    "──────┼──────",
    "b | c │   two",
    "      │ words",
  ]);
  assert.deepEqual(rendered(table, 9), [
    "Name: a",
    "Value: 1",
    "",
    "Name: b |",
    "  c",
    "Value:",
    "  two",
    "  words",
  ]);
});

Deno.test("links show where they lead, once, and can be opened", () => {
  const text =
    "[docs](https://x.y) <https://a.b> https://c.d m@e.f [a](/home/u/ws/src/m.ts#L3)";
  assert.deepEqual(rendered(text, 100), [
    "docs (https://x.y) https://a.b https://c.d m@e.f src/m.ts:3",
  ]);
  const links = renderMarkdown(text, 100, context)
    .flatMap(({ spans }) => spans)
    .flatMap(({ text, style }) =>
      style.link === undefined ? [] : [[text, style.link]]
    );
  assert.deepEqual(links, [
    ["docs", "https://x.y"],
    ["https://x.y", "https://x.y"],
    ["https://a.b", "https://a.b"],
    ["https://c.d", "https://c.d"],
    ["m@e.f", "mailto:m@e.f"],
    ["src/m.ts:3", "file:///home/u/ws/src/m.ts"],
  ]);
});

Deno.test("what is not known is shown as it is written", () => {
  assert.deepEqual(
    rendered("<div>\n**x**\n</div>\n\n[r]: http://x\n\n&amp; &nope; a<b>c"),
    ["<div>", "**x**", "</div>", "", "[r]: http://x", "", "& &nope; a<b>c"],
  );
});

Deno.test("nothing in a text steers the terminal", () => {
  const text = "a\x1b[2Jb\x07 [x](https://y/\x1b]0;t\x07) &#27; &#x9b;\n" +
    "```\n\x1b[31mred\x1b[0m\r\n```\n[f](</tmp/a%1b%0a.ts>)\n\n\x9b31m|\x1b\\";
  const rows = renderMarkdown(text, 60, context);
  for (const { spans } of rows) {
    for (const { text, style } of spans) {
      assert.doesNotMatch(text + (style.link ?? ""), /\p{Cc}/u);
    }
  }
  assert.ok(rows.map(textOf).includes("red"));
});

Deno.test("a text that is being written is shown without the marks it has not closed", () => {
  assert.deepEqual(shown("some **bol"), ["some bol"]);
  assert.deepEqual(shown("some **bold*"), ["some bold"]);
  assert.deepEqual(shown("see [docs](https://ex"), ["see docs"]);
  assert.deepEqual(shown("run `deno ta"), ["run deno ta"]);
  assert.deepEqual(shown("- one\n- **tw"), ["- one", "- tw"]);
  assert.deepEqual(shown("text\n-"), ["text"]);
  assert.deepEqual(shown("text\n\n``"), ["text"]);
  assert.deepEqual(shown("text\n\n| a | b"), ["text"]);
  assert.deepEqual(shown("text\n\n| a | b |\n|--"), ["text"]);
  assert.deepEqual(shown("| a | b |\n|---|---|\n| **1"), [
    "a │ b",
    "━━┿━━",
    "1 │ ",
  ]);
  assert.deepEqual(shown("```ts\nlet a\n``"), ["let a"]);
});

Deno.test("take() gives what is finished: items, lines of code, paragraphs", () => {
  const stream = new MarkdownStream(context);
  const taken = (delta: string) => {
    stream.push(delta);
    return stream.take(60).map(textOf);
  };
  assert.deepEqual(taken("one\ntwo"), []);
  assert.deepEqual(taken("\n\n"), ["one", "two"]);
  assert.deepEqual(taken("- a\n  more\n- b"), []);
  assert.deepEqual(taken("\n"), ["", "- a", "  more"]);
  assert.deepEqual(taken("```ts\n"), ["- b"]);
  assert.deepEqual(taken("x\ny"), ["", "x"]);
  assert.deepEqual(taken("\n```\n| a |\n|---|\n| 1 |\n"), ["y"]);
  assert.deepEqual(taken("\n"), ["", "a", "━", "1"]);
  assert.deepEqual(stream.open(60), []);
  assert.deepEqual(stream.finish(60), []);
});

Deno.test("take() holds code back until its grammar is there", async () => {
  const late = new Highlighter();
  const stream = new MarkdownStream({ ...context, highlighter: late });
  stream.push("a\n\n```ts\nlet x;\n```\nb\n\n");
  assert.deepEqual(stream.take(60).map(textOf), ["a"]);
  assert.ok(stream.isWaiting);
  assert.deepEqual(stream.open(60).map(textOf), ["", "let x;", "", "b"]);
  await late.settled();
  const [, code] = stream.take(60);
  assert.deepEqual(code?.spans[0], {
    text: "let",
    style: context.theme.syntax.keyword,
  });
  assert.ok(!stream.isWaiting);
});

Deno.test("of a very long block only the end is drawn while it grows", () => {
  const words = "word ".repeat(10_000);
  const paragraph = shown(`${words}end`, 100);
  assert.ok(paragraph.length < 200);
  assert.ok(paragraph.join(" ").endsWith("word word end"));
  const table = shown(`| a | b |\n|---|---|\n${"| x | y |\n".repeat(5_000)}`);
  assert.ok(table.length < 150);
  assert.deepEqual([table[0], table[1], table.at(-1)], [
    "a │ b",
    "━━┿━━",
    "x │ y",
  ]);
  const item = shown(`1. one\n${"   - in\n".repeat(5_000)}   - last`);
  assert.ok(item.length < 2_000);
  assert.deepEqual([item[0], item[1], item.at(-1)], [
    "1. …",
    "    - in",
    "    - last",
  ]);
  const data = shown(`\`\`\`\n${"x".repeat(100_000)}end`);
  assert.ok(data.length < 250 && data.at(-1)?.endsWith("xend"));
  const code = new MarkdownStream(context);
  code.push(`- one\n\n  \`\`\`ts\n${"  let a;\n".repeat(3_000)}  let last;`);
  assert.deepEqual(code.open(60).at(-1)?.spans[1], {
    text: "let",
    style: context.theme.syntax.keyword,
  });
});

const anyMarkdown = fc.array(
  fc.oneof(
    fc.constantFrom(
      "- ",
      "1. ",
      "  - ",
      "> ",
      "```ts\n",
      "```\n",
      "# ",
      "| a | b |\n|---|---|\n",
      "| c | d |\n",
      "---\n",
      "***\n",
      "\n",
      "\n\n",
      "    ",
      "\t",
      "**",
      "`",
      "[a](b)",
      "<div>",
      "<!-- ",
      "&amp;",
      "===\n",
    ),
    fc.string({
      unit: fc.constantFrom("a", "b", " ", "日", "👍🏽", "\n", "_", "*"),
      maxLength: 9,
    }),
  ),
  { maxLength: 25 },
).map((parts) => parts.join(""));

Deno.test("any text in any deltas ends up as the rows of the whole, and fits", () => {
  fc.assert(
    fc.property(
      anyMarkdown,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 4, max: 40 }),
      (text, size, width) => {
        const deltas = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
        const rows = renderMarkdown(text, width, context);
        assert.deepEqual(streamed(deltas, width), rows);
        for (const row of rows) {
          const words = textOf(row);
          assert.ok(
            displayWidth(words) <= width || width < 12 ||
              graphemes(words).length <= 1,
            `${JSON.stringify(words)} in ${width}`,
          );
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("any text that has not ended can be shown, and showing it changes nothing", () => {
  fc.assert(
    fc.property(anyMarkdown, (text) => {
      const stream = new MarkdownStream(context);
      const rows: Line[] = [];
      for (const character of graphemes(text)) {
        stream.push(character);
        stream.open(30);
        rows.push(...stream.take(30));
      }
      rows.push(...stream.finish(30));
      assert.deepEqual(rows, renderMarkdown(text, 30, context));
    }),
  );
});

const block = fc.constantFrom(
  "some text\nof two lines",
  "# heading",
  "> quote\n> more",
  "```ts\nlet a = 1;\n\nlet b;\n```",
  "| a | b |\n|---|:-:|\n| 1 | 2 |",
  "- one\n- two\n  - three",
  "1. one\n2. two",
  "    indented",
  "***",
  "<div>\nx\n</div>",
  "**bold** and `code`",
  "Title\n===",
);

Deno.test("any well-formed blocks: cut line by line they are what the parser sees as a whole", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
      // Lists in a row, and code behind a list, would be one list.
      const text = blocks.map((each) => `${each}\n\n<!-- -->\n\n`).join("");
      assert.deepEqual(
        renderMarkdown(text, 40, context),
        blockLines(text, 40, context),
      );
    }),
  );
});

Deno.test("any well-formed blocks: what is shown at the end is what is printed then", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
      const text = `${blocks.join("\n\n")}\n`;
      assert.deepEqual(shown(text, 40), rendered(text, 40));
    }),
  );
});

Deno.test("this project's documents: cut line by line they are what the parser sees as a whole", async () => {
  const root = new URL("../../../", import.meta.url);
  const names = ["README.md", "CHANGELOG.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", root))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  // Blank rows are not compared: a list of its own is not looser than its items.
  const words = (rows: readonly Line[]) =>
    rows.map((row) => textOf(row).trimEnd()).filter((row) => row !== "");
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(name, root));
    assert.deepEqual(
      words(renderMarkdown(text, 80, context)),
      words(blockLines(text, 80, context)),
      name,
    );
  }
});
