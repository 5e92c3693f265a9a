import assert from "node:assert/strict";
import { CODEX } from "@/cli/commands_table.ts";
import { completionPoints } from "@/cli/completion.ts";
import {
  COMPLETION_SHELLS,
  completionScript,
} from "@/cli/completion_scripts.ts";

const POINTS = completionPoints(CODEX);

/** What bash offers behind the words, the last of which is being typed. */
async function offeredByBash(...words: string[]): Promise<readonly string[]> {
  const array = words.map((word) => `'${word}'`).join(" ");
  const script = `${completionScript("bash", POINTS)}
COMP_WORDS=(${array})
COMP_CWORD=${words.length - 1}
_codex
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-c", script],
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("the bash script completes commands, also behind aliases", async () => {
  assert.deepEqual(await offeredByBash("codex", "exe"), [
    "exec",
    "exec-server",
  ]);
  assert.deepEqual(await offeredByBash("codex", "e", "re"), [
    "resume",
    "review",
  ]);
  assert.deepEqual(await offeredByBash("codex", "features", "x", "en"), [
    "enable",
  ]);
});

Deno.test("the bash script completes flags and their possible values", async () => {
  assert.deepEqual(await offeredByBash("codex", "exec", "--js"), ["--json"]);
  assert.deepEqual(await offeredByBash("codex", "exec", "-s", "d"), [
    "danger-full-access",
  ]);
  assert.deepEqual(await offeredByBash("codex", "completion", "z"), ["zsh"]);
});

Deno.test("every script names every visible command and flag", () => {
  for (const shell of COMPLETION_SHELLS) {
    const script = completionScript(shell, POINTS);
    for (const point of POINTS) {
      assert.ok(script.includes(point.path), point.path);
      for (const { word } of point.options) {
        const name = shell === "fish" ? word.replace(/^-+/, "") : word;
        assert.ok(script.includes(name), `${shell}: ${word}`);
      }
    }
    assert.ok(!script.includes("apply_patch"), "hidden commands stay hidden");
  }
});
