import assert from "node:assert/strict";
import { isDangerous, mayBeDangerous } from "@/exec-policy/dangerous.ts";
import { readCommand } from "@/exec-policy/reading.ts";

Deno.test("nothing is dangerous that the quick look passes over", async () => {
  const directory = new URL("../scenarios/exec_policy/", import.meta.url);
  for (const { name } of Deno.readDirSync(directory)) {
    if (name.endsWith(".md")) continue;
    const text = await Deno.readTextFile(
      new URL(`${name}/commands.txt`, directory),
    );
    for (const line of text.trimEnd().split("\n")) {
      const argv = ["bash", "-c", line.replaceAll("⏎", "\n")];
      const found = readCommand(argv, "/bin/bash").seen.some(isDangerous);
      assert.ok(!found || mayBeDangerous(argv), line);
    }
  }
});

Deno.test("the quick look passes over what has no such letters", () => {
  assert.deepEqual(
    ["ls -la", "git status", "cargo test", "npm run build", "{a,b}"].map(
      (script) => mayBeDangerous(["bash", "-c", script]),
    ),
    [false, false, false, false, false],
  );
  assert.deepEqual(
    ["rm x", 'r""m', "r\\m", "r\\\nm", "$'\\162m'", "{r,x}m", "{x,r}{m,y}"].map(
      (script) => mayBeDangerous(["bash", "-c", script]),
    ),
    [true, true, true, true, true, true, true],
  );
});
