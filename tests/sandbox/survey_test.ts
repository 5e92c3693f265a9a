import assert from "node:assert/strict";
import { gitDirectoryOf } from "@/sandbox/survey.ts";

Deno.test("gitDirectoryOf() reads the line git writes", () => {
  const rows: [string, string | undefined][] = [
    ["gitdir: /repo/.git/worktrees/a\n", "/repo/.git/worktrees/a"],
    ["gitdir: ../.git/modules/sub\n", "/ws/.git/modules/sub"],
    ["gitdir: with space\r\n", "/ws/sub/with space"],
    ["gitdir:\n", undefined],
    ["ref: refs/heads/main\n", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of rows) {
    assert.equal(gitDirectoryOf(text, "/ws/sub"), expected);
  }
});
