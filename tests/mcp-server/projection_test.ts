import assert from "node:assert/strict";
import { Projection } from "@/mcp-server/projection.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadItem } from "@/protocol/items.ts";

const TURN = "u";

function project(...events: readonly ThreadEvent[]) {
  const projection = new Projection("t", () => 5_000);
  return events.flatMap((event) => projection.events(event));
}

function both(started: ThreadItem, completed: ThreadItem = started) {
  return project(
    { type: "itemStarted", turnId: TURN, item: started },
    { type: "itemCompleted", turnId: TURN, item: completed },
  );
}

Deno.test("a command is told with its words, its output and how long it took", () => {
  const item = {
    type: "commandExecution",
    id: "c",
    command: "/bin/bash -c 'cat a.txt'",
    cwd: "/w",
    status: "inProgress",
    aggregatedOutput: "",
  } as const;
  const told = {
    call_id: "c",
    turn_id: TURN,
    command: ["/bin/bash", "-c", "cat a.txt"],
    cwd: "/w",
    parsed_cmd: [{
      type: "read",
      cmd: "cat a.txt",
      name: "a.txt",
      path: "/w/a.txt",
    }],
    source: "unified_exec_startup",
  };
  assert.deepEqual(
    both(item, {
      ...item,
      status: "failed",
      aggregatedOutput: "no",
      exitCode: 1,
      durationMs: 1_500,
    }),
    [
      { type: "exec_command_begin", ...told },
      {
        type: "exec_command_end",
        ...told,
        stdout: "no",
        stderr: "",
        aggregated_output: "no",
        formatted_output: "no",
        exit_code: 1,
        duration: { secs: 1, nanos: 500_000_000 },
        status: "failed",
      },
    ],
  );
});

Deno.test("output is bytes in base64", () => {
  assert.deepEqual(
    project({ type: "commandOutputDelta", itemId: "c", delta: "é\n" }),
    [{
      type: "exec_command_output_delta",
      call_id: "c",
      stream: "stdout",
      chunk: "w6kK",
    }],
  );
});

Deno.test("a patch that was declined says that the user did", () => {
  const item = {
    type: "fileChange",
    id: "c",
    changes: [
      { path: "/a", kind: { type: "add" }, diff: "x\n" },
      { path: "/b", kind: { type: "delete" }, diff: "y\n" },
      { path: "/c", kind: { type: "update", move_path: "/d" }, diff: "@@" },
    ],
    status: "inProgress",
  } as const;
  const changes = {
    "/a": { type: "add", content: "x\n" },
    "/b": { type: "delete", content: "y\n" },
    "/c": { type: "update", unified_diff: "@@", move_path: "/d" },
  };
  assert.deepEqual(both(item, { ...item, status: "declined" }), [
    {
      type: "patch_apply_begin",
      call_id: "c",
      turn_id: TURN,
      changes,
      auto_approved: false,
    },
    {
      type: "patch_apply_end",
      call_id: "c",
      turn_id: TURN,
      changes,
      stdout: "",
      stderr: "patch rejected by user",
      success: false,
      status: "declined",
    },
  ]);
});

Deno.test("thoughts, searches, pictures and tools have their own names", () => {
  const names = ([
    { type: "reasoning", id: "r", summary: ["a", "b"], content: ["raw"] },
    { type: "webSearch", id: "w", query: "q" },
    { type: "imageView", id: "v", path: "/p.png" },
    { type: "contextCompaction", id: "k" },
    { type: "plan", id: "p", text: "1." },
  ] as const).flatMap((item) => both(item).map(({ type }) => type));
  assert.deepEqual(names, [
    "item_started",
    "item_completed",
    "agent_reasoning",
    "agent_reasoning",
    "agent_reasoning_raw_content",
    "web_search_begin",
    "web_search_end",
    "view_image_tool_call",
    "context_compacted",
    "item_started",
    "item_completed",
  ]);
  const call = {
    type: "mcpToolCall",
    id: "m",
    server: "s",
    tool: "t",
    arguments: { a: 1 },
    status: "inProgress",
  } as const;
  const [, failed] = both(call, {
    ...call,
    status: "failed",
    error: { message: "no" },
    durationMs: 2,
  });
  assert.deepEqual(failed, {
    type: "mcp_tool_call_end",
    call_id: "m",
    invocation: { server: "s", tool: "t", arguments: { a: 1 } },
    duration: { secs: 0, nanos: 2_000_000 },
    result: { Err: "no" },
  });
});

Deno.test("an attempt that will be repeated is no error yet", () => {
  const error = {
    code: "stream_disconnected",
    message: "lost",
    details: "reset",
  } as const;
  assert.deepEqual(
    project(
      { type: "error", error, willRetry: true },
      {
        type: "error",
        error: { code: "usage_limit", message: "enough" },
        willRetry: false,
      },
    ),
    [
      {
        type: "stream_error",
        message: "lost",
        codex_error_info: {
          response_stream_disconnected: { http_status_code: null },
        },
        additional_details: "reset",
      },
      {
        type: "error",
        message: "enough",
        codex_error_info: "usage_limit_exceeded",
      },
    ],
  );
});

Deno.test("a turn begins and ends with the time in seconds", () => {
  const end = { type: "turnCompleted", turnId: TURN, durationMs: 7 } as const;
  assert.deepEqual(
    project(
      { type: "turnStarted", turnId: TURN },
      { ...end, status: "completed", lastAgentMessage: "bye" },
      { ...end, status: "interrupted" },
    ),
    [
      {
        type: "task_started",
        turn_id: TURN,
        started_at: 5,
        collaboration_mode_kind: "default",
      },
      {
        type: "task_complete",
        turn_id: TURN,
        last_agent_message: "bye",
        completed_at: 5,
        duration_ms: 7,
      },
      {
        type: "turn_aborted",
        turn_id: TURN,
        reason: "interrupted",
        completed_at: 5,
        duration_ms: 7,
      },
    ],
  );
});
