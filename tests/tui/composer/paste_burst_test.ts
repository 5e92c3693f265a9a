import assert from "node:assert/strict";
import {
  type BurstKey,
  judgeKey,
  NO_BURST,
} from "@/tui/composer/paste_burst.ts";

/** Which Enters are taken for line breaks of a paste. */
function pasted(keys: readonly (readonly [BurstKey, number])[]): boolean[] {
  const found: boolean[] = [];
  let burst = NO_BURST;
  for (const [key, atMs] of keys) {
    const judged = judgeKey(burst, key, atMs);
    burst = judged.burst;
    if (key === "enter") found.push(judged.isPasted);
  }
  return found;
}

function write(text: string, fromMs: number, gapMs: number) {
  return [...text].map((character, index) =>
    [
      character === "\r" ? "enter" as const : "character" as const,
      fromMs + index * gapMs,
    ] as const
  );
}

Deno.test("judgeKey() takes Enter in a burst for a line break", () => {
  assert.deepEqual(pasted(write("hello there\r", 0, 0)), [true]);
  assert.deepEqual(pasted(write("one\rtwo\r", 0, 1)), [true, true]);
});

Deno.test("judgeKey() takes typed Enter for Enter", () => {
  assert.deepEqual(pasted(write("hello\r", 0, 40)), [false]);
  assert.deepEqual(pasted(write("ok\r", 0, 0)), [false]);
  assert.deepEqual(pasted([["enter", 0], ["enter", 0]]), [false, false]);
});

Deno.test("judgeKey() lets Enter through once a burst is over", () => {
  const paste = write("pasted text", 0, 0);
  assert.deepEqual(pasted([...paste, ["enter", 30]]), [true]);
  assert.deepEqual(pasted([...paste, ["enter", 100]]), [false]);
  assert.deepEqual(pasted([...paste, ["other", 1], ["enter", 2]]), [false]);
});
