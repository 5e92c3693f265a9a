import assert from "node:assert/strict";
import { fileChanges } from "@/patch/file_changes.ts";
import { planPatch } from "@/patch/plan.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

async function changesOf(hunks: string, files: Record<string, string>) {
  const text = `*** Begin Patch\n${hunks}\n*** End Patch`;
  const plan = await planPatch(text, "/w", memoryFiles(files));
  if (plan.kind !== "ok") throw new Error(plan.message);
  return fileChanges(plan.changes);
}

const UPDATE = { type: "update", move_path: null } as const;

Deno.test("fileChanges() shows new content, old content or a diff", async () => {
  const hunks = "*** Update File: u\n@@\n-u\n+U\n*** Delete File: d\n" +
    "*** Add File: a\n+a\n*** Update File: m\n*** Move to: x/n\n@@\n-m\n+M";
  const files = { "/w/u": "u\n", "/w/d": "d\n", "/w/m": "m\n" };
  assert.deepEqual(await changesOf(hunks, files), [
    { path: "/w/a", kind: { type: "add" }, diff: "a\n" },
    { path: "/w/d", kind: { type: "delete" }, diff: "d\n" },
    { path: "/w/u", kind: UPDATE, diff: "@@ -1 +1 @@\n-u\n+U\n" },
    {
      path: "/w/m",
      kind: { type: "update", move_path: "/w/x/n" },
      diff: "@@ -1 +1 @@\n-m\n+M\n",
    },
  ]);
});

Deno.test("fileChanges() tells several hunks of one file as one change", async () => {
  const files = { "/w/u": "1\n2\n" };
  const twice =
    "*** Update File: u\n@@\n-1\n+A\n*** Update File: u\n@@\n-A\n+B";
  assert.deepEqual(await changesOf(twice, files), [
    { path: "/w/u", kind: UPDATE, diff: "@@ -1,2 +1,2 @@\n-1\n+B\n 2\n" },
  ]);
  const replaced = "*** Delete File: u\n*** Add File: u\n+3";
  assert.deepEqual(await changesOf(replaced, files), [
    { path: "/w/u", kind: UPDATE, diff: "@@ -1,2 +1 @@\n-1\n-2\n+3\n" },
  ]);
  const passing = "*** Add File: n\n+n\n*** Delete File: n";
  assert.deepEqual(await changesOf(passing, files), []);
});

Deno.test("fileChanges() shows an overwritten file as added and a move as a move", async () => {
  const files = { "/w/u": "u\n", "/w/o": "o\n" };
  assert.deepEqual(await changesOf("*** Add File: u\n+n", files), [
    { path: "/w/u", kind: { type: "add" }, diff: "n\n" },
  ]);
  const move = "*** Update File: u\n*** Move to: o\n@@\n-u\n+U";
  assert.deepEqual(await changesOf(move, files), [{
    path: "/w/u",
    kind: { type: "update", move_path: "/w/o" },
    diff: "@@ -1 +1 @@\n-u\n+U\n",
  }]);
});
