import assert from "node:assert/strict";
import fc from "fast-check";
import {
  estimateTokens,
  type TextLimit,
  truncateMiddle,
  truncateToolOutput,
} from "@/text/truncate.ts";
import { utf8Length } from "@/text/utf8.ts";

const MIXED = "aé€😀".repeat(10);
const MARKER = /…(\d+) (tokens|chars) truncated…/;

function numbers(first: number, last: number): string {
  let text = "";
  for (let number = first; number <= last; number++) text += `${number}\n`;
  return text;
}

Deno.test("estimateTokens() is a quarter of the bytes, rounded up", () => {
  assert.deepEqual(["", "a", "abcd", "abcde", "€€"].map(estimateTokens), [
    0,
    1,
    1,
    2,
    2,
  ]);
});

Deno.test("truncateToolOutput() leaves output within its budget alone", () => {
  assert.equal(truncateToolOutput(MIXED, 25), MIXED);
  assert.equal(truncateToolOutput("", 0), "");
});

Deno.test("truncateToolOutput() keeps both ends and counts what the whole was", () => {
  const cut = truncateToolOutput(numbers(1, 3000), 50);
  assert.ok(cut.startsWith("Total output lines: 3000\n\n1\n2\n3\n"));
  assert.ok(cut.includes("\n35\n36\n3…3424 tokens truncated…2981\n2982\n"));
  assert.ok(cut.endsWith("\n2999\n3000\n"));
});

Deno.test("truncateToolOutput() cuts between characters", () => {
  const expected: Record<number, string> = {
    0: "…25 tokens truncated…",
    1: "a…24 tokens truncated…",
    10: "aé€😀aé€😀…15 tokens truncated…aé€😀aé€😀",
    11: "aé€😀aé€😀a…14 tokens truncated…aé€😀aé€😀",
  };
  for (const [tokens, text] of Object.entries(expected)) {
    assert.equal(
      truncateToolOutput(MIXED, Number(tokens)),
      `Total output lines: 1\n\n${text}`,
    );
  }
  assert.equal(
    truncateToolOutput(`a\nb\nc${numbers(1, 50)}`, 7),
    "Total output lines: 52\n\na\nb\nc1\n2\n3\n4\n5…30 tokens truncated…6\n47\n48\n49\n50\n",
  );
});

Deno.test("truncateMiddle() counts characters when the limit is in bytes", () => {
  assert.equal(
    truncateMiddle(MIXED, { unit: "bytes", max: 41 }),
    "aé€😀aé€😀…24 chars truncated…aé€😀aé€😀",
  );
  assert.equal(
    truncateMiddle("abc", { unit: "bytes", max: 0 }),
    "…3 chars truncated…",
  );
  assert.equal(truncateMiddle("abc", { unit: "bytes", max: 3 }), "abc");
});

Deno.test("truncateMiddle() keeps to its budget and never splits a character", () => {
  const limits = fc.record<TextLimit>({
    unit: fc.constantFrom("bytes", "tokens"),
    max: fc.nat(60),
  });
  const texts = fc.string({ unit: "binary", maxLength: 80 })
    .filter((text) => !text.includes("…"));
  fc.assert(fc.property(texts, limits, (text, limit) => {
    const budget = limit.unit === "bytes" ? limit.max : limit.max * 4;
    const cut = truncateMiddle(text, limit);
    assert.ok(cut.isWellFormed());
    if (utf8Length(text) <= budget) return assert.equal(cut, text);
    const marker = MARKER.exec(cut);
    assert.ok(marker);
    const head = cut.slice(0, marker.index);
    const tail = cut.slice(marker.index + marker[0].length);
    assert.ok(text.startsWith(head) && text.endsWith(tail));
    assert.ok(utf8Length(head) <= budget / 2);
    assert.ok(utf8Length(head) + utf8Length(tail) <= budget);
    const left = [...text].length - [...head].length - [...tail].length;
    const over = Math.ceil((utf8Length(text) - budget) / 4);
    assert.equal(Number(marker[1]), limit.unit === "bytes" ? left : over);
  }));
});
