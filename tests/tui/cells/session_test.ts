import assert from "node:assert/strict";
import { NO_USAGE } from "@/protocol/events.ts";
import type { HookRun } from "@/protocol/hooks.ts";
import { displayWidth } from "@/text/width.ts";
import { approvalCell } from "@/tui/cells/approval.ts";
import { terminalInteractionCell } from "@/tui/cells/background_terminal.ts";
import { hookRunCell } from "@/tui/cells/hook.ts";
import { echoCell, errorCell, noticeCell } from "@/tui/cells/notice.ts";
import { homePath, shownPath } from "@/tui/cells/paths.ts";
import { planCell } from "@/tui/cells/plan.ts";
import { questionsCell } from "@/tui/cells/questions.ts";
import { separatorCell } from "@/tui/cells/separator.ts";
import {
  type SessionFacts,
  sessionHeaderCell,
} from "@/tui/cells/session_header.ts";
import {
  statusCell,
  type StatusFacts,
  windowName,
} from "@/tui/cells/status_card.ts";
import { usageText } from "@/tui/cells/usage.ts";
import { textOf } from "@/tui/render/line.ts";
import { contextOf, rowsOf, styleOf, theme } from "./room.ts";

const SESSION: SessionFacts = {
  model: "gpt-5.2-codex",
  reasoningEffort: "high",
  cwd: "/home/u/ws",
  approvalPolicy: "on-request",
  sandboxPolicy: { type: "read-only", network_access: false },
};

Deno.test("the header is as wide as what it says", () => {
  assert.deepEqual(rowsOf(sessionHeaderCell(SESSION)), [
    "╭──────────────────────────────────────────────────╮",
    "│ >_ OpenAI Codex (v0.124.0)                       │",
    "│                                                  │",
    "│ model:     gpt-5.2-codex high   /model to change │",
    "│ directory: ~/ws                                  │",
    "╰──────────────────────────────────────────────────╯",
  ]);
});

Deno.test("the header fits a narrow screen: hints go first, paths keep their end", () => {
  const narrow = sessionHeaderCell({
    ...SESSION,
    cwd: "/home/u/some/where/deep/in/a/tree",
    approvalPolicy: "never",
    sandboxPolicy: { type: "danger-full-access" },
  });
  assert.deepEqual(
    rowsOf(narrow, 36),
    [
      "╭──────────────────────────────────╮",
      "│ >_ OpenAI Codex (v0.124.0)       │",
      "│                                  │",
      "│ model:       gpt-5.2-codex high  │",
      "│ directory:   …ere/deep/in/a/tree │",
      "│ permissions: YOLO mode           │",
      "╰──────────────────────────────────╯",
    ].map((row) =>
      row.replace("…where/deep/in/a/t…", "…here/deep/in/a/tree").slice(0, 36)
    ),
  );
  assert.equal(
    rowsOf(sessionHeaderCell({ ...SESSION, cwd: "/123456789" }), 25)[4],
    "│ directory: /123456789 │",
  );
  for (const width of [5, 12, 20, 44]) {
    for (const row of rowsOf(narrow, width)) {
      assert.ok(displayWidth(row) <= width);
    }
  }
});

const STATUS: StatusFacts = {
  model: "gpt-5.4",
  modelDetails: "reasoning high, summaries auto",
  provider: "mock - http://127.0.0.1:8200/v1",
  directory: "/home/u/ws",
  permissions: "Default",
  sandbox: undefined,
  instructions: ["/home/u/ws/AGENTS.md", "/home/u/.codex/AGENTS.md"],
  collaborationMode: "Default",
  account: undefined,
  sessionId: "01a203a1",
  threadName: undefined,
  usage: {
    ...NO_USAGE,
    inputTokens: 51_700,
    outputTokens: 3_390,
    totalTokens: 55_090,
  },
  context: { usedTokens: 13_000, windowTokens: 258_400, leftPercent: 99.6 },
  limits: undefined,
};

Deno.test("the status card tells settings, use and limits", () => {
  assert.deepEqual(rowsOf(statusCell(STATUS)), [
    "╭────────────────────────────────────────────────────────────────╮",
    "│ >_ OpenAI Codex (v0.124.0)                                     │",
    "│                                                                │",
    "│ Model:                gpt-5.4 (reasoning high, summaries auto) │",
    "│ Model provider:       mock - http://127.0.0.1:8200/v1          │",
    "│ Directory:            ~/ws                                     │",
    "│ Permissions:          Default                                  │",
    "│ Agents.md:            AGENTS.md, ~/.codex/AGENTS.md            │",
    "│ Collaboration mode:   Default                                  │",
    "│ Session:              01a203a1                                 │",
    "│ Token usage:          55.1K total (51.7K input + 3.39K output) │",
    "│ Context window:       100% left (13K used / 258K)              │",
    "│                                                                │",
    "│ Limits:               not available for this account           │",
    "╰────────────────────────────────────────────────────────────────╯",
  ]);
});

Deno.test("limits are bars that turn yellow and red", () => {
  const now = new Date(2026, 10, 25, 9, 0).getTime();
  const at = (day: number, hour: number) =>
    new Date(2026, 10, day, hour, 5).getTime() / 1_000;
  const cell = statusCell({
    ...STATUS,
    limits: {
      primary: {
        usedPercent: 80,
        windowDurationMins: 300,
        resetsAt: at(25, 16),
      },
      secondary: {
        usedPercent: 92,
        windowDurationMins: 10_080,
        resetsAt: at(27, 6),
      },
      credits: { hasCredits: true, unlimited: false, balance: "13" },
    },
  });
  const lines = cell.lines({ ...contextOf(100), nowMs: now });
  const rows = lines.map((line) => textOf(line).replace(/^│ | *│$/g, ""));
  assert.deepEqual(rows.slice(-4, -1), [
    "5h limit:             [████░░░░░░░░░░░░░░░░] 20% left (resets 16:05)",
    "Weekly limit:         [██░░░░░░░░░░░░░░░░░░] 8% left (resets 06:05 on 27 Nov)",
    "Credits:              13 credits",
  ]);
  assert.deepEqual(styleOf(lines, "████"), theme.warning);
  assert.deepEqual(
    lines.flatMap(({ spans }) => spans).find(({ text }) => text === "██")
      ?.style,
    theme.failure,
  );
  const names = [undefined, 30, 60, 1_440, 43_200, 44_640, 20_160];
  assert.deepEqual(names.map(windowName), [
    "Usage",
    "30m",
    "1h",
    "Daily",
    "Monthly",
    "Monthly",
    "14d",
  ]);
});

Deno.test("the card fits a narrow screen", () => {
  for (const row of rowsOf(statusCell(STATUS), 40)) {
    assert.equal(displayWidth(row), 40);
  }
});

Deno.test("the use of a session is told in one line", () => {
  assert.equal(
    usageText({
      inputTokens: 456_765,
      cachedInputTokens: 74_000,
      outputTokens: 25_086,
      reasoningOutputTokens: 3_700,
      totalTokens: 481_851,
    }),
    "Token usage: total=407,851 input=382,765 (+ 74,000 cached) output=25,086 (reasoning 3,700)",
  );
  assert.equal(
    usageText({ ...NO_USAGE, inputTokens: 5, totalTokens: 5 }),
    "Token usage: total=5 input=5 output=0",
  );
});

Deno.test("a plan shows what is done, begun and to do", () => {
  const cell = planCell([
    { step: "Inspect", status: "completed" },
    { step: "Write a long\nstep", status: "inProgress" },
    { step: "Run", status: "pending" },
  ], "Working.");
  assert.deepEqual(rowsOf(cell, 18), [
    "• Updated Plan",
    "  └ Working.",
    "    ✔ Inspect",
    "    □ Write a long",
    "      step",
    "    □ Run",
  ]);
  const lines = cell.lines(contextOf());
  assert.deepEqual(
    ["Inspect", "Write", "Run", "Working"].map((text) => styleOf(lines, text)),
    [
      { dim: true, strike: true },
      { ...theme.accent, bold: true },
      { dim: true },
      { dim: true, italic: true },
    ],
  );
  assert.deepEqual(rowsOf(planCell([], undefined)), [
    "• Updated Plan",
    "  └ (no steps)",
  ]);
});

Deno.test("a decision says what was allowed, and for how long", () => {
  const script = {
    kind: "command" as const,
    command: ["/bin/bash", "-lc", "for i in 1 2; do\n  echo\ndone"],
    cwd: "/",
  };
  const row = (...given: Parameters<typeof approvalCell>) =>
    rowsOf(approvalCell(...given), 120).join("|");
  assert.equal(
    row(script, { kind: "accept" }),
    "✔ You approved codex to run for i in 1 2; do ... this time",
  );
  assert.equal(
    row(script, { kind: "acceptWithAmendment", prefix: ["mkdir", "-p"] }),
    "✔ You approved codex to always run commands that start with mkdir -p",
  );
  assert.equal(
    row(script, { kind: "cancel" }),
    "✗ You canceled the request to run for i in 1 2; do ...",
  );
  assert.equal(
    row(
      { kind: "patch", paths: ["/home/u/ws/a", "/b"], changes: [] },
      { kind: "acceptForSession" },
    ),
    "✔ You approved codex to edit 2 files for the rest of this session",
  );
  assert.equal(
    row({
      kind: "network",
      host: "a.b",
      port: 443,
      protocol: "https",
      command: "x",
    }, { kind: "decline" }),
    "✗ You did not approve codex to reach a.b:443",
  );
  assert.equal(
    row({
      kind: "mcpToolCall",
      server: "demo",
      tool: "rm",
      arguments: {},
      hints: {},
      persist: [],
    }, { kind: "acceptAlways" }),
    "✔ You approved codex to call demo.rm from now on",
  );
});

Deno.test("answers stand under their questions", () => {
  const cell = questionsCell(
    [
      {
        id: "db",
        header: "DB",
        question: "Which database should be used?",
        options: [{ label: "SQLite", description: "Small" }],
      },
      { id: "no", header: "No", question: "Anything else?", options: [] },
    ],
    { db: { answers: ["SQLite", "but embedded"] } },
  );
  assert.deepEqual(rowsOf(cell), [
    "• Questions 1/2 answered",
    "  • Which database should be used?",
    "    answer: SQLite",
    "    note: but embedded",
    "  • Anything else?",
    "    (unanswered)",
  ]);
});

Deno.test("notices have marks; an API's error is its message", () => {
  assert.deepEqual(rowsOf(noticeCell("info", "a\nb")), ["• a", "  b"]);
  assert.deepEqual(rowsOf(noticeCell("warning", "one two"), 7), [
    "⚠ one",
    "  two",
  ]);
  assert.deepEqual(rowsOf(noticeCell("error", "no")), ["■ no"]);
  assert.deepEqual(rowsOf(echoCell("/status")), ["/status"]);
  const message = '{"error":{"message":"Unsupported parameter: foo"}}';
  assert.deepEqual(rowsOf(errorCell({ message, details: "why" })), [
    "■ Unsupported parameter: foo",
    "  └ why",
  ]);
  assert.deepEqual(rowsOf(errorCell({ message: "{ not json" })), [
    "■ { not json",
  ]);
  assert.deepEqual(rowsOf(errorCell({ message: '{"error":1}' })), [
    '■ {"error":1}',
  ]);
});

Deno.test("the rule says how long a long turn has worked", () => {
  assert.deepEqual(rowsOf(separatorCell(67_000), 26), [
    "─ Worked for 1m 07s ──────",
  ]);
  assert.deepEqual(rowsOf(separatorCell(60_000), 22), [
    "─ Worked for 1m 00s ──",
  ]);
  assert.deepEqual(rowsOf(separatorCell(59_999), 4), ["────"]);
  assert.deepEqual(rowsOf(separatorCell(undefined), 4), ["────"]);
});

Deno.test("background terminals are told by what was typed", () => {
  const command = "/bin/bash -lc 'python3 -i'";
  assert.deepEqual(rowsOf(terminalInteractionCell(command, "print(1)\n")), [
    "↳ Interacted with background terminal · python3 -i",
    "  └ print(1)",
  ]);
  assert.deepEqual(
    rowsOf(terminalInteractionCell(command, "\n")).at(-1),
    "  └ ⏎",
  );
  assert.deepEqual(rowsOf(terminalInteractionCell(command, "")), [
    "• Waited for background terminal · python3 -i",
  ]);
});

Deno.test("hooks are shown when they have something to say", () => {
  const run: HookRun = {
    id: "h",
    eventName: "preToolUse",
    status: "completed",
    entries: [{ kind: "context", text: "for the model" }],
    displayOrder: 0,
    executionMode: "sync",
    handlerType: "command",
    scope: "turn",
    sourcePath: "/hooks.json",
    startedAt: 0,
  };
  assert.equal(hookRunCell(run), undefined);
  assert.deepEqual(
    rowsOf(hookRunCell({
      ...run,
      status: "blocked",
      entries: [{ kind: "feedback", text: "No rm\nplease" }],
    })),
    ["• PreToolUse hook blocked it", "  └ No rm", "    please"],
  );
  const said = hookRunCell({
    ...run,
    entries: [
      { kind: "warning", text: "careful" },
      { kind: "error", text: "broken" },
      { kind: "stop", text: "enough" },
    ],
  })?.lines(contextOf()) ?? [];
  assert.deepEqual(
    ["careful", "broken", "enough"].map((text) => styleOf(said, text)),
    [theme.warning, theme.failure, { dim: true }],
  );
  assert.deepEqual(
    rowsOf(hookRunCell({ ...run, status: "failed", entries: [] })),
    ["• PreToolUse hook failed"],
  );
});

Deno.test("paths are shown from the working directory, or from home", () => {
  const context = { cwd: "/home/u/ws", homeDirectory: "/home/u" };
  const cases: readonly (readonly [string, string])[] = [
    ["/home/u/ws/src/a", "src/a"],
    ["/home/u/ws", "~/ws"],
    ["/home/u/ws2/a", "~/ws2/a"],
    ["/home/u", "~"],
    ["/home/user/a", "/home/user/a"],
    ["/etc", "/etc"],
  ];
  for (const [path, shown] of cases) {
    assert.equal(shownPath(path, context), shown);
  }
  assert.equal(homePath("/a", undefined), "/a");
});
