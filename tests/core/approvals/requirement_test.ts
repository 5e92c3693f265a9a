/** The tables that decide what may happen without a question. */
import assert from "node:assert/strict";
import {
  commandRequirement,
  patchRequirement,
} from "@/core/approvals/requirement.ts";
import { UNJUDGED, type Verdict } from "@/exec-policy/verdict.ts";
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
      command: "x",
      verdict: UNJUDGED,
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
    command: "x",
    verdict: UNJUDGED,
  } as const;
  assert.deepEqual(
    [
      commandRequirement({ ...facts, justification: "May I?" }),
      commandRequirement({ ...facts, justification: undefined }),
    ],
    [
      { kind: "ask", reason: "May I?" },
      { kind: "ask", reason: undefined },
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

const GRANULAR: ApprovalPolicy = {
  granular: {
    sandbox_approval: true,
    rules: false,
    mcp_elicitations: true,
    request_permissions: true,
    skill_approval: true,
  },
};

/** What a verdict means under every policy, with the texts of questions and refusals. */
function rulings(
  verdict: Partial<Verdict>,
  sandbox: SandboxPolicy = WRITABLE,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...POLICIES, GRANULAR].map((approval) => {
      const requirement = commandRequirement({
        approval,
        sandbox,
        wantsEscalation: false,
        justification: undefined,
        command: "git push",
        verdict: { ...UNJUDGED, ...verdict },
      });
      const name = typeof approval === "string" ? approval : "granular";
      switch (requirement.kind) {
        case "run":
          return [name, requirement.isSandboxed ? "confined" : "free"];
        case "ask":
          return [name, `ask: ${requirement.reason}`];
        case "refuse":
          return [name, requirement.text];
      }
    }),
  );
}

Deno.test("a forbidding rule refuses under every policy, with the user's reason", () => {
  const rule = {
    matchedPrefix: ["git", "push"],
    decision: "forbidden",
  } as const;
  for (const sandbox of [WRITABLE, FULL]) {
    assert.deepEqual(
      new Set(Object.values(rulings({ ruling: "forbidden", rule }, sandbox))),
      new Set([
        "`git push` rejected: policy forbids commands starting with `git push`",
      ]),
    );
  }
  const reasoned = { ...rule, justification: "ask Ann" };
  assert.equal(
    rulings({ ruling: "forbidden", rule: reasoned })["untrusted"],
    "`git push` rejected: ask Ann",
  );
});

Deno.test("a rule that prompts asks, and refuses where rules may not ask", () => {
  const rule = { matchedPrefix: ["git", "push"], decision: "prompt" } as const;
  const ask = "ask: `git push` requires approval by policy";
  assert.deepEqual(rulings({ ruling: "prompt", rule }), {
    never: "approval required by policy, but AskForApproval is set to Never",
    untrusted: ask,
    "on-failure": ask,
    "on-request": ask,
    granular:
      "approval required by policy rule, but AskForApproval::Granular.rules is false",
  });
  const reasoned = { ...rule, justification: "pushing is risky" };
  assert.equal(
    rulings({ ruling: "prompt", rule: reasoned })["untrusted"],
    "ask: `git push` requires approval: pushing is risky",
  );
});

Deno.test("what rules allow in every part runs free; in some parts, as ever", () => {
  assert.deepEqual(
    new Set(Object.values(rulings({ ruling: "allow", isAllowed: true }))),
    new Set(["free"]),
  );
  const partly = rulings({ ruling: "allow" });
  assert.deepEqual([partly["never"], partly["untrusted"]], [
    "confined",
    "ask: undefined",
  ]);
  assert.equal(
    rulings({ ruling: "allow", isHarmless: true })["untrusted"],
    "confined",
  );
});

Deno.test("an allowing rule does not let a command ask for more where it may not", () => {
  const requirement = commandRequirement({
    approval: "never",
    sandbox: WRITABLE,
    wantsEscalation: true,
    justification: undefined,
    command: "x",
    verdict: { ...UNJUDGED, ruling: "allow", isAllowed: true },
  });
  assert.equal(requirement.kind, "refuse");
});
