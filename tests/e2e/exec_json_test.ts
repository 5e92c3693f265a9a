/** `exec --json` against the scripted model: the events, the files, the exit code. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
} from "@test/support/codex.ts";
import {
  call,
  customCall,
  message,
  reasoning,
  response,
  startMockServer,
  webSearch,
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

// The recorded run also called MCP tools; those items are left out until this program
// speaks MCP, which makes the last message item_9 instead of item_10. It also wrote two
// `id` keys into a web search; here only the first is kept.
Deno.test("exec --json tells a run of every kind of item as Codex 0.124.0 told it", async () => {
  await using server = startMockServer([
    response(
      reasoning("**Plan**\n\nthinking"),
      message("Working.", "commentary"),
      call("update_plan", {
        explanation: "why",
        plan: [
          { step: "one", status: "in_progress" },
          { step: "two", status: "pending" },
        ],
      }, "call_p"),
    ),
    response(
      call("exec_command", { cmd: "echo hi; exit 3", login: false }, "call_1"),
      call("exec_command", { cmd: "ls", login: false }, "call_2"),
    ),
    response(customCall("apply_patch", GOOD_PATCH, "call_3")),
    response(customCall("apply_patch", BAD_PATCH, "call_4")),
    response(
      webSearch({
        type: "search",
        query: "weather",
        queries: ["weather", "weather nyc"],
      }, "ws_1"),
      webSearch({ type: "open_page", url: "https://e.com" }, "ws_2"),
      webSearch(
        { type: "find_in_page", url: "https://e.com", pattern: "foo" },
        "ws_3",
      ),
      call("update_plan", {
        plan: [
          { step: "one", status: "completed" },
          { step: "two", status: "in_progress" },
        ],
      }, "call_p2"),
    ),
    response(call("mcp__mock__fail", {}, "call_m2")),
    response(message("All done.", "final_answer")),
  ]);
  await using workspace = await makeWorkspace(server);
  await Deno.writeTextFile(`${workspace.cwd}/a.txt`, "hello world\n");
  await Deno.writeTextFile(`${workspace.cwd}/new.txt`, "x\n");
  const run = await runCodex({
    workspace,
    args: ["exec", "--json", "--full-auto", "do all"],
  });

  assert.equal(run.code, 0, run.stderr);
  const recorded = await recordedEvents({
    THREAD: run.events[0].thread_id,
    CWD: workspace.cwd,
  });
  assert.deepEqual(inCallOrder(run.events), recorded);
  assert.equal(
    outputOf(server.requests[6]?.body, "call_m2"),
    "unsupported call: mcp__mock__fail",
  );
  assert.match(
    outputOf(server.requests[4]?.body, "call_4"),
    /^apply_patch verification failed: Failed to read file to update .*nonexist\.txt: No such file or directory \(os error 2\)$/,
  );
  assert.deepEqual(await visibleFiles(workspace.cwd), ["b.txt", "n1.txt"]);
});

const GOOD_PATCH = [
  "*** Begin Patch",
  "*** Add File: n1.txt",
  "+l1",
  "*** Delete File: new.txt",
  "*** Update File: a.txt",
  "*** Move to: b.txt",
  "@@",
  "-hello world",
  "+bye",
  "*** End Patch",
].join("\n");

const BAD_PATCH = [
  "*** Begin Patch",
  "*** Update File: nonexist.txt",
  "@@",
  "-zzz",
  "+bye",
  "*** End Patch",
].join("\n");

/** The events of the recorded run, with what differs from run to run filled in. */
async function recordedEvents(
  values: Readonly<Record<string, string>>,
): Promise<readonly JsonEvent[]> {
  const url = new URL("../fixtures/exec_json/all.jsonl", import.meta.url);
  let text = await Deno.readTextFile(url);
  for (const [name, value] of Object.entries(values)) {
    text = text.replaceAll(name, value);
  }
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/**
 * Commands that run together start in the order of their calls and end in any: their
 * events one command after the other.
 */
function inCallOrder(events: readonly JsonEvent[]): readonly JsonEvent[] {
  const isCommand = (event: JsonEvent) =>
    event.item?.type === "command_execution";
  const commands = events.filter(isCommand).toSorted((left, right) =>
    left.item.id < right.item.id ? -1 : left.item.id > right.item.id ? 1 : 0
  );
  return events.map((event) => isCommand(event) ? commands.shift() : event);
}

function outputOf(body: JsonEvent, callId: string): string {
  return body.input.find((item: JsonEvent) =>
    item.call_id === callId && item.output !== undefined
  )?.output;
}

async function visibleFiles(directory: string): Promise<readonly string[]> {
  const names = await Array.fromAsync(
    Deno.readDir(directory),
    (entry) => entry.name,
  );
  return names.filter((name) => !name.startsWith(".")).sort();
}
