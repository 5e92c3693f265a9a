import assert from "node:assert/strict";
import fc from "fast-check";
import { diffLines } from "@/text/line_diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });

Deno.test("diffLines() tells what turns one list into the other", () => {
  fc.assert(fc.property(lines, lines, (before, after) => {
    const rebuilt: string[] = [];
    let position = 0;
    for (const block of diffLines(before, after)) {
      assert.ok(block.oldStart >= position);
      rebuilt.push(...before.slice(position, block.oldStart));
      assert.equal(rebuilt.length, block.newStart);
      rebuilt.push(...after.slice(block.newStart, block.newEnd));
      position = block.oldEnd;
    }
    rebuilt.push(...before.slice(position));
    assert.deepEqual(rebuilt, after);
  }));
});

Deno.test("diffLines() finds the fewest edits", () => {
  fc.assert(fc.property(lines, lines, (before, after) => {
    let edits = 0;
    for (const block of diffLines(before, after)) {
      edits += block.oldEnd - block.oldStart + block.newEnd - block.newStart;
    }
    assert.equal(
      edits,
      before.length + after.length - 2 * common(before, after),
    );
  }));
});

Deno.test("diffLines() gives one block when two large texts share nothing near", () => {
  const before = Array.from({ length: 30_000 }, (_, index) => `old ${index}`);
  const after = Array.from({ length: 30_000 }, (_, index) => `new ${index}`);
  assert.deepEqual(diffLines(["x", ...before], ["x", ...after]), [
    { oldStart: 1, oldEnd: 30_001, newStart: 1, newEnd: 30_001 },
  ]);
});

/** The length of the longest common subsequence, by the textbook table. */
function common(left: readonly string[], right: readonly string[]): number {
  let row: number[] = new Array(right.length + 1).fill(0);
  for (const item of left) {
    const next = [0];
    for (const [index, other] of right.entries()) {
      const kept = Math.max(row[index + 1] ?? 0, next[index] ?? 0);
      next.push(item === other ? (row[index] ?? 0) + 1 : kept);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
