import assert from "node:assert/strict";
import fc from "fast-check";
import { planPatch } from "@/patch/plan.ts";
import { diffLines } from "@/text/line_diff.ts";
import { unifiedDiff } from "@/text/unified_diff.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

const line = fc.oneof(
  fc.constantFrom("", " ", "a", "a ", " a", "b", "*** x", "@@", "“q”"),
  fc.string({ unit: "grapheme", maxLength: 5 })
    .filter((text) => !/[\r\n]/.test(text)),
);
const text = fc.array(line, { maxLength: 25 })
  .map((lines) => lines.map((each) => `${each}\n`).join(""));

Deno.test("a patch made of an edit gives the edit", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      fc.pre(before !== "");
      assert.equal(await applied(wholeChunk(before, after), before), after);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a patch that quotes the file loosely gives the edit", async () => {
  const loosely = (each: string) => `  ${each.replaceAll(/[“”]/g, '"')}\t`;
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      fc.pre(before !== "");
      const lines = [
        ...linesOf(before).map((each) => `-${loosely(each)}`),
        ...linesOf(after).map((each) => `+${each}`),
      ];
      const chunk = `@@\n${lines.join("\n")}\n`;
      assert.equal(await applied(chunk, before), after);
    }),
  );
});

Deno.test("a patch of several chunks gives the edit when lines are told apart", async () => {
  const edits = fc.uniqueArray(fc.nat(99), { maxLength: 12 });
  await fc.assert(fc.asyncProperty(edits, async (changed) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const before = numbers.map((each) => `line ${each}\n`).join("");
    const after = numbers.map((each) =>
      changed.includes(each) ? "" : `line ${each}\n`
    ).join("");
    fc.pre(before !== after);
    const chunks = unifiedDiff(before, after).replaceAll(/^@@.*$/gm, "@@");
    assert.equal(await applied(chunks, before), after);
  }));
});

/** The file after one update hunk with these chunks. */
async function applied(chunks: string, before: string): Promise<string> {
  const patch = `*** Begin Patch\n*** Update File: f\n${chunks}*** End Patch`;
  const plan = await planPatch(patch, "/w", memoryFiles({ "/w/f": before }));
  if (plan.kind !== "ok") throw new Error(plan.message);
  const [change] = plan.changes;
  if (change?.kind !== "update") throw new Error("Not an update");
  return change.text;
}

/** One chunk that quotes all of the file, so that nothing in it is ambiguous. */
function wholeChunk(before: string, after: string): string {
  const [oldLines, newLines] = [linesOf(before), linesOf(after)];
  const chunk = ["@@"];
  const add = (mark: string, lines: readonly string[]) => {
    for (const each of lines) chunk.push(`${mark}${each}`);
  };
  let position = 0;
  for (const block of diffLines(oldLines, newLines)) {
    add(" ", oldLines.slice(position, block.oldStart));
    add("-", oldLines.slice(block.oldStart, block.oldEnd));
    add("+", newLines.slice(block.newStart, block.newEnd));
    position = block.oldEnd;
  }
  add(" ", oldLines.slice(position));
  return `${chunk.join("\n")}\n`;
}

function linesOf(whole: string): readonly string[] {
  return whole.split("\n").slice(0, -1);
}
