/** Who writes a patch: the sandbox's writer where a policy confines. */
import assert from "node:assert/strict";
import { ApprovalBroker } from "@/core/approvals/broker.ts";
import { applyPatchGuarded } from "@/core/patching.ts";
import type { ThreadSettings } from "@/core/settings.ts";
import { fileSystemWriter } from "@/patch/apply.ts";
import { TurnDiff } from "@/patch/turn_diff.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { EditRequest, Sandbox } from "@/sandbox/sandbox.ts";
import { FakeClock, NEVER } from "@test/support/fake_clock.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

const WORKSPACE: SandboxPolicy = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_tmpdir_env_var: true,
  exclude_slash_tmp: true,
};

const PATCH = `*** Begin Patch
*** Update File: /ws/a.txt
@@
-one
+two
*** End Patch`;

async function patch(
  policy: SandboxPolicy,
  openWriter: Sandbox["openWriter"],
): Promise<{ isSuccess: boolean; text: string; content: string }> {
  const files = memoryFiles({ "/ws/a.txt": "one\n" });
  const emit = async () => {};
  const { isSuccess, text } = await applyPatchGuarded(
    {
      settings: {
        cwd: "/ws",
        approvalPolicy: "never",
        sandboxPolicy: policy,
        // deno-lint-ignore no-explicit-any -- patching looks at nothing else
      } as any as ThreadSettings,
      tmpdir: undefined,
      files,
      clock: new FakeClock(),
      writeCheck: {
        isWritable: async () => true,
        writableRoots: async () => ["/ws"],
      },
      sandbox: {
        openWriter: async (request, signal) => {
          await openWriter(request, signal);
          return { ...fileSystemWriter(files), close: async () => {} };
        },
      },
      broker: new ApprovalBroker(emit, undefined),
      turnDiff: new TurnDiff(undefined),
      emit,
    },
    { turnId: "turn" as TurnId, itemId: "call", patch: PATCH },
    NEVER,
  );
  return { isSuccess, text, content: await files.readText("/ws/a.txt") };
}

Deno.test("a patch under a confining policy is written inside the confinement", async () => {
  const asked: EditRequest[] = [];
  const outcome = await patch(WORKSPACE, async (request) => {
    asked.push(request);
    return { ...await nobody(), close: async () => {} };
  });
  assert.equal(outcome.content, "two\n");
  assert.deepEqual(asked, [{ policy: WORKSPACE, policyCwd: "/ws" }]);
});

Deno.test("without a sandbox a patch is refused, not written bare", async () => {
  const outcome = await patch(WORKSPACE, () => {
    throw new CodexError("sandbox_unavailable", "Cannot confine: no way");
  });
  assert.deepEqual(outcome, {
    isSuccess: false,
    text: "Cannot confine: no way",
    content: "one\n",
  });
});

Deno.test("full access needs no sandbox to write a patch", async () => {
  const outcome = await patch({ type: "danger-full-access" }, () => {
    throw new Error("Nobody asks");
  });
  assert.equal(outcome.content, "two\n");
});

async function nobody() {
  return fileSystemWriter(memoryFiles({}));
}
