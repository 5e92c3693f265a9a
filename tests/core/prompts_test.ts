/** What the model is taught must be what the tools take. */
import assert from "node:assert/strict";
import basePrompt from "@/core/prompts/base.md" with { type: "text" };
import { parsePatch } from "@/patch/parse.ts";

Deno.test("the patch in the base instructions is one that parses", () => {
  const example = /^\*\*\* Begin Patch$[^]*?^\*\*\* End Patch$/m
    .exec(basePrompt)?.[0];
  const parsed = parsePatch(example ?? "");
  assert.deepEqual(
    parsed.kind === "ok" && parsed.hunks.map(({ kind, path }) => [kind, path]),
    [["add", "new.txt"], ["update", "old.txt"], ["delete", "gone.txt"]],
  );
});
