import assert from "node:assert/strict";
import { createLog } from "@/platform/log.ts";

/** What a filter lets through, as `LEVEL target`. */
function shown(filter: string | undefined): readonly string[] {
  const lines: string[] = [];
  const log = createLog(filter, () => 0, (line) => lines.push(line));
  for (const target of ["codex::model", "codex::core"]) {
    log.error(target, () => "m");
    log.warn(target, () => "m");
    log.debug(target, () => "m");
  }
  return lines.map((line) => line.replace(/^\S+ +/, "").replace(/: m\n$/, ""));
}

Deno.test("the log shows errors unless RUST_LOG says otherwise", () => {
  assert.deepEqual(shown(undefined), [
    "ERROR codex::model",
    "ERROR codex::core",
  ]);
  assert.deepEqual(shown("off"), []);
});

Deno.test("the longest target that fits decides", () => {
  assert.deepEqual(shown("off,codex::model=warn"), [
    "ERROR codex::model",
    "WARN codex::model",
  ]);
  assert.deepEqual(shown("debug,codex=error,codex::core=off"), [
    "ERROR codex::model",
  ]);
});

Deno.test("a message that is not shown is not made", () => {
  const log = createLog("error", () => 0, () => {});
  log.debug("t", () => {
    throw new Error("made");
  });
});
