/**
 * Every directory of tests/scenarios/exec_policy: what the verdict about each command
 * line is under those rules. A line is a shell script; `⏎` in it is a line end.
 */
import assert from "node:assert/strict";
import { judge } from "@/exec-policy/judge.ts";
import { parseRules } from "@/exec-policy/parse.ts";
import type { Verdict } from "@/exec-policy/verdict.ts";

const SCENARIOS = new URL("../scenarios/exec_policy/", import.meta.url);

for (const entry of [...Deno.readDirSync(SCENARIOS)].sort(byName)) {
  if (!entry.isDirectory) continue;
  Deno.test(`verdicts of ${entry.name.replaceAll("_", " ")}`, async () => {
    const read = (name: string) =>
      Deno.readTextFile(new URL(`${entry.name}/${name}`, SCENARIOS));
    const parsed = parseRules(await read("rules"));
    assert.ok(parsed.kind === "ok");
    const lines = (await read("commands.txt")).trimEnd().split("\n");
    const decisions = lines.map((line) => {
      const argv = ["/bin/bash", "-lc", line.replaceAll("⏎", "\n")];
      return [line, describe(judge(parsed.rules, argv, "/bin/bash"))];
    });
    assert.deepEqual(
      decisions,
      JSON.parse(await read("decisions.json")),
    );
  });
}

/** The verdict in a word; what decides comes first. */
function describe(verdict: Verdict): string {
  const { ruling, rule, segments } = verdict;
  if (ruling === "forbidden" || ruling === "prompt") {
    return `${ruling} by ${rule?.matchedPrefix.join(" ")}`;
  }
  if (verdict.isAllowed) return "allowed";
  if (verdict.isDangerous) return "dangerous";
  if (verdict.isHarmless) return "harmless";
  if (segments === undefined) return "opaque";
  return ruling === "allow" ? "allowed in part" : "unknown";
}

function byName(left: Deno.DirEntry, right: Deno.DirEntry): number {
  return left.name < right.name ? -1 : 1;
}
