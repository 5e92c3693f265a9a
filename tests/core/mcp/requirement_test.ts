import assert from "node:assert/strict";
import type { McpApprovalMode } from "@/config/config.ts";
import {
  elicitationRequirement,
  mayDoHarm,
  mcpRequirement,
  persistence,
} from "@/core/mcp/requirement.ts";
import type { ToolHints } from "@/mcp/server.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

Deno.test("a tool may do harm unless it says enough of itself", () => {
  const cases: readonly (readonly [ToolHints, boolean])[] = [
    [{}, true],
    [{ readOnlyHint: true }, false],
    [{ readOnlyHint: false }, true],
    [{ destructiveHint: true }, true],
    [{ destructiveHint: true, readOnlyHint: true }, true],
    [{ destructiveHint: false }, true],
    [{ openWorldHint: false }, true],
    [{ destructiveHint: false, openWorldHint: true }, true],
    [{ destructiveHint: false, openWorldHint: false }, false],
    [{ readOnlyHint: true, openWorldHint: true }, false],
  ];
  for (const [hints, wanted] of cases) {
    assert.equal(mayDoHarm(hints), wanted, JSON.stringify(hints));
  }
});

Deno.test("what a call needs, by mode, policy, sandbox and what the tool says", () => {
  const granular = (mcp_elicitations: boolean): ApprovalPolicy => ({
    granular: {
      sandbox_approval: true,
      rules: true,
      mcp_elicitations,
      request_permissions: true,
      skill_approval: true,
    },
  });
  const policies: Readonly<Record<string, ApprovalPolicy>> = {
    never: "never",
    onRequest: "on-request",
    untrusted: "untrusted",
    asks: granular(true),
    silent: granular(false),
  };
  const modes: readonly McpApprovalMode[] = ["auto", "prompt", "approve"];
  const sandboxes: readonly SandboxPolicy[] = [
    { type: "read-only", network_access: false },
    { type: "danger-full-access" },
  ];
  const table: string[] = [];
  for (const [name, approval] of Object.entries(policies)) {
    for (const sandbox of sandboxes) {
      const cells = modes.flatMap((mode) =>
        [{}, { readOnlyHint: true }].map((hints) =>
          mcpRequirement({ mode, hints, approval, sandbox })
        )
      );
      table.push(`${name} ${sandbox.type}: ${cells.join(" ")}`);
    }
  }
  assert.deepEqual(table, [
    // auto: silent tool, reading tool; prompt: the same; approve: the same
    "never read-only: refuse run refuse refuse run run",
    "never danger-full-access: run run run run run run",
    "onRequest read-only: ask run ask ask run run",
    "onRequest danger-full-access: ask run ask ask run run",
    "untrusted read-only: ask run ask ask run run",
    "untrusted danger-full-access: ask run ask ask run run",
    "asks read-only: ask run ask ask run run",
    "asks danger-full-access: ask run ask ask run run",
    "silent read-only: ask run ask ask run run",
    "silent danger-full-access: ask run ask ask run run",
  ]);
  const questions = Object.entries(policies).map(([name, approval]) =>
    `${name}: ${elicitationRequirement(approval)}`
  );
  assert.deepEqual(questions, [
    "never: decline",
    "onRequest: ask",
    "untrusted: ask",
    "asks: ask",
    "silent: decline",
  ]);
});

Deno.test("a yes holds for longer unless each call is to be asked about", () => {
  assert.deepEqual(persistence("auto"), ["session", "always"]);
  assert.deepEqual(persistence("prompt"), []);
});
