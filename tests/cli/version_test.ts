import assert from "node:assert/strict";
import { CODEX } from "@/cli/commands_table.ts";
import { parseCommandLine } from "@/cli/parse.ts";
import { quickVersion } from "@/cli/version.ts";

Deno.test("quickVersion() answers as the parser would", () => {
  for (const line of ["--version", "-V", "exec --version", "exec -V"]) {
    const args = line.split(" ");
    const outcome = parseCommandLine(CODEX, args);
    assert.deepEqual(outcome, { kind: "text", text: quickVersion(args) });
  }
});

Deno.test("quickVersion() leaves everything else to the parser", () => {
  for (const line of ["", "exec", "--version x", "-- --version", "x -V"]) {
    assert.equal(quickVersion(line.split(" ")), undefined);
  }
});
