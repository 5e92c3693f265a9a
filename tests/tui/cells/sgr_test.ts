import assert from "node:assert/strict";
import fc from "fast-check";
import { outputLines } from "@/tui/cells/sgr.ts";
import { textOf } from "@/tui/render/line.ts";
import { rgb, type Style } from "@/tui/render/style.ts";

/** The style of the last span. */
function after(sequence: string): Style | undefined {
  return outputLines(`${sequence}x`).at(-1)?.spans.at(-1)?.style;
}

Deno.test("outputLines() reads colours and weight", () => {
  const cases: readonly (readonly [string, Style])[] = [
    ["\x1b[1;31m", { bold: true, fg: 1 }],
    ["\x1b[1m\x1b[2m\x1b[22m", {}],
    ["\x1b[3;4;7;9m", {
      italic: true,
      underline: true,
      reverse: true,
      strike: true,
    }],
    ["\x1b[3;4;7;9m\x1b[23;24;27;29m", {}],
    ["\x1b[92;103m", { fg: 10, bg: 11 }],
    ["\x1b[30;47m", { fg: 0, bg: 7 }],
    ["\x1b[37;40m", { fg: 7, bg: 0 }],
    ["\x1b[90;107m", { fg: 8, bg: 15 }],
    ["\x1b[97;100m", { fg: 15, bg: 8 }],
    ["\x1b[38;2;0;255;256m", {}],
    ["\x1b[38;2;0;255;0m", { fg: rgb(0, 255, 0) }],
    ["\x1b[2m", { dim: true }],
    ["\x1b[38;5;208m", { fg: 208 }],
    ["\x1b[48;2;1;2;3m", { bg: rgb(1, 2, 3) }],
    ["\x1b[38:2::1:2:3m", { fg: rgb(1, 2, 3) }],
    ["\x1b[38;5;1;1m", { fg: 1, bold: true }],
    ["\x1b[38;5;999m", {}],
    ["\x1b[31;42m\x1b[39m", { bg: 2 }],
    ["\x1b[31;42m\x1b[49m", { fg: 1 }],
    ["\x1b[31m\x1b[m", {}],
    ["\x1b[31m\x1b[200m", { fg: 1 }],
    ["\x1b[31m\n", { fg: 1 }],
  ];
  for (const [sequence, style] of cases) {
    assert.deepEqual(after(sequence), style, JSON.stringify(sequence));
  }
});

Deno.test("outputLines() shows what a line ends up as", () => {
  const shown = (text: string) => outputLines(text).map(textOf);
  assert.deepEqual(shown("a\r\nb\r\r\nc"), ["a", "b", "c"]);
  assert.deepEqual(shown("1%\r50%\r100%\n"), ["100%"]);
  assert.deepEqual(shown("1%\r50%\r"), ["50%"]);
  assert.deepEqual(shown("_\bbo\b"), ["b"]);
  assert.deepEqual(shown("a\tb"), ["a       b"]);
  assert.deepEqual(shown("\n\n"), ["", ""]);
  assert.deepEqual(shown(""), []);
});

Deno.test("any output: nothing in its lines steers the terminal", () => {
  const anyOutput = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]52;c;eA==\x07",
        "\x1bP",
        "\x1b",
        "\x9b",
        "\r",
        "\b",
        "\t",
        "\n",
        "[",
        "m",
        "日",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    maxLength: 40,
  });
  fc.assert(
    fc.property(anyOutput, (text) => {
      for (const line of outputLines(text)) {
        assert.doesNotMatch(textOf(line), /\p{Cc}/u);
      }
    }),
    { numRuns: 500 },
  );
});
