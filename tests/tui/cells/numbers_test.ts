import assert from "node:assert/strict";
import {
  durationText,
  elapsedText,
  momentText,
  shortAmount,
  withSeparators,
} from "@/tui/cells/numbers.ts";

Deno.test("times are short", () => {
  const times = [0, 3_999, 67_000, 3_600_000, 7_380_000];
  assert.deepEqual(times.map(elapsedText), [
    "0s",
    "3s",
    "1m 07s",
    "1h 00m 00s",
    "2h 03m 00s",
  ]);
  assert.deepEqual([12.4, 1_530, 67_000].map(durationText), [
    "12ms",
    "1.5s",
    "1m 07s",
  ]);
});

Deno.test("amounts have three digits that count", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [999, "999"],
    [1_000, "1K"],
    [3_390, "3.39K"],
    [13_000, "13K"],
    [55_090, "55.1K"],
    [258_400, "258K"],
    [999_600, "1M"],
    [1_250_000, "1.25M"],
    [2_000_000_000_000, "2000B"],
  ];
  for (const [value, text] of cases) assert.equal(shortAmount(value), text);
  assert.equal(withSeparators(1_234_567), "1,234,567");
  assert.equal(withSeparators(999), "999");
});

Deno.test("a moment has a date unless it is today", () => {
  const now = new Date(2026, 10, 25, 9, 0).getTime();
  assert.equal(
    momentText(new Date(2026, 10, 25, 16, 5).getTime(), now),
    "16:05",
  );
  assert.equal(
    momentText(new Date(2026, 10, 27, 6, 5).getTime(), now),
    "06:05 on 27 Nov",
  );
});
