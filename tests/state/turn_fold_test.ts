/** A thread's turns, folded out of rollout lines. */
import assert from "node:assert/strict";
import { parseLine } from "@/state/rollout_line.ts";
import { TurnFold } from "@/state/turn_fold.ts";

type Event = Readonly<Record<string, unknown>>;

function fold(events: readonly Event[]) {
  const turns = new TurnFold();
  for (const payload of events) turns.take({ type: "event_msg", payload });
  return turns.turns();
}

const started = (id: string): Event => ({
  type: "task_started",
  turn_id: id,
  started_at: 100,
});
const completed = (id: string): Event => ({
  type: "task_complete",
  turn_id: id,
  completed_at: 102,
  duration_ms: 1500,
});
const user = (message: string): Event => ({ type: "user_message", message });
const agent = (message: string): Event => ({ type: "agent_message", message });
const turnOf = (id: string): readonly Event[] => [
  started(id),
  user(`say ${id}`),
  agent(`said ${id}`),
  completed(id),
];

Deno.test("a turn of another program's rollout", async () => {
  const text = await Deno.readTextFile(
    new URL("../fixtures/rollouts/reference.jsonl", import.meta.url),
  );
  const turns = new TurnFold();
  for (const line of text.split("\n")) turns.take(parseLine(line) ?? {});
  const [turn, ...others] = turns.turns();
  assert.equal(others.length, 0);
  assert.deepEqual(turn?.items, [
    {
      type: "userMessage",
      content: [{ type: "text", text: "do things" }],
      id: "item-1",
    },
    {
      type: "reasoning",
      summary: ["**Plan**\n\nthinking"],
      content: [],
      id: "item-2",
    },
    {
      type: "agentMessage",
      text: "Working.",
      phase: "commentary",
      id: "item-3",
    },
    {
      type: "commandExecution",
      id: "call_1",
      command: "bash -c 'echo hi'",
      cwd: "/home/u/work",
      status: "completed",
      aggregatedOutput: "hi\n",
      exitCode: 0,
      durationMs: 0,
    },
    {
      type: "agentMessage",
      text: "Done.",
      phase: "final_answer",
      id: "item-4",
    },
  ]);
  assert.equal(turn?.status, "completed");
  assert.equal(turn?.startedAt, 1795369845);
  assert.equal(turn?.completedAt, 1795369846);
  assert.equal(turn?.durationMs, 152);
});

Deno.test("how turns end: completed, interrupted, not at all", () => {
  const turns = fold([
    ...turnOf("a"),
    started("b"),
    { type: "turn_aborted", turn_id: "b", reason: "interrupted" },
    started("c"),
    user("cut off"),
  ]);
  assert.deepEqual(turns.map(({ id, status }) => [id, status]), [
    ["a", "completed"],
    ["b", "interrupted"],
    ["c", undefined],
  ]);
});

Deno.test("a rollback takes turns away, and ids go on from what is left", () => {
  const back = (num_turns: unknown): Event => ({
    type: "thread_rolled_back",
    num_turns,
  });
  const turns = fold([
    ...turnOf("a"),
    ...turnOf("b"),
    ...turnOf("c"),
    back(2),
    back(0),
    back("many"),
    ...turnOf("d"),
  ]);
  assert.deepEqual(
    turns.map(({ id, items }) => [id, items.map((item) => item.id)]),
    [["a", ["item-1", "item-2"]], ["d", ["item-3", "item-4"]]],
  );
  assert.deepEqual(fold([...turnOf("a"), back(99)]), []);
});

Deno.test("lines of a time without turns make turns with ids of their own", () => {
  const [turn] = fold([user("hi"), agent("hello")]);
  assert.equal(turn?.id, "turn-1");
  assert.equal(turn?.items.length, 2);
});

Deno.test("images, the parts of a summary, plans and foldings", () => {
  const [turn] = fold([
    started("a"),
    {
      type: "user_message",
      message: "",
      images: ["data:image/png;base64,AA"],
      local_images: ["/a.png", 5],
    },
    { type: "agent_reasoning", text: "one" },
    { type: "agent_reasoning", text: "two" },
    { type: "item_completed", item: { type: "Plan", id: "p", text: "plan" } },
    { type: "item_completed", item: { type: "Else" } },
    { type: "context_compacted" },
    { type: "no_such_event" },
  ]);
  assert.deepEqual(turn?.items, [
    {
      type: "userMessage",
      content: [
        { type: "image", url: "data:image/png;base64,AA" },
        { type: "localImage", path: "/a.png" },
      ],
      id: "item-1",
    },
    { type: "reasoning", summary: ["one", "two"], content: [], id: "item-2" },
    { type: "plan", text: "plan", id: "item-3" },
    { type: "contextCompaction", id: "item-4" },
  ]);
});

Deno.test("a review is announced before its turn, and belongs to it", () => {
  const turns = fold([
    ...turnOf("a"),
    { type: "entered_review_mode", user_facing_hint: "current changes" },
    started("b"),
    {
      type: "exited_review_mode",
      review_output: { overall_explanation: "All well." },
    },
    { type: "exited_review_mode", review_output: null },
    { type: "exited_review_mode", review_output: { findings: 5 } },
    completed("b"),
  ]);
  assert.deepEqual(turns[1]?.items.map((item) => [item.type, item.id]), [
    ["enteredReviewMode", "item-3"],
    ["exitedReviewMode", "item-4"],
    ["exitedReviewMode", "item-5"],
    ["exitedReviewMode", "item-6"],
  ]);
  const texts = turns[1]?.items.map((item) =>
    "review" in item ? item.review : undefined
  );
  assert.deepEqual(texts, [
    "current changes",
    "All well.",
    "The reviewer gave no answer.",
    "",
  ]);
});

Deno.test("garbage changes nothing", () => {
  const turns = new TurnFold();
  turns.take({});
  turns.take({ type: "event_msg", payload: null });
  turns.take({ type: "response_item", payload: { type: "user_message" } });
  turns.take({ type: "event_msg", payload: { type: "task_complete" } });
  assert.deepEqual(turns.turns(), []);
});

/** Lines of another kind than events. */
function foldLines(
  lines: readonly { readonly type: string; readonly payload: unknown }[],
) {
  const turns = new TurnFold();
  for (const line of lines) turns.take(line);
  return turns.turns();
}

const event = (payload: Event) => ({ type: "event_msg", payload });
const item = (payload: Event) => ({ type: "response_item", payload });
const callOf = (name: string, args: unknown, call_id: string, more = {}) =>
  item({
    type: "function_call",
    name,
    arguments: JSON.stringify(args),
    call_id,
    ...more,
  });
const outputOf = (call_id: string, output: unknown) =>
  item({ type: "function_call_output", call_id, output });
const place = {
  type: "turn_context",
  payload: { cwd: "/w", turn_id: "a" },
};

Deno.test("calls become the items they were, from what the model was told", () => {
  const patch =
    "*** Begin Patch\n*** Add File: n\n+l\n*** Update File: a\n*** Move to: b\n@@ f()\n-old\n+new\n*** End Patch";
  const [turn] = foldLines([
    event(started("a")),
    place,
    callOf("exec_command", { cmd: "cd /x && ls", workdir: "sub" }, "c1"),
    outputOf(
      "c1",
      "Chunk ID: 1\nWall time: 0.5000 seconds\nProcess exited with code 3\nOutput:\nProcess exited with code 0\n",
    ),
    callOf("shell", { command: ["ls", "-l"] }, "c2"),
    outputOf(
      "c2",
      `{"output":"x\\n","metadata":{"exit_code":0,"duration_seconds":0.8}}`,
    ),
    callOf("shell_command", { command: "rm x" }, "c3"),
    outputOf("c3", "execution error: rejected by user"),
    item({
      type: "custom_tool_call",
      name: "apply_patch",
      input: patch,
      call_id: "p1",
    }),
    item({
      type: "custom_tool_call_output",
      call_id: "p1",
      output: "Success. Updated the following files:\nA n\n",
    }),
    callOf("exec_command", { cmd: `apply_patch <<'E'\n${patch}\nE` }, "p2"),
    outputOf("p2", "apply_patch verification failed: no"),
    callOf("echo", { t: 1 }, "m1", { namespace: "mcp__docs__" }),
    outputOf("m1", [{
      type: "input_text",
      text: 'Wall time: 0.2 seconds\nOutput:\n[{"type":"text","text":"yo"}]',
    }]),
    callOf("mcp__docs__fail", {}, "m2"),
    outputOf("m2", "tool call error: gone"),
    item({
      type: "web_search_call",
      status: "completed",
      action: { type: "search", query: "weather" },
    }),
    callOf("view_image", { path: "p.png" }, "v1"),
    callOf("update_plan", { plan: [] }, "u1"),
    outputOf("u1", "Plan updated"),
    event(agent("Done.")),
    event(completed("a")),
  ]);
  const changes = [
    { path: "/w/n", kind: { type: "add" }, diff: "l\n" },
    {
      path: "/w/a",
      kind: { type: "update", move_path: "/w/b" },
      diff: "@@ f()\n-old\n+new\n",
    },
  ];
  const command = { type: "commandExecution", cwd: "/w" };
  assert.deepEqual(turn?.items, [
    {
      ...command,
      id: "c1",
      command: "bash -lc 'cd /x && ls'",
      cwd: "/w/sub",
      status: "failed",
      exitCode: 3,
      durationMs: 500,
      aggregatedOutput: "Process exited with code 0\n",
    },
    {
      ...command,
      id: "c2",
      command: "ls -l",
      status: "completed",
      exitCode: 0,
      durationMs: 800,
      aggregatedOutput: "x\n",
    },
    {
      ...command,
      id: "c3",
      command: "bash -lc 'rm x'",
      status: "declined",
      aggregatedOutput: "",
    },
    { type: "fileChange", id: "p1", status: "completed", changes },
    {
      type: "fileChange",
      id: "p2",
      status: "failed",
      changes,
      problem: "apply_patch verification failed: no",
    },
    {
      type: "mcpToolCall",
      id: "m1",
      server: "docs",
      tool: "echo",
      arguments: { t: 1 },
      status: "completed",
      result: { content: [{ type: "text", text: "yo" }] },
      durationMs: 200,
    },
    {
      type: "mcpToolCall",
      id: "m2",
      server: "docs",
      tool: "fail",
      arguments: {},
      status: "failed",
      error: { message: "tool call error: gone" },
    },
    {
      type: "webSearch",
      id: "search-1",
      query: "weather",
      action: { type: "search", query: "weather" },
    },
    { type: "imageView", id: "v1", path: "/w/p.png" },
    // What is said keeps its number, whatever was done meanwhile.
    { type: "agentMessage", text: "Done.", id: "item-1" },
  ]);
});

Deno.test("a command that goes on is one item, with all it said", () => {
  const [turn] = foldLines([
    event(started("a")),
    place,
    callOf("exec_command", { cmd: "slow" }, "c1"),
    outputOf(
      "c1",
      "Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\none\n",
    ),
    callOf("write_stdin", { session_id: 7, chars: "" }, "c2"),
    outputOf(
      "c2",
      "Chunk ID: 2\nWall time: 0.5 seconds\nProcess exited with code 0\nOutput:\ntwo\n",
    ),
    callOf("write_stdin", { session_id: 9 }, "c3"),
    outputOf("c3", "write_stdin failed: no such session"),
  ]);
  assert.deepEqual(turn?.items, [{
    type: "commandExecution",
    id: "c1",
    command: "bash -lc slow",
    cwd: "/w",
    status: "completed",
    exitCode: 0,
    durationMs: 1500,
    aggregatedOutput: "one\ntwo\n",
  }]);
});

Deno.test("where a program wrote how calls ended, that counts", () => {
  const action = { type: "search", query: "q" };
  const [turn] = foldLines([
    event(started("a")),
    place,
    callOf("exec_command", { cmd: "ls" }, "c1"),
    event({
      type: "exec_command_end",
      call_id: "c1",
      command: ["/bin/zsh", "-lc", "ls"],
      cwd: "/else",
      aggregated_output: "all of it",
      exit_code: 0,
      duration: { secs: 1, nanos: 500_000_000 },
      status: "completed",
    }),
    outputOf("c1", "Process exited with code 0\nOutput:\na part"),
    event({
      type: "patch_apply_end",
      call_id: "p1",
      success: true,
      changes: {
        "/w/d": { type: "delete", content: "old" },
        "/w/u": {
          type: "update",
          unified_diff: "@@ -1 +1 @@",
          move_path: null,
        },
      },
    }),
    event({
      type: "mcp_tool_call_end",
      call_id: "m1",
      invocation: { server: "s", tool: "t", arguments: { a: 1 } },
      duration: { secs: 0, nanos: 2_000_000 },
      result: { Ok: { content: [], isError: true } },
    }),
    event({ type: "web_search_end", call_id: "ws_1", query: "q", action }),
    item({ type: "web_search_call", status: "completed", action }),
  ]);
  assert.deepEqual(turn?.items, [
    {
      type: "commandExecution",
      id: "c1",
      command: "/bin/zsh -lc ls",
      cwd: "/else",
      status: "completed",
      aggregatedOutput: "all of it",
      exitCode: 0,
      durationMs: 1500,
    },
    {
      type: "fileChange",
      id: "p1",
      status: "completed",
      changes: [
        { path: "/w/d", kind: { type: "delete" }, diff: "old" },
        {
          path: "/w/u",
          kind: { type: "update", move_path: null },
          diff: "@@ -1 +1 @@",
        },
      ],
    },
    {
      type: "mcpToolCall",
      id: "m1",
      server: "s",
      tool: "t",
      arguments: { a: 1 },
      status: "failed",
      result: { content: [] },
      durationMs: 2,
    },
    { type: "webSearch", id: "ws_1", query: "q", action },
  ]);
});

Deno.test("a turn that failed says why, and the next one does not", () => {
  const turns = foldLines([
    event(started("a")),
    event({
      type: "error",
      message: "no more",
      codex_error_info: "usage_limit_exceeded",
    }),
    event(completed("a")),
    event(started("b")),
    event({
      type: "error",
      message: "cannot roll back",
      codex_error_info: "thread_rollback_failed",
    }),
    event(completed("b")),
  ]);
  assert.deepEqual(turns.map(({ status, error }) => [status, error]), [
    ["failed", { code: "usage_limit", message: "no more" }],
    ["completed", undefined],
  ]);
});

Deno.test("broken calls of a rollout break nothing", () => {
  const odd = [null, 7, "x", [], {}, { type: 3 }];
  const lines = [
    "function_call",
    "custom_tool_call",
    "web_search_call",
    "local_shell_call",
  ]
    .flatMap((type) =>
      odd.flatMap((value) => [
        item({
          type,
          name: "exec_command",
          arguments: value,
          input: value,
          action: value,
          call_id: value,
        }),
        item({ type: `${type}_output`, call_id: value, output: value }),
        event({ type: "exec_command_end", call_id: value, command: value }),
        event({ type: "patch_apply_end", call_id: value, changes: value }),
        event({ type: "mcp_tool_call_end", invocation: value, result: value }),
      ])
    );
  assert.equal(foldLines([event(started("a")), ...lines]).length, 1);
});
