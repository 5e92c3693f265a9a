import assert from "node:assert/strict";
import {
  fitLine,
  line,
  lineWidth,
  span,
  textOf,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM, PLAIN } from "@/tui/render/style.ts";

Deno.test("wrapLine() keeps the styles over the break and puts prefixes in front", () => {
  const rows = wrapLine(line(span("one tw", BOLD), "o three"), {
    width: 9,
    first: [span("• ", DIM)],
    rest: [span("  ")],
  });
  assert.deepEqual(rows, [
    { spans: [span("• ", DIM), span("one tw", BOLD), span("o")] },
    { spans: [span("  "), span("three")] },
  ]);
});

Deno.test("fitLine() cuts at the width and says so", () => {
  const cut = fitLine(line(span("日本", BOLD), "語"), 5);
  assert.equal(textOf(cut), "日本…");
  assert.equal(lineWidth(cut), 5);
  assert.deepEqual(fitLine(line("abc"), 3), { spans: [span("abc", PLAIN)] });
});
