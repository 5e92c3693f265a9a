import assert from "node:assert/strict";
import { commandCell, commandLines } from "@/tui/cells/command.ts";
import { explorationCell, isExploration } from "@/tui/cells/exploration.ts";
import {
  allRowsOf,
  command,
  contextOf,
  rowsOf,
  styleOf,
  theme,
} from "./room.ts";

const NUMBERS = Array.from({ length: 200 }, (_, index) => `${index + 1}\n`)
  .join("");

Deno.test("a command shows both ends of its output, and all of it in the transcript", () => {
  const cell = commandCell(
    command("seq 1 200", { aggregatedOutput: NUMBERS }),
  );
  assert.deepEqual(rowsOf(cell), [
    "• Ran seq 1 200",
    "  └ 1",
    "    2",
    "    … +196 lines (ctrl + t to view transcript)",
    "    199",
    "    200",
  ]);
  const all = allRowsOf(cell);
  assert.deepEqual(
    [all.length, all[0], all[200], all.at(-1)],
    [202, "$ seq 1 200", "    200", "✓ • 12ms"],
  );
});

Deno.test("five rows of output are shown whole, counted after wrapping", () => {
  assert.deepEqual(
    rowsOf(commandCell(command("x", { aggregatedOutput: "1\n2\n3\n4\n5\n" })))
      .length,
    6,
  );
  const long = command("x", { aggregatedOutput: `${"y".repeat(60)}\n` });
  assert.deepEqual(
    rowsOf(commandCell(long), 14),
    [
      "• Ran x",
      "  └ yyyyyyyyyy",
      "    yyyyyyyyyy",
      "    … +2 lines",
      "    yyyyyyyyyy",
      "    yyyyyyyyyy",
    ].map((row) => row.includes("…") ? "    … +2 line…" : row),
  );
});

Deno.test("a long output is shown without drawing all of it, and counted", () => {
  const text = `first\n${"x\n".repeat(500_000)}last\n`;
  const rows = rowsOf(commandCell(command("x", { aggregatedOutput: text })));
  assert.deepEqual(rows.slice(1), [
    "  └ first",
    "    x",
    "    … +499998 lines (ctrl + t to view transcript)",
    "    x",
    "    last",
  ]);
});

Deno.test("a long output is cut between lines", () => {
  const line = `${"y".repeat(99)}\n`;
  const text = `first\n${line.repeat(1_000)}last\n`;
  const rows = rowsOf(
    commandCell(command("x", { aggregatedOutput: text })),
    120,
  );
  assert.equal(rows[3], "    … +998 lines (ctrl + t to view transcript)");
});

Deno.test("a failed command says with what code, a declined one that it did not run", () => {
  const failed = command("false", { status: "failed", exitCode: 3 });
  assert.deepEqual(rowsOf(commandCell(failed)), [
    "• Ran false (exit 3)",
    "  └ (no output)",
  ]);
  assert.deepEqual(allRowsOf(commandCell(failed)), [
    "$ false",
    "✗ (3) • 12ms",
  ]);
  const lines = commandLines(failed, contextOf());
  assert.deepEqual(styleOf(lines, "• "), { ...theme.failure, bold: true });
  assert.deepEqual(
    rowsOf(commandCell(command("rm x", { status: "declined" }))),
    ["• Declined rm x"],
  );
});

Deno.test("a running command says so, whatever it has printed", () => {
  const running = command("make", {
    status: "inProgress",
    aggregatedOutput: "cc a.c\n",
  });
  assert.deepEqual(rowsOf(commandCell(running)), [
    "• Running make",
    "  └ cc a.c",
  ]);
});

Deno.test("only a shell of the system is left out of what ran", () => {
  const shown = (line: string) =>
    rowsOf(commandCell(command("", { command: line })))[0];
  assert.equal(shown("bash -c 'ls -l'"), "• Ran ls -l");
  assert.equal(shown("/usr/bin/zsh -lc ls"), "• Ran ls");
  assert.equal(shown("/tmp/bash -lc ls"), "• Ran /tmp/bash -lc ls");
  assert.equal(shown("python3 -c 'ls'"), "• Ran python3 -c 'ls'");
  assert.equal(shown("bash -lc ls x"), "• Ran bash -lc ls x");
});

Deno.test("a script is cut in the history", () => {
  const script = command("for i in 1 2 3; do\n  echo $i\ndone\nls\ntrue", {
    status: "failed",
    exitCode: 2,
    aggregatedOutput: "1\n",
  });
  assert.deepEqual(rowsOf(commandCell(script)), [
    "• Ran for i in 1 2 3; do",
    "  │   echo $i",
    "  │ done",
    "  │ … +2 lines",
    "  └ 1",
    "    (exit 2)",
  ]);
  assert.equal(allRowsOf(commandCell(script))[4], "  true");
  assert.deepEqual(rowsOf(commandCell(command("a\nb\nc\nd"))), [
    "• Ran a",
    "  │ b",
    "  │ c",
    "  │ d",
    "  └ (no output)",
  ]);
});

Deno.test("a command of the user's is theirs, with more of its output", () => {
  const rows = rowsOf(commandCell(
    command("ls", { source: "userShell", aggregatedOutput: NUMBERS }),
  ));
  assert.equal(rows[0], "• You ran ls");
  assert.equal(rows.length, 51);
});

Deno.test("colours of output stay, anything else a terminal acts on does not", () => {
  const cell = commandCell(command("x", {
    aggregatedOutput:
      "\x1b[31mred\x1b[0m\x1b[2J plain\n10%\r20%\r\n\x1b]0;t\x07ab\bc\x1b[1A\n",
  }));
  const lines = cell.lines(contextOf());
  assert.deepEqual(rowsOf(cell).slice(1), [
    "  └ red plain",
    "    20%",
    "    ac",
  ]);
  assert.deepEqual(styleOf(lines, "red"), { dim: true, fg: 1 });
  assert.deepEqual(styleOf(lines, "plain"), { dim: true });
});

Deno.test("commands that look around are told by what they looked at", () => {
  const items = [
    command("rg main src"),
    command("rg --files"),
    command("cd src && ls -la"),
    command("cat README.md"),
    command("sed -n 1,20p src/a.ts"),
    command("cat lib/a.ts"),
    command("cat docs/guide.md"),
    command("cat README.md"),
    command("grep -rn x ."),
  ];
  assert.ok(items.every(isExploration));
  const cell = explorationCell(items);
  assert.deepEqual(rowsOf(cell), [
    "• Explored",
    "  └ Search main in src",
    "    List rg --files",
    "    List ls -la",
    "    Read README.md, src/a.ts, lib/a.ts, guide.md",
    "    Search x in .",
  ]);
  assert.equal(allRowsOf(cell)[0], "$ rg main src");
  const live = explorationCell([command("ls", { status: "inProgress" })]);
  assert.deepEqual(rowsOf(live), ["• Exploring", "  └ List ls"]);
});

Deno.test("only commands that look around stand in such a group", () => {
  assert.ok(!isExploration(command("git status")));
  assert.ok(!isExploration(command("cat a > b")));
  assert.ok(!isExploration(command("ls", { source: "userShell" })));
  assert.ok(!isExploration(command("ls", { status: "declined" })));
});
