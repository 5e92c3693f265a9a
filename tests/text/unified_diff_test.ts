import assert from "node:assert/strict";
import { unifiedDiff } from "@/text/unified_diff.ts";

function numbered(count: number, changes: Record<number, string> = {}): string {
  let text = "";
  for (let line = 1; line <= count; line++) {
    text += `${changes[line] ?? `l${line}`}\n`;
  }
  return text;
}

Deno.test("unifiedDiff() of equal texts is empty", () => {
  assert.equal(unifiedDiff("a\n", "a\n"), "");
  assert.equal(unifiedDiff("", ""), "");
});

Deno.test("unifiedDiff() leaves out a length of one and starts an empty side at zero", () => {
  assert.equal(unifiedDiff("hello\n", "bye\n"), "@@ -1 +1 @@\n-hello\n+bye\n");
  assert.equal(unifiedDiff("", "l1\n"), "@@ -0,0 +1 @@\n+l1\n");
  assert.equal(unifiedDiff("x\ny\n", ""), "@@ -1,2 +0,0 @@\n-x\n-y\n");
});

Deno.test("unifiedDiff() shows three lines around, and joins hunks that touch", () => {
  const changed = { 2: "L2", 9: "L9", 28: "L28" };
  const diff = unifiedDiff(numbered(30), numbered(30, changed));
  assert.equal(
    diff,
    "@@ -1,12 +1,12 @@\n l1\n-l2\n+L2\n l3\n l4\n l5\n l6\n l7\n l8\n-l9\n+L9\n" +
      " l10\n l11\n l12\n" +
      "@@ -25,6 +25,6 @@\n l25\n l26\n l27\n-l28\n+L28\n l29\n l30\n",
  );
});

Deno.test("unifiedDiff() starts a new hunk when more than six lines lie between", () => {
  const diff = unifiedDiff(numbered(20), numbered(20, { 2: "A", 10: "B" }));
  assert.deepEqual(diff.match(/^@@.*@@$/gm), [
    "@@ -1,5 +1,5 @@",
    "@@ -7,7 +7,7 @@",
  ]);
});

Deno.test("unifiedDiff() says when a last line has no newline", () => {
  assert.equal(
    unifiedDiff("x\ny", "X\ny\n"),
    "@@ -1,2 +1,2 @@\n-x\n-y\n\\ No newline at end of file\n+X\n+y\n",
  );
  assert.equal(
    unifiedDiff("a\nb", "A\nb"),
    "@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n",
  );
});
