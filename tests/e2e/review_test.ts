/** `codex review` and `codex exec review` in the real program. */
import assert from "node:assert/strict";
import {
  type JsonEvent,
  makeWorkspace,
  runCodex,
} from "@test/support/codex.ts";
import {
  call,
  created,
  message,
  type MockStep,
  response,
  startMockServer,
} from "@test/support/mock_responses_server.ts";
import { itemsOf, readRollout } from "@test/support/rollouts.ts";
import { runAndStop } from "@test/support/stopped_run.ts";

const REVIEW = {
  findings: [{
    title: "[P1] Bug",
    body: "bad",
    confidence_score: 0.9,
    priority: 1,
    code_location: {
      absolute_file_path: "/w/a.txt",
      line_range: { start: 1, end: 2 },
    },
  }],
  overall_correctness: "patch is incorrect",
  overall_explanation: "expl",
  overall_confidence_score: 0.8,
};
const TEXT = "expl\n\nReview comment:\n\n- [P1] Bug — /w/a.txt:1-2\n  bad";

function answers(): readonly MockStep[] {
  return [
    response(
      message("Looking.", "commentary"),
      call("exec_command", { cmd: "echo diff", login: false }, "c1"),
    ),
    response(message(JSON.stringify(REVIEW))),
  ];
}

Deno.test("a review shows the reviewer's work and its findings, and keeps them", async () => {
  await using server = startMockServer(answers());
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["exec", "review", "--uncommitted", "--json"],
  });
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.events.map(({ type, item }) => [type, item?.type, item?.text]),
    [
      ["thread.started", undefined, undefined],
      ["turn.started", undefined, undefined],
      ["item.started", "command_execution", undefined],
      ["item.completed", "command_execution", undefined],
      ["item.completed", "agent_message", TEXT],
      ["turn.completed", undefined, undefined],
    ],
  );
  const [first] = server.requests;
  assert.equal(first?.headers["x-openai-subagent"], "review");
  assert.notEqual(first?.headers.session_id, run.events[0].thread_id);
  assert.match(first?.body.instructions, /^You review a change/);
  const names = first?.body.tools.map((tool: JsonEvent) =>
    tool.name ?? tool.type
  );
  assert.ok(!names.includes("spawn_agent") && !names.includes("web_search"));
  // One file: the reviewer's own thread is not kept.
  const lines = await readRollout(workspace);
  assert.deepEqual(
    lines.map(({ type, payload }) => payload.type ?? type),
    [
      "session_meta",
      "entered_review_mode",
      "task_started",
      "message",
      "exited_review_mode",
      "message",
      "agent_message",
      "task_complete",
    ],
  );
  assert.deepEqual(lines[4].payload.review_output, REVIEW);
  const [told] = itemsOf(lines);
  assert.match(told.content[0].text, /^<user_action>\n[^]*Review comment:/);
});

Deno.test("codex review prints the review for people", async () => {
  await using server = startMockServer(answers());
  await using workspace = await makeWorkspace(server);
  const run = await runCodex({
    workspace,
    args: ["review", "--commit", "0123456789", "--title", "T"],
  });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stdout, `${TEXT}\n`);
  assert.match(run.stderr, /\nuser\ncommit 0123456: T\n/);
});

Deno.test("a thread that was reviewed goes on with the findings", async () => {
  await using server = startMockServer([
    ...answers(),
    response(message("mended")),
  ]);
  await using workspace = await makeWorkspace(server);
  await runCodex({ workspace, args: ["exec", "review", "only a.txt"] });
  const run = await runCodex({
    workspace,
    args: ["exec", "resume", "--last", "fix it"],
  });
  assert.equal(run.code, 0, run.stderr);
  const texts = server.requests.at(-1)?.body.input.map((item: JsonEvent) =>
    item.content[0].text.split("\n")[0]
  );
  assert.deepEqual(texts, [
    "<user_action>",
    "expl",
    "<permissions instructions>",
    "<environment_context>",
    "fix it",
  ]);
});

Deno.test("a review without a target, or with two, is an error", async () => {
  await using server = startMockServer([]);
  await using workspace = await makeWorkspace(server);
  const codes = await Promise.all([
    ["review"],
    ["exec", "review", "  "],
    ["review", "--uncommitted", "--base", "main"],
    ["review", "--title", "T"],
  ].map(async (args) => {
    const run = await runCodex({ workspace, args });
    return [run.code, run.stderr.split("\n")[0]];
  }));
  assert.deepEqual(codes, [
    [
      1,
      "Error: Specify --uncommitted, --base, --commit, or provide custom review instructions",
    ],
    [1, "Error: Review prompt cannot be empty"],
    [
      2,
      "error: the argument '--uncommitted' cannot be used with '--base <BRANCH>'",
    ],
    [2, "error: the following required arguments were not provided:"],
  ]);
  assert.equal(server.requests.length, 0);
});

Deno.test("an interrupted review ends and says so in the thread", async () => {
  await using server = startMockServer([
    { kind: "stream", events: [created()], end: "hang" },
  ]);
  await using workspace = await makeWorkspace(server);
  const run = await runAndStop(workspace, {
    args: ["review", "--uncommitted"],
    after: "turn.started",
    signals: ["SIGINT"],
  });
  assert.equal(run.code, 1);
  const lines = await readRollout(workspace);
  assert.deepEqual(
    lines.slice(-2).map(({ payload }) => payload.type),
    ["exited_review_mode", "turn_aborted"],
  );
});
