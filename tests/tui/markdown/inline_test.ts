import assert from "node:assert/strict";
import { decodeEntities } from "@/tui/markdown/entities.ts";
import { renderMarkdown } from "@/tui/markdown/stream.ts";
import { textOf } from "@/tui/render/line.ts";
import type { Style } from "@/tui/render/style.ts";
import { createTheme } from "@/tui/render/theme.ts";

const theme = createTheme(undefined);
const context = { theme, cwd: "/w" };

/** Texts with the styles they have. */
function spans(text: string): readonly (readonly [string, Style])[] {
  return renderMarkdown(text, 60, context).flatMap((line) =>
    line.spans.map(({ text, style }) => [text, style] as const)
  );
}

Deno.test("headings look by their depth and keep their marks", () => {
  const looks: readonly (readonly [string, Style])[] = [
    ["# a", { bold: true, underline: true }],
    ["## a", { bold: true }],
    ["### a", { bold: true, italic: true }],
    ["#### a", { italic: true }],
    ["###### a", { italic: true }],
  ];
  for (const [text, style] of looks) {
    const [mark, words] = spans(text);
    assert.deepEqual([mark, words], [
      [text.slice(0, -1), style],
      ["a", style],
    ]);
  }
});

Deno.test("marks are looks, one inside the other", () => {
  assert.deepEqual(spans("a **b *c*** ~~d~~ `e` **`f`**"), [
    ["a ", {}],
    ["b ", { bold: true }],
    ["c", { bold: true, italic: true }],
    [" ", {}],
    ["d", { strike: true }],
    [" ", {}],
    ["e", theme.code],
    [" ", {}],
    ["f", { bold: true, ...theme.code }],
  ]);
});

Deno.test("quotes and numbers have their colours", () => {
  assert.deepEqual(spans("> a"), [["> ", theme.quote], ["a", theme.quote]]);
  assert.deepEqual(spans("1. a"), [["1. ", theme.listNumber], ["a", {}]]);
});

Deno.test("images are their words, or a word for them", () => {
  assert.deepEqual(spans("![a cat](https://x/y.png)"), [
    ["a cat", { link: "https://x/y.png" }],
  ]);
  assert.deepEqual(spans("![](y.png)"), [["image", {}]]);
});

Deno.test("links nobody should open are not links", () => {
  assert.deepEqual(
    spans("[a](javascript:x)").map(([text, { link }]) => [
      text,
      link,
    ]),
    [
      ["a", undefined],
      [" (", undefined],
      ["javascript:x", undefined],
      [")", undefined],
    ],
  );
});

Deno.test("columns share what room there is by what they want", () => {
  const long = "word ".repeat(12).trim();
  const rows = renderMarkdown(
    `| a | b | c |\n|---|---|---|\n| x | ${long} | ${long} ${long} |\n`,
    61,
    context,
  ).map(textOf);
  assert.equal(
    rows[1],
    `━━┿━${"━".repeat(19)}━┿━${"━".repeat(35)}`,
  );
});

Deno.test("decodeEntities() knows common names and all numbers but controls", () => {
  assert.equal(
    decodeEntities(
      "&lt;&#8212;&#x1F600;&nbsp;&unknown;&#0;&#27;&#xD800;&amp;lt;",
    ),
    "<—😀\u00a0&unknown;&#0;&#27;&#xD800;&lt;",
  );
  assert.equal(decodeEntities("&constructor; a & b"), "&constructor; a & b");
});
