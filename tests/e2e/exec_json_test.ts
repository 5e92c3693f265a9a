/** `exec --json` against the scripted model: the events, the files, the exit code. */
import assert from "node:assert/strict";
import { makeWorkspace, runCodex } from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  reasoning,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

Deno.test("exec --json runs commands, applies a patch and tells what happened", async () => {
  await using server = startMockServer([
    response(
      reasoning("**Plan**\n\nthinking"),
      message("Working.", "commentary"),
      call("exec_command", { cmd: "echo hi; exit 3", login: false }, "call_1"),
    ),
    response(customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: n1.txt\n+l1\n*** End Patch",
      "call_2",
    )),
    response(message("All done.", "final_answer")),
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--full-auto", "do all"],
  });

  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.events.map((event) => [event.type, event.item?.type, event.item?.id]),
    [
      ["thread.started", undefined, undefined],
      ["turn.started", undefined, undefined],
      ["item.completed", "reasoning", "item_0"],
      ["item.completed", "agent_message", "item_1"],
      ["item.started", "command_execution", "item_2"],
      ["item.completed", "command_execution", "item_2"],
      ["item.started", "file_change", "item_3"],
      ["item.completed", "file_change", "item_3"],
      ["item.completed", "agent_message", "item_4"],
      ["turn.completed", undefined, undefined],
    ],
  );
  assert.deepEqual(run.events.at(-1).usage, {
    input_tokens: 300,
    cached_input_tokens: 30,
    output_tokens: 60,
  });
  assert.equal(await Deno.readTextFile(`${workspace.cwd}/n1.txt`), "l1\n");
});
