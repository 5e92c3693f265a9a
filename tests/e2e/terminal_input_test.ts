/** That the model waited for a running command, told to clients. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace } from "@test/support/codex.ts";
import {
  call,
  message,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";

Deno.test("clients are told which command the model waits for", async () => {
  let session = 0;
  await using server = startMockServer([
    response(call("exec_command", {
      cmd: "until [ -e go ]; do sleep 0.02; done",
      yield_time_ms: 250,
      login: false,
    }, "call_1")),
    (request) => {
      const output: string = request.body.input.at(-1).output;
      session = Number(/session ID (\d+)/.exec(output)?.[1]);
      return response(
        call("exec_command", { cmd: "touch go", login: false }, "call_2"),
        call("write_stdin", { session_id: session }, "call_3"),
      );
    },
    response(message("done")),
  ]);
  await using workspace = await makeWorkspace(server);
  await using client = await startAppClient(workspace);
  const { thread } = await client.request("thread/start", {
    cwd: workspace.cwd,
  });
  await client.request("turn/start", {
    threadId: thread.id,
    input: [{ type: "text", text: "go" }],
  });
  const { turn } = await client.next("turn/completed");
  const told = client.messages.filter(({ method }) =>
    method === "item/commandExecution/terminalInteraction"
  ).map(({ params }) => params);
  assert.deepEqual(told, [{
    threadId: thread.id,
    turnId: turn.id,
    itemId: "call_1",
    // The id of the session, as the model has it.
    processId: String(session),
    stdin: "",
  }]);
});
