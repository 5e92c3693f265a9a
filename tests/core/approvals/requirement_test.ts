/** The tables that decide what may happen without a question. */
import assert from "node:assert/strict";
import {
  commandRequirement,
  patchRequirement,
} from "@/core/approvals/requirement.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

const POLICIES: readonly ApprovalPolicy[] = [
  "never",
  "untrusted",
  "on-failure",
  "on-request",
];
const READ_ONLY: SandboxPolicy = { type: "read-only", network_access: false };
const WRITABLE: SandboxPolicy = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_tmpdir_env_var: false,
  exclude_slash_tmp: false,
};
const FULL: SandboxPolicy = { type: "danger-full-access" };

function commands(sandbox: SandboxPolicy, wantsEscalation: boolean) {
  return POLICIES.map((approval) => {
    const requirement = commandRequirement({
      approval,
      sandbox,
      wantsEscalation,
      justification: undefined,
    });
    return requirement.kind === "run"
      ? requirement.isSandboxed ? "confined" : "free"
      : requirement.kind;
  });
}

Deno.test("a command runs confined, and is asked about only when nothing is trusted", () => {
  assert.deepEqual(
    [
      commands(READ_ONLY, false),
      commands(WRITABLE, false),
      commands(FULL, false),
    ],
    [
      ["confined", "ask", "confined", "confined"],
      ["confined", "ask", "confined", "confined"],
      ["free", "ask", "free", "free"],
    ],
  );
});

Deno.test("only on-request lets a command ask to leave the sandbox", () => {
  assert.deepEqual([commands(WRITABLE, true), commands(FULL, true)], [
    ["refuse", "refuse", "refuse", "ask"],
    ["refuse", "refuse", "refuse", "free"],
  ]);
});

Deno.test("the question is the model's own, when it gave one", () => {
  const facts = {
    approval: "on-request",
    sandbox: WRITABLE,
    wantsEscalation: true,
  } as const;
  assert.deepEqual(
    [
      commandRequirement({ ...facts, justification: "May I?" }),
      commandRequirement({ ...facts, justification: undefined }),
    ],
    [
      { kind: "ask", reason: "May I?" },
      { kind: "ask", reason: "the command asks to run outside the sandbox" },
    ],
  );
});

function patches(sandbox: SandboxPolicy, isInside: boolean) {
  return POLICIES.map((approval) =>
    patchRequirement(approval, sandbox, isInside).kind
  );
}

Deno.test("a patch is applied where commands may write, else refused or asked about", () => {
  assert.deepEqual(
    [
      patches(WRITABLE, true),
      patches(WRITABLE, false),
      patches(READ_ONLY, true),
      patches(FULL, false),
    ],
    [
      ["run", "ask", "run", "run"],
      ["refuse", "ask", "ask", "ask"],
      ["refuse", "ask", "ask", "ask"],
      ["run", "ask", "run", "run"],
    ],
  );
});

Deno.test("granular approvals that forbid the question refuse the patch", () => {
  const granular = (sandbox_approval: boolean): ApprovalPolicy => ({
    granular: {
      sandbox_approval,
      rules: true,
      mcp_elicitations: true,
      request_permissions: true,
      skill_approval: true,
    },
  });
  assert.deepEqual(
    [true, false].map((mayAsk) =>
      patchRequirement(granular(mayAsk), READ_ONLY, true).kind
    ),
    ["ask", "refuse"],
  );
});
