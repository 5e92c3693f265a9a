import assert from "node:assert/strict";
import type { FileChange, FileChangeThreadItem } from "@/protocol/items.ts";
import { unifiedDiff } from "@/text/unified_diff.ts";
import { changesLines, patchCell } from "@/tui/cells/patch.ts";
import { textOf } from "@/tui/render/line.ts";
import { allRowsOf, contextOf, rowsOf, theme } from "./room.ts";

const BEFORE =
  "export function main(): void {\n  hello();\n}\n\na\nb\nc\nd\ne\nf\ng\nlast\n";
const AFTER =
  "export function main(): void {\n  const x = 1;\n\tbye(x);\n}\n\na\nb\nc\nd\ne\nf\ng\n";

const UPDATE: FileChange = {
  path: "/home/u/ws/src/main.ts",
  kind: { type: "update", move_path: null },
  diff: unifiedDiff(BEFORE, AFTER),
};
const ADD: FileChange = {
  path: "/home/u/ws/a.txt",
  kind: { type: "add" },
  diff: "one\ntwo\n",
};
const DELETE: FileChange = {
  path: "/etc/old",
  kind: { type: "delete" },
  diff: "gone",
};

function patch(
  changes: readonly FileChange[],
  ending: Partial<FileChangeThreadItem> = {},
) {
  return patchCell({
    type: "fileChange",
    id: "call_1",
    changes,
    status: "completed",
    ...ending,
  });
}

Deno.test("an edit shows numbered lines, one unchanged around, gaps between", () => {
  assert.deepEqual(
    rowsOf(patch([UPDATE])),
    [
      "• Edited src/main.ts (+2 -2)",
      "     1  export function main(): void {",
      "     2 -  hello();",
      "     2 +  const x = 1;",
      "     3 +    bye(x);",
      "     4  }",
      "     ⋮",
      "    12  g",
      "    12 -last",
    ].map((row) => row.replace("      ⋮", "     ⋮")),
  );
  assert.deepEqual(allRowsOf(patch([UPDATE])), [
    "src/main.ts (+2 -2)",
    "     1  export function main(): void {",
    "     2 -  hello();",
    "     2 +  const x = 1;",
    "     3 +    bye(x);",
    "     4  }",
    "     5  ",
    "     6  a",
    "     ⋮",
    "    10  e",
    "    11  f",
    "    12  g",
    "    12 -last",
  ]);
});

Deno.test("a change far from the first line has no gap before it", () => {
  const far: FileChange = {
    ...UPDATE,
    diff: "@@ -8,5 +8,5 @@\n a\n b\n-c\n+d\n e\n",
  };
  assert.deepEqual(rowsOf(patch([far])).slice(1), [
    "     9  b",
    "    10 -c",
    "    10 +d",
    "    11  e",
  ]);
});

Deno.test("several files stand under a heading, by path, with their counts", () => {
  const moved: FileChange = {
    ...UPDATE,
    kind: { type: "update", move_path: "/home/u/ws/src/m2.ts" },
  };
  const rows = rowsOf(patch([moved, ADD, DELETE]));
  assert.deepEqual(rows.slice(0, 9), [
    "• Edited 3 files (+4 -3)",
    "  └ /etc/old (+0 -1)",
    "    1 -gone",
    "",
    "  └ a.txt (+2 -0)",
    "    1 +one",
    "    2 +two",
    "",
    "  └ src/main.ts → src/m2.ts (+2 -2)",
  ]);
  assert.ok(rows.includes("     2 +  const x = 1;"));
});

Deno.test("one file is told by what was done to it", () => {
  assert.equal(rowsOf(patch([ADD]))[0], "• Added a.txt (+2 -0)");
  assert.equal(rowsOf(patch([DELETE]))[0], "• Deleted /etc/old (+0 -1)");
  const onlyMoved: FileChange = {
    path: "/home/u/ws/a",
    kind: { type: "update", move_path: "/home/u/b" },
    diff: "",
  };
  assert.deepEqual(rowsOf(patch([onlyMoved])), ["• Moved a → ~/b"]);
});

Deno.test("a patch that was not applied never looks like one that was", () => {
  assert.deepEqual(
    rowsOf(patch([ADD], { status: "failed", problem: "Cannot write a.txt" })),
    ["✘ Failed to apply patch", "  └ Cannot write a.txt", "    a.txt (+2 -0)"],
  );
  assert.deepEqual(rowsOf(patch([ADD], { status: "declined" })), [
    "• Declined a.txt (+2 -0)",
  ]);
  assert.equal(
    rowsOf(patch([ADD], { status: "inProgress" }))[0],
    "• Adding a.txt (+2 -0)",
  );
  assert.ok(
    allRowsOf(patch([ADD], { status: "declined" })).includes("    1 +one"),
  );
});

Deno.test("changed lines are tinted to the end of the row, and keep their colours", () => {
  const lines = patch([UPDATE]).lines(contextOf());
  const added = lines.find((line) => textOf(line).includes("const x"));
  assert.deepEqual(added?.fill, theme.addedLine);
  const keyword = added?.spans.find(({ text }) => text === "const");
  assert.deepEqual(keyword?.style, {
    ...theme.addedLine,
    ...theme.syntax.keyword,
  });
  const removed = lines.find((line) => textOf(line).includes("hello"));
  assert.deepEqual(removed?.fill, theme.removedLine);
  assert.deepEqual(
    [added, removed].map((line) => line?.spans[1]?.style),
    [
      { ...theme.addedLine, ...theme.success },
      { ...theme.removedLine, ...theme.failure },
    ],
  );
  assert.equal(
    lines.find((line) => textOf(line).includes("export"))?.fill,
    undefined,
  );
});

Deno.test("wrapped lines keep their gutter, and their tint", () => {
  const long = { ...ADD, diff: "abcdefghij\n" };
  const lines = patch([long]).lines(contextOf(12));
  assert.deepEqual(lines.slice(-2).map(textOf), [
    "    1 +abcde",
    "       fghij",
  ]);
  assert.deepEqual(lines.at(-1)?.fill, theme.addedLine);
});

Deno.test("control characters of a file are not printed", () => {
  const nasty = { ...ADD, diff: "a\x1b[2Jb\r\n\x07c\n" };
  assert.deepEqual(rowsOf(patch([nasty])).slice(1), ["    1 +ab", "    2 +c"]);
});

Deno.test("changesLines() shows what a patch would do, for a question", () => {
  assert.deepEqual(changesLines([ADD], contextOf()).map(textOf), [
    "a.txt (+2 -0)",
    "    1 +one",
    "    2 +two",
  ]);
  assert.deepEqual(changesLines([], contextOf()), []);
});

Deno.test("a very large file is cut in the history and whole in the transcript", () => {
  const large = patch([{ ...ADD, diff: "x\n".repeat(1_500) }]);
  const rows = rowsOf(large);
  assert.equal(rows.length, 1_002);
  assert.equal(
    rows.at(-1),
    "    … +500 lines (ctrl + t to view transcript)",
  );
  assert.equal(allRowsOf(large).length, 1_501);
});
