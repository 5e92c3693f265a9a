/** A thread's events as a person reads them. */
import assert from "node:assert/strict";
import {
  headerLines,
  type HumanOptions,
  HumanView,
  sandboxText,
} from "@/exec/human.ts";
import { styleFor } from "@/exec/style.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";

const turnId = "turn";
const PLAIN: HumanOptions = {
  style: styleFor(false),
  hideReasoning: false,
  showRawReasoning: false,
};

function told(
  events: readonly ThreadEvent[],
  options: HumanOptions = PLAIN,
): readonly string[] {
  const view = new HumanView(options);
  return events.flatMap((event) => view.lines(event));
}

function started(item: ThreadItem): ThreadEvent {
  return { type: "itemStarted", turnId, item };
}

function done(item: ThreadItem): ThreadEvent {
  return { type: "itemCompleted", turnId, item };
}

function command(id: string, changes: object = {}): ThreadItem {
  return {
    type: "commandExecution",
    id,
    command: `run ${id}`,
    cwd: "/w",
    status: "inProgress",
    aggregatedOutput: "",
    ...changes,
  };
}

Deno.test("the header says what will run, where, and how it is confined", () => {
  const lines = headerLines({
    info: {
      id: "01a2",
      cwd: "/w",
      model: "gpt-5.2-codex",
      provider: "mock",
      approvalPolicy: "never",
      sandboxPolicy: { type: "read-only", network_access: false },
      record: {
        id: "t",
        preview: "",
        cwd: "/w",
        modelProvider: "mock",
        createdAtMs: 0,
        updatedAtMs: 0,
        cliVersion: "0",
        source: "exec",
      },
      instructionSources: [],
    },
    mechanism: "helper",
    prompt: "two\nlines",
  }, PLAIN);
  assert.deepEqual(lines.slice(1), [
    "--------",
    "workdir: /w",
    "model: gpt-5.2-codex",
    "provider: mock",
    "approval: never",
    "sandbox: read-only",
    "confined by: helper",
    "reasoning effort: none",
    "reasoning summaries: none",
    "session id: 01a2",
    "--------",
    "user",
    "two\nlines",
  ]);
});

Deno.test("a sandbox policy is one line", () => {
  const writable: SandboxPolicy = {
    type: "workspace-write",
    writable_roots: ["/x"],
    network_access: true,
    exclude_tmpdir_env_var: false,
    exclude_slash_tmp: true,
  };
  assert.deepEqual(
    ([
      { type: "danger-full-access" },
      { type: "read-only", network_access: true },
      writable,
      { ...writable, network_access: false, exclude_slash_tmp: false },
      {
        type: "workspace-write",
        writable_roots: [],
        network_access: false,
        exclude_tmpdir_env_var: true,
        exclude_slash_tmp: true,
        network_allow: ["a.org", "*.b.org"],
      },
    ] as readonly SandboxPolicy[]).map(sandboxText),
    [
      "danger-full-access",
      "read-only (network access enabled)",
      "workspace-write [workdir, $TMPDIR, /x] (network access enabled)",
      "workspace-write [workdir, /tmp, $TMPDIR, /x]",
      "workspace-write [workdir] (network: a.org, *.b.org)",
    ],
  );
});

Deno.test("a run reads like this", () => {
  assert.deepEqual(
    told([
      { type: "turnStarted", turnId },
      done({ type: "reasoning", id: "r", summary: ["**Plan**"], content: [] }),
      done({ type: "agentMessage", id: "m", text: "Working." }),
      {
        type: "planUpdated",
        turnId,
        explanation: "why",
        plan: [
          { step: "one", status: "completed" },
          { step: "two", status: "inProgress" },
          { step: "three", status: "pending" },
        ],
      },
      started(command("1")),
      done(command("1", {
        status: "failed",
        exitCode: 3,
        durationMs: 12,
        aggregatedOutput: "hi\n",
      })),
      started({
        type: "fileChange",
        id: "p",
        changes: [],
        status: "inProgress",
      }),
      done({
        type: "fileChange",
        id: "p",
        changes: [{ path: "/w/a", kind: { type: "add" }, diff: "" }],
        status: "completed",
      }),
      { type: "turnDiff", turnId, diff: "diff a" },
      { type: "turnDiff", turnId, diff: "diff a" },
      { type: "turnDiff", turnId, diff: "diff b" },
      done({ type: "webSearch", id: "w", query: "weather" }),
      {
        type: "error",
        error: {
          code: "stream_disconnected",
          message: "Reconnecting... 1/5",
          details: "cut",
        },
        willRetry: true,
      },
      { type: "warning", message: "careful" },
      done({ type: "contextCompaction", id: "c" }),
      done({ type: "agentMessage", id: "n", text: "Done." }),
      {
        type: "tokenUsage",
        total: {
          inputTokens: 1_300_000,
          cachedInputTokens: 70_000,
          outputTokens: 4_567,
          reasoningOutputTokens: 1,
          totalTokens: 0,
        },
        last: {
          inputTokens: 0,
          cachedInputTokens: 0,
          outputTokens: 0,
          reasoningOutputTokens: 0,
          totalTokens: 0,
        },
      },
      { type: "turnCompleted", turnId, status: "completed", durationMs: 1 },
    ]),
    [
      "**Plan**",
      "codex",
      "Working.",
      "why",
      "  ✓ one",
      "  → two",
      "  • three",
      "exec",
      "run 1 in /w",
      " exited 3 in 12ms:",
      "hi\n",
      "apply patch",
      "patch: completed",
      "/w/a",
      "diff a",
      "diff b",
      "web search: weather",
      "ERROR: Reconnecting... 1/5",
      "warning: careful",
      "context compacted",
      "codex",
      "Done.",
      "tokens used",
      "1,234,567",
    ],
  );
});

Deno.test("a result that does not follow its heading repeats the command", () => {
  assert.deepEqual(
    told([
      started(command("1")),
      started(command("2")),
      done(command("1", { status: "completed", durationMs: 1 })),
      done(command("2", { status: "declined" })),
      started(command("3")),
      done(command("3", { status: "completed", durationMs: 1 })),
    ]),
    [
      "exec",
      "run 1 in /w",
      "exec",
      "run 2 in /w",
      "run 1 succeeded in 1ms:",
      "run 2 declined in 0ms:",
      "exec",
      "run 3 in /w",
      " succeeded in 1ms:",
    ],
  );
});

Deno.test("reasoning is hidden, or shown as it was, when asked for", () => {
  const reasoning = [
    done({ type: "reasoning", id: "r", summary: ["short"], content: ["long"] }),
  ];
  assert.deepEqual(
    [
      told(reasoning),
      told(reasoning, { ...PLAIN, hideReasoning: true }),
      told(reasoning, { ...PLAIN, showRawReasoning: true }),
    ],
    [["short"], [], ["long"]],
  );
});

Deno.test("an interrupted turn says so and nothing else", () => {
  assert.deepEqual(
    told([{
      type: "turnCompleted",
      turnId,
      status: "interrupted",
      durationMs: 1,
    }]),
    ["turn interrupted"],
  );
});

Deno.test("colours are put around words and taken off at their end", () => {
  const coloured = { ...PLAIN, style: styleFor(true) };
  assert.deepEqual(
    told([
      done({ type: "agentMessage", id: "m", text: "hi" }),
      started(command("1")),
    ], coloured),
    [
      "\x1b[35;3mcodex\x1b[0m",
      "hi",
      "\x1b[35;3mexec\x1b[0m",
      "\x1b[1mrun 1\x1b[0m in /w",
    ],
  );
});

Deno.test("a call of a server's tool is told when it starts and how it ends", () => {
  const call = {
    type: "mcpToolCall" as const,
    id: "c",
    server: "docs",
    tool: "find",
    arguments: {},
  };
  assert.deepEqual(
    told([
      started({ ...call, status: "inProgress" }),
      done({ ...call, status: "failed", error: { message: "not there" } }),
    ]),
    ["mcp: docs/find started", "mcp: docs/find (failed)", "not there"],
  );
});

Deno.test("a hook is shown when it starts and when it ends, with what it says to people", () => {
  const run: HookRun = {
    id: "pre-tool-use:0:/h/hooks.json:1",
    eventName: "preToolUse",
    handlerType: "command",
    executionMode: "sync",
    scope: "turn",
    sourcePath: "/h/hooks.json",
    source: "user",
    displayOrder: 0,
    status: "running",
    statusMessage: null,
    startedAt: 1,
    completedAt: null,
    durationMs: null,
    entries: [],
  };
  assert.deepEqual(
    told([
      { type: "hookStarted", turnId, run },
      {
        type: "hookCompleted",
        turnId,
        run: {
          ...run,
          status: "blocked",
          entries: [
            { kind: "context", text: "for the model" },
            { kind: "feedback", text: "not here" },
          ],
        },
      },
    ]),
    ["hook: PreToolUse", "hook: PreToolUse Blocked", "  feedback: not here"],
  );
});
