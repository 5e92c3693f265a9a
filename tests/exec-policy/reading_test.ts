/** What a command is taken for, and what is found in it. */
import assert from "node:assert/strict";
import { readCommand } from "@/exec-policy/reading.ts";
import { readScript } from "@/exec-policy/shell_split.ts";
import type { Argv } from "@/exec-policy/rule.ts";

function plain(argv: Argv, shell = "/bin/bash"): readonly Argv[] | undefined {
  return readCommand(argv, shell).segments?.map((segment) => segment.argv);
}

Deno.test("a script is split only for a shell that is what it is called", () => {
  const script = ["-lc", "git status; ls"];
  const split = [["git", "status"], ["ls"]];
  const shells = [
    "/bin/bash",
    "bash",
    "/usr/bin/zsh",
    "sh",
    "/home/u/.nix/bash",
    "/tmp/bash",
    "./bash",
    "bash2",
  ];
  assert.deepEqual(
    shells.map((shell) => plain([shell, ...script], "/home/u/.nix/bash")),
    [
      split,
      split,
      split,
      split,
      split,
      undefined,
      undefined,
      [["bash2", ...script]],
    ],
  );
});

Deno.test("a shell given anything but one plain script is opaque", () => {
  const commands: readonly Argv[] = [
    ["bash"],
    ["bash", "-c"],
    ["bash", "-x", "-c", "ls"],
    ["bash", "-c", "ls", "arg0"],
    ["bash", "-lic", "ls"],
    ["bash", "-c", ""],
    ["bash", "-c", " "],
    ["fish", "-c", "ls"],
    ["pwsh", "-Command", "ls"],
    ["cmd", "/c", "dir"],
    ["bash", "-c", "echo a | sh"],
    ["bash", "-c", "sh -c ls"],
  ];
  for (const argv of commands) {
    const segments = plain(argv);
    // `bash -c` alone runs nothing, so it may be taken for what it is.
    if (argv.length === 2) continue;
    assert.equal(segments, undefined, argv.join(" "));
  }
  assert.deepEqual(plain(["git", "status"]), [["git", "status"]]);
});

Deno.test("the words of a plain script are the shell's own", () => {
  assert.deepEqual(
    readScript(`git  log\t-n 'a "b"' "c 'd'" e'f'"g" -- ü\nls;`).plain,
    [["git", "log", "-n", `a "b"`, "c 'd'", "efg", "--", "ü"], ["ls"]],
  );
});

Deno.test("no text makes the reader throw or hang", () => {
  const texts = [
    "(".repeat(20_000),
    "$(".repeat(20_000),
    "`".repeat(9_999),
    "{a,b}".repeat(5_000),
    "sudo -u ".repeat(12_000),
    "env -S '".repeat(3_000),
    `bash -c "${'bash -c \\"'.repeat(50)}`,
    "a;".repeat(60_000),
    "<<E\n".repeat(2_000),
    "${x:-".repeat(2_000),
    "[[ ".repeat(2_000),
    "\0\ud800\u2028",
    "echo x | sh;".repeat(200),
    "eval ".repeat(4_000),
  ];
  const started = performance.now();
  for (const text of texts) readCommand(["bash", "-c", text], "/bin/bash");
  assert.ok(performance.now() - started < 10_000);
});

Deno.test("however deep a command is wrapped, it is found", () => {
  const names = (script: string) =>
    readCommand(["bash", "-c", script], "/bin/bash").seen
      .map(([program]) => program);
  const deep = [
    `${"sudo ".repeat(500)}curl x`,
    `${"env -u A ".repeat(500)}curl x`,
    `${"( ".repeat(200)}curl x${" )".repeat(200)}`,
    `${"( ".repeat(2_000)}curl x${" )".repeat(2_000)}`,
    `${"echo $(".repeat(300)}curl x${")".repeat(300)}`,
    `${"a;".repeat(9_000)}curl x`,
    `${"a;".repeat(90_000)}curl x`,
    Array.from({ length: 12 }).reduce<string>(
      (inner) => `eval ${JSON.stringify(inner)}`,
      "curl x",
    ),
  ];
  for (const script of deep) {
    assert.ok(names(script).includes("curl"), script.slice(0, 40));
  }
});
