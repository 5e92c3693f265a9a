import assert from "node:assert/strict";
import { type ColorDepth, Encoder } from "@/tui/render/encode.ts";
import { filled, line, span } from "@/tui/render/line.ts";
import { rgb, type Style } from "@/tui/render/style.ts";
import { createTheme } from "@/tui/render/theme.ts";

const TINT = { fg: rgb(166, 227, 161), bg: rgb(57, 57, 57) };

const DEPTHS: readonly (readonly [ColorDepth, Style, string])[] = [
  ["truecolor", TINT, "0;38;2;166;227;161;48;2;57;57;57"],
  ["256", TINT, "0;38;5;151;48;5;237"],
  ["16", TINT, "0;92"],
  ["none", { ...TINT, bold: true, underline: true }, "0;1;4"],
  ["16", { fg: 12 }, "0;94"],
  ["256", { fg: 6, dim: true, italic: true, strike: true }, "0;2;3;9;36"],
];

for (const [depth, style, codes] of DEPTHS) {
  Deno.test(`${JSON.stringify(style)} in ${depth} colours is ${codes}`, () => {
    const row = new Encoder(depth).row(line(span("x", style)), 1);
    assert.equal(row, `\x1b[${codes}mx\x1b[0m`);
  });
}

Deno.test("a row is erased behind its text, in its own colour", () => {
  const encoder = new Encoder("truecolor");
  assert.equal(encoder.row(line("ab"), 4), "\x1b[0mab\x1b[0m\x1b[K\x1b[0m");
  assert.equal(
    encoder.row(filled({ bg: 1 }, line("ab")), 4),
    "\x1b[0;41mab\x1b[0;41m\x1b[K\x1b[0m",
  );
});

Deno.test("a row that is full is not erased, and one that is too long is cut", () => {
  const encoder = new Encoder("none");
  assert.equal(encoder.row(line("abcd"), 4), "\x1b[0mabcd\x1b[0m");
  assert.equal(encoder.row(line("abcde"), 4), "\x1b[0mabc…\x1b[0m");
});

Deno.test("an address is one a terminal may open, and ends nothing early", () => {
  const link = "https://example.org/a b\x1b\\c";
  assert.equal(
    new Encoder("none").row(line(span("here", { link })), 4),
    "\x1b]8;;https://example.org/a%20b%1B\\c\x1b\\\x1b[0mhere\x1b]8;;\x1b\\\x1b[0m",
  );
});

Deno.test("tints are mixed from the terminal's background, and absent without one", () => {
  assert.deepEqual(createTheme([30, 30, 30]).input, { bg: rgb(57, 57, 57) });
  assert.deepEqual(createTheme([255, 255, 255]).input, {
    bg: rgb(244, 244, 244),
  });
  assert.deepEqual(createTheme(undefined).input, {});
});

Deno.test("added and removed lines are told apart in 256 colours", () => {
  const shades = [createTheme([30, 30, 30]), createTheme([255, 255, 255])]
    .flatMap(({ addedLine, removedLine }) => [addedLine, removedLine])
    .map((style) =>
      /48;5;(\d+)/.exec(
        new Encoder("256").row({ spans: [{ text: "a", style }] }, 9),
      )?.[1]
    );
  assert.deepEqual(shades, ["22", "52", "194", "224"]);
});

Deno.test("nothing in a text becomes a sequence of its own", () => {
  const row = new Encoder("none").row({
    spans: [{ text: "a\x1b[2Jb\x9b1mc\nd\x07", style: {} }],
  }, 9);
  const shown = row.replaceAll("\x1b[0m", "").replaceAll("\x1b[K", "");
  assert.equal(shown, "a[2Jb1mcd");
});
