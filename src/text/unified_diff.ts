/**
 * Unified diffs of two texts, as `diff -u` and git print them: hunks only, the
 * caller writes the file headers. Lines end at "\n"; a "\r" is part of its line.
 */
import { type ChangedBlock, diffLines } from "./line_diff.ts";

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 3;

/** The hunks that turn `oldText` into `newText`; empty when they are equal. */
export function unifiedDiff(oldText: string, newText: string): string {
  const oldLines = splitLines(oldText);
  const newLines = splitLines(newText);
  const blocks = diffLines(oldLines, newLines);
  return groupBlocks(blocks)
    .map((group) => formatHunk(group, oldLines, newLines))
    .join("");
}

/** The lines of a text, each with the "\n" that ends it. */
function splitLines(text: string): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** Blocks whose contexts touch or overlap share a hunk. */
function groupBlocks(
  blocks: readonly ChangedBlock[],
): readonly (readonly ChangedBlock[])[] {
  const groups: ChangedBlock[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    const gap = block.oldStart - (last?.at(-1)?.oldEnd ?? 0);
    if (last !== undefined && gap <= 2 * CONTEXT_LINES) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function formatHunk(
  group: readonly ChangedBlock[],
  oldLines: readonly string[],
  newLines: readonly string[],
): string {
  const range = hunkRange(group, oldLines.length, newLines.length);
  const body: string[] = [];
  let position = range.oldStart;
  for (const block of group) {
    addLines(body, " ", oldLines, position, block.oldStart);
    addLines(body, "-", oldLines, block.oldStart, block.oldEnd);
    addLines(body, "+", newLines, block.newStart, block.newEnd);
    position = block.oldEnd;
  }
  addLines(body, " ", oldLines, position, range.oldEnd);
  const oldRange = formatRange(range.oldStart, range.oldEnd);
  const newRange = formatRange(range.newStart, range.newEnd);
  return `@@ -${oldRange} +${newRange} @@\n${body.join("")}`;
}

/** The group widened by its context, within both texts. */
function hunkRange(
  group: readonly ChangedBlock[],
  oldLength: number,
  newLength: number,
): ChangedBlock {
  const first = group[0];
  const last = group.at(-1);
  if (first === undefined || last === undefined) {
    throw new Error("A hunk has at least one block");
  }
  const before = Math.min(CONTEXT_LINES, first.oldStart, first.newStart);
  const after = Math.min(
    CONTEXT_LINES,
    oldLength - last.oldEnd,
    newLength - last.newEnd,
  );
  return {
    oldStart: first.oldStart - before,
    oldEnd: last.oldEnd + after,
    newStart: first.newStart - before,
    newEnd: last.newEnd + after,
  };
}

function addLines(
  body: string[],
  prefix: string,
  lines: readonly string[],
  start: number,
  end: number,
): void {
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? "";
    body.push(prefix, line);
    if (!line.endsWith("\n")) body.push("\n\\ No newline at end of file\n");
  }
}

/** Line numbers from 1; a range of one line leaves its length out, an empty one starts before. */
function formatRange(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}
