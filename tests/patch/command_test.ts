import assert from "node:assert/strict";
import { runApplyPatchCommand } from "@/patch/command.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

Deno.test("runApplyPatchCommand() does not read standard input when it has an argument", async () => {
  const result = await runApplyPatchCommand({
    args: ["*** Begin Patch\n*** End Patch"],
    stdin: () => {
      throw new Error("It was read");
    },
    cwd: "/w",
    files: memoryFiles({}),
  });
  assert.deepEqual(result, {
    exitCode: 1,
    stdout: "",
    stderr: "No files were modified.\n",
  });
});
