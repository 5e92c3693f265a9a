/**
 * What a hook's end means, event by event. The statuses and words were measured on
 * Codex CLI 0.124, for which hooks are written.
 */
import assert from "node:assert/strict";
import { hookVerdict } from "@/core/hooks/verdict.ts";
import type { NotStarted, ProgramEnd } from "@/core/user_program.ts";
import type { HookEvent } from "@/protocol/hooks.ts";

function exited(code: number, stdout = "", stderr = ""): ProgramEnd {
  return { kind: "exited", code, stdout, stderr };
}

function specific(event: HookEvent, fields: object, more: object = {}) {
  return { ...more, hookSpecificOutput: { hookEventName: event, ...fields } };
}

/** `status [entries] effects`, in one line. */
function line(event: HookEvent, end: ProgramEnd | NotStarted): string {
  const { status, entries, ...effects } = hookVerdict(event, end, 2_000);
  const said = entries.map(({ kind, text }) => `${kind}: ${text}`);
  const done = Object.entries(effects).map(([name, value]) =>
    value === true ? name : `${name}=${value}`
  );
  return [status, ...said, ...done].join(" | ");
}

function printed(event: HookEvent, output: unknown): string {
  return line(event, exited(0, `${JSON.stringify(output)}\n`));
}

const EVENTS: readonly HookEvent[] = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PermissionRequest",
  "PostToolUse",
  "Stop",
];

function table(
  name: string,
  rows: readonly (readonly [string, string])[],
): void {
  Deno.test(name, () => {
    for (const [actual, expected] of rows) assert.equal(actual, expected);
  });
}

Deno.test("a hook that fails in itself changes nothing, whatever the event", () => {
  for (const event of EVENTS) {
    assert.deepEqual([
      line(event, exited(0)),
      line(event, exited(0, " \n")),
      line(event, exited(1, '{"decision":"block"}', "no")),
      line(event, { kind: "timedOut" }),
      line(event, { kind: "tooMuchOutput", bytesMax: 10 }),
      line(event, { kind: "notStarted", reason: "No such file" }),
    ], [
      "completed",
      "completed",
      "failed | error: hook exited with code 1",
      "failed | error: hook timed out after 2s",
      "failed | error: hook wrote more than 10 bytes",
      "failed | error: hook could not be started: No such file",
    ]);
  }
});

Deno.test("what looks like JSON and is not what the event allows is a failure", () => {
  for (const event of EVENTS) {
    for (const text of ["{", '{"nope":1}', "[1]", '{"continue":"no"}']) {
      assert.match(
        line(event, exited(0, text)),
        /^failed \| error: hook returned invalid [a-z -]+ JSON output$/,
      );
    }
  }
});

Deno.test("a message for the user is a warning and nothing more", () => {
  for (const event of EVENTS) {
    assert.equal(
      printed(event, { systemMessage: "careful" }),
      "completed | warning: careful",
    );
  }
});

table("exit code 2 refuses with the reason on standard error", [
  [
    line("SessionStart", exited(2, "", "why")),
    "failed | error: hook exited with code 2",
  ],
  ...(["UserPromptSubmit", "PreToolUse", "PermissionRequest", "Stop"] as const)
    .map((event): [string, string] => [
      line(event, exited(2, "{", " why \n")),
      "blocked | feedback: why | block=why",
    ]),
  [
    line("PostToolUse", exited(2, "", "why")),
    "completed | feedback: why | block=why",
  ],
  [
    line("PreToolUse", exited(2)),
    "failed | error: PreToolUse hook exited with code 2 but did not write a blocking reason to stderr",
  ],
  [
    line("PermissionRequest", exited(2)),
    "failed | error: PermissionRequest hook exited with code 2 but did not write a denial reason to stderr",
  ],
  [
    line("PostToolUse", exited(2)),
    "failed | error: PostToolUse hook exited with code 2 but did not write feedback to stderr",
  ],
  [
    line("UserPromptSubmit", exited(2)),
    "failed | error: UserPromptSubmit hook exited with code 2 but did not write a blocking reason to stderr",
  ],
  [
    line("Stop", exited(2)),
    "failed | error: Stop hook exited with code 2 but did not write a continuation prompt to stderr",
  ],
]);

table(
  "plain text is context before a prompt, a mistake at the stop, else nothing",
  [
    [
      line("SessionStart", exited(0, " a\nb \n\n")),
      "completed | context: a\nb | context=a\nb",
    ],
    [
      line("UserPromptSubmit", exited(0, "a")),
      "completed | context: a | context=a",
    ],
    [line("PreToolUse", exited(0, "a")), "completed"],
    [line("PermissionRequest", exited(0, "a")), "completed"],
    [line("PostToolUse", exited(0, "a")), "completed"],
    [
      line("Stop", exited(0, "a")),
      "failed | error: hook returned invalid stop hook JSON output",
    ],
  ],
);

table("SessionStart", [
  [
    printed(
      "SessionStart",
      specific("SessionStart", { additionalContext: "C" }),
    ),
    "completed | context: C | context=C",
  ],
  [
    printed(
      "SessionStart",
      specific("SessionStart", {}, { suppressOutput: true }),
    ),
    "completed",
  ],
  [
    printed("SessionStart", { continue: false, stopReason: "S" }),
    "stopped | stop: S | stops",
  ],
  [printed("SessionStart", { continue: false }), "stopped | stops"],
]);

table("UserPromptSubmit", [
  [
    printed("UserPromptSubmit", { decision: "block", reason: " R " }),
    "blocked | feedback: R | block=R",
  ],
  [
    printed(
      "UserPromptSubmit",
      specific("UserPromptSubmit", { additionalContext: "C" }, {
        decision: "block",
        reason: "R",
        systemMessage: "W",
      }),
    ),
    "blocked | warning: W | context: C | feedback: R | block=R | context=C",
  ],
  [
    printed("UserPromptSubmit", { decision: "block" }),
    "failed | error: UserPromptSubmit hook returned decision:block without a non-empty reason",
  ],
  [
    printed("UserPromptSubmit", { continue: false, stopReason: "S" }),
    "stopped | stop: S | stops",
  ],
]);

const pre = (fields: object, more: object = {}) =>
  printed("PreToolUse", specific("PreToolUse", fields, more));
const preFails = (text: string) =>
  `failed | error: PreToolUse hook returned ${text}`;

table("PreToolUse", [
  [
    pre({ permissionDecision: "deny", permissionDecisionReason: "R" }, {
      systemMessage: "W",
    }),
    "blocked | warning: W | feedback: R | block=R",
  ],
  [
    // The name inside is not looked at.
    printed(
      "PreToolUse",
      specific("PostToolUse", {
        permissionDecision: "deny",
        permissionDecisionReason: "R",
      }),
    ),
    "blocked | feedback: R | block=R",
  ],
  [
    pre({ permissionDecision: "deny" }),
    preFails(
      "permissionDecision:deny without a non-empty permissionDecisionReason",
    ),
  ],
  [
    pre({ permissionDecision: "allow" }),
    preFails("unsupported permissionDecision:allow"),
  ],
  [
    pre({ permissionDecision: "ask" }),
    preFails("unsupported permissionDecision:ask"),
  ],
  [
    pre({ permissionDecisionReason: "R" }),
    preFails("permissionDecisionReason without permissionDecision"),
  ],
  [
    pre({ permissionDecision: "allow", updatedInput: {} }),
    preFails("unsupported updatedInput"),
  ],
  [pre({ additionalContext: "C" }), preFails("unsupported additionalContext")],
  [
    printed("PreToolUse", { decision: "block", reason: "R" }),
    "blocked | feedback: R | block=R",
  ],
  [
    printed("PreToolUse", { decision: "block" }),
    preFails("decision:block without a non-empty reason"),
  ],
  [
    printed("PreToolUse", { decision: "approve" }),
    preFails("unsupported decision:approve"),
  ],
  [printed("PreToolUse", { reason: "R" }), preFails("reason without decision")],
  [
    printed("PreToolUse", { continue: false }),
    preFails("unsupported continue:false"),
  ],
  [
    printed("PreToolUse", { stopReason: "S" }),
    preFails("unsupported stopReason"),
  ],
  [
    printed("PreToolUse", { suppressOutput: true }),
    preFails("unsupported suppressOutput"),
  ],
]);

const permission = (decision: object, more: object = {}) =>
  printed(
    "PermissionRequest",
    specific("PermissionRequest", { decision }, more),
  );
const permissionFails = (text: string) =>
  `failed | error: PermissionRequest hook returned unsupported ${text}`;

table("PermissionRequest", [
  [permission({ behavior: "allow" }), "completed | allows"],
  [
    permission({ behavior: "deny", message: "M" }),
    "blocked | feedback: M | block=M",
  ],
  [
    permission({ behavior: "deny" }),
    "blocked | feedback: PermissionRequest hook denied approval | block=PermissionRequest hook denied approval",
  ],
  [
    permission({ behavior: "allow", interrupt: true }),
    permissionFails("interrupt:true"),
  ],
  [
    permission({ behavior: "allow", updatedInput: {} }),
    permissionFails("updatedInput"),
  ],
  [
    permission({ behavior: "allow", updatedPermissions: [] }),
    permissionFails("updatedPermissions"),
  ],
  [
    permission({ behavior: "allow" }, { continue: false }),
    permissionFails("continue:false"),
  ],
]);

const post = (fields: object, more: object = {}) =>
  printed("PostToolUse", specific("PostToolUse", fields, more));
const postFails = (text: string) =>
  `failed | error: PostToolUse hook returned ${text}`;

table("PostToolUse", [
  [post({ additionalContext: "C" }), "completed | context: C | context=C"],
  [
    post({ additionalContext: "C" }, { decision: "block", reason: "R" }),
    "blocked | context: C | feedback: R | block=R | context=C",
  ],
  [
    printed("PostToolUse", { decision: "block" }),
    postFails("decision:block without a non-empty reason"),
  ],
  [
    printed("PostToolUse", { reason: "R" }),
    postFails("reason without decision"),
  ],
  [
    post({ updatedMCPToolOutput: {} }),
    postFails("unsupported updatedMCPToolOutput"),
  ],
  [
    printed("PostToolUse", { suppressOutput: true }),
    postFails("unsupported suppressOutput"),
  ],
  [
    printed("PostToolUse", { continue: false, stopReason: "S", reason: "R" }),
    "stopped | stop: S | block=R",
  ],
  [
    printed("PostToolUse", { continue: false }),
    "stopped | stop: PostToolUse hook stopped execution | block=PostToolUse hook stopped execution",
  ],
]);

table("Stop", [
  [
    printed("Stop", { decision: "block", reason: "R" }),
    "blocked | feedback: R | block=R",
  ],
  [
    printed("Stop", { decision: "block", reason: " " }),
    "failed | error: Stop hook returned decision:block without a non-empty reason",
  ],
  [
    printed("Stop", { continue: false, stopReason: "S" }),
    "stopped | stop: S | stops",
  ],
  [printed("Stop", { reason: "R" }), "completed"],
]);
