import assert from "node:assert/strict";
import { reviewPrompt } from "@/core/review/prompt.ts";
import { reviewHint, type ReviewTarget } from "@/protocol/review.ts";

const SHA = "0123456789abcdef";

Deno.test("a target is named to the user in a few words", () => {
  const targets: readonly ReviewTarget[] = [
    { type: "uncommittedChanges" },
    { type: "baseBranch", branch: "main" },
    { type: "commit", sha: SHA },
    { type: "commit", sha: SHA, title: "Fix it" },
    { type: "custom", instructions: " only the parser \n" },
  ];
  assert.deepEqual(targets.map(reviewHint), [
    "current changes",
    "changes against 'main'",
    "commit 0123456",
    "commit 0123456: Fix it",
    "only the parser",
  ]);
});

Deno.test("the reviewer is told the commits, or how to find them", () => {
  const base: ReviewTarget = { type: "baseBranch", branch: "main" };
  assert.match(reviewPrompt(base, SHA), /git diff 0123456789abcdef/);
  assert.match(reviewPrompt(base, undefined), /main@\{upstream\}/);
  assert.match(
    reviewPrompt({ type: "commit", sha: SHA, title: "T" }, undefined),
    /commit 0123456789abcdef \("T"\)/,
  );
  const own = "only the parser \n";
  assert.equal(
    reviewPrompt({ type: "custom", instructions: own }, undefined),
    own,
  );
});
