/** Signals: what a stopped run leaves behind, on disk and among the processes. */
import assert from "node:assert/strict";
import {
  HAS_HELPER,
  type JsonEvent,
  makeWorkspace,
  runCodex,
  type Workspace,
} from "@test/support/codex.ts";
import {
  call,
  created,
  customCall,
  message,
  type MockStep,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { isGone } from "@test/support/processes.ts";
import { itemsOf, readRollout } from "@test/support/rollouts.ts";
import { longSleep, runAndStop } from "@test/support/stopped_run.ts";

/** A response with two commands and a patch behind them. */
function threeCalls(sleep: string): MockStep {
  return response(
    message("Working.", "commentary"),
    call("exec_command", { cmd: sleep, login: false }, "call_1"),
    call("exec_command", { cmd: `: ; ${sleep}`, login: false }, "call_2"),
    customCall(
      "apply_patch",
      "*** Begin Patch\n*** Add File: n.txt\n+n\n*** End Patch",
      "call_3",
    ),
  );
}

const SECOND_COMMAND = '"item_2","type":"command_execution"';

async function assertAccountedFor(workspace: Workspace): Promise<void> {
  const lines = await readRollout(workspace);
  const items = itemsOf(lines);
  const last = items.at(-1);
  assert.deepEqual([last.type, last.role], ["message", "user"]);
  assert.match(
    last.content[0].text,
    /^<turn_aborted>\n[^]*\n<\/turn_aborted>$/,
  );
  const outputs = items.slice(-4, -1);
  assert.deepEqual(
    outputs.map(({ type, call_id }) => [type, call_id]),
    [
      ["function_call_output", "call_1"],
      ["function_call_output", "call_2"],
      ["custom_tool_call_output", "call_3"],
    ],
  );
  for (const { output } of outputs) {
    assert.match(output, /^aborted by user after \d+\.\ds$/);
  }
  const end = lines.at(-1).payload;
  assert.deepEqual([end.type, end.reason], ["turn_aborted", "interrupted"]);
}

const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "SIGINT stops the commands, accounts for every call and exits 1",
  onLinux,
  async () => {
    const sleep = longSleep();
    await using server = startMockServer([threeCalls(sleep)]);
    await using workspace = await makeWorkspace(server);
    const run = await runAndStop(workspace, {
      args: ["--full-auto", "hi"],
      after: SECOND_COMMAND,
      signals: ["SIGINT"],
    });

    assert.equal(run.code, 1);
    // As in Codex 0.124.0, neither turn.completed nor turn.failed is told.
    assert.deepEqual(
      run.events.filter((event) => /^turn\.|^error/.test(event.type)),
      [{ type: "turn.started" }],
    );
    await assertAccountedFor(workspace);
    assert.ok(await isGone(sleep));
    assert.equal(server.requests.length, 1);
  },
);

Deno.test(
  "SIGTERM stops the commands, accounts for every call and exits 143",
  onLinux,
  async () => {
    const sleep = longSleep();
    await using server = startMockServer([threeCalls(sleep)]);
    await using workspace = await makeWorkspace(server);
    const run = await runAndStop(workspace, {
      args: ["--full-auto", "hi"],
      after: SECOND_COMMAND,
      signals: ["SIGTERM"],
    });

    assert.equal(run.code, 143);
    await assertAccountedFor(workspace);
    assert.ok(await isGone(sleep));
  },
);

// The second one exits 130 only when the first has not finished its work by then.
Deno.test("two SIGINTs at once leave no command either", onLinux, async () => {
  const sleep = longSleep();
  await using server = startMockServer([threeCalls(sleep)]);
  await using workspace = await makeWorkspace(server);
  const run = await runAndStop(workspace, {
    args: ["--full-auto", "hi"],
    after: SECOND_COMMAND,
    signals: ["SIGINT", "SIGINT"],
  });

  assert.ok([1, 130].includes(run.code), `exit code ${run.code}`);
  assert.ok(await isGone(sleep));
});

// Landlock alone has no process namespace; docs/security.md says so.
const withNamespaces = {
  ignore: onLinux.ignore ||
    !(HAS_HELPER ||
      await Deno.stat("/usr/bin/bwrap").then(() => true, () => false)),
};

Deno.test(
  "SIGINT stops what a confined command moved to a session of its own",
  withNamespaces,
  async () => {
    const sleep = longSleep();
    await using server = startMockServer([response(call("exec_command", {
      cmd: `setsid sh -c 'echo >started; exec ${sleep}' & ${sleep}`,
      login: false,
    }, "call_1"))]);
    await using workspace = await makeWorkspace(server);
    const run = await runAndStop(workspace, {
      args: ["--full-auto", "hi"],
      after: '"type":"command_execution"',
      signals: ["SIGINT"],
      files: ["started"],
    });

    assert.equal(run.code, 1);
    assert.ok(await isGone(sleep));
  },
);

Deno.test(
  "SIGINT stops a command that runs without a sandbox, and its children",
  onLinux,
  async () => {
    const sleep = longSleep();
    await using server = startMockServer([response(call("exec_command", {
      cmd: `trap '' INT TERM; ${sleep} & echo >started; wait; ${sleep}`,
      login: false,
    }, "call_1"))]);
    await using workspace = await makeWorkspace(server);
    const run = await runAndStop(workspace, {
      args: ["--yolo", "hi"],
      after: '"type":"command_execution"',
      signals: ["SIGINT"],
      files: ["started"],
    });

    assert.equal(run.code, 1);
    assert.ok(await isGone(sleep));
  },
);

Deno.test("SIGINT while the model answers ends the run and keeps what was finished", async () => {
  await using server = startMockServer([{
    kind: "stream",
    events: [created(), ...message("half an answer")],
    end: "hang",
  }]);
  await using workspace = await makeWorkspace(server);
  const run = await runAndStop(workspace, {
    args: ["hi"],
    after: "half an answer",
    signals: ["SIGINT"],
  });

  assert.equal(run.code, 1);
  const items = itemsOf(await readRollout(workspace)).slice(-2);
  assert.deepEqual(
    items.map((item) => [item.role, item.content[0].text.split("\n")[0]]),
    [["assistant", "half an answer"], ["user", "<turn_aborted>"]],
  );
});

Deno.test("SIGINT while the prompt is read ends the run and writes nothing", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const run = await runAndStop(workspace, {
    args: [],
    after: "Reading prompt from stdin...",
    signals: ["SIGINT"],
  });

  assert.deepEqual([run.code, run.stdout], [130, ""]);
  assert.deepEqual(
    await Array.fromAsync(Deno.readDir(workspace.home), ({ name }) => name),
    ["config.toml"],
  );
});

Deno.test("a thread that was interrupted goes on with what happened", async () => {
  await using server = startMockServer([
    {
      kind: "stream",
      events: [created(), ...message("half an answer")],
      end: "hang",
    },
    response(message("again")),
  ]);
  await using workspace = await makeWorkspace(server);
  await runAndStop(workspace, {
    args: ["hi"],
    after: "half an answer",
    signals: ["SIGINT"],
  });
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--last", "--json", "go on"],
  });

  assert.equal(run.code, 0, run.stderr);
  const before = server.requests[0]?.body.input;
  const after = server.requests[1]?.body.input;
  assert.deepEqual(after.slice(0, before.length), before);
  assert.deepEqual(
    after.slice(before.length).map((item: JsonEvent) =>
      `${item.role}: ${item.content[0].text.split("\n")[0]}`
    ),
    ["assistant: half an answer", "user: <turn_aborted>", "user: go on"],
  );
});
