import assert from "node:assert/strict";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import {
  type ConfiningPolicy,
  isSystemTree,
  mountPlan,
  planConfinement,
  requestedRoots,
} from "@/sandbox/policy.ts";

const WORKSPACE_WRITE: Extract<SandboxPolicy, { type: "workspace-write" }> = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_tmpdir_env_var: false,
  exclude_slash_tmp: false,
};
const READ_ONLY: ConfiningPolicy = { type: "read-only", network_access: false };

Deno.test("requestedRoots() follows the policy's switches", () => {
  const rows: [
    Partial<typeof WORKSPACE_WRITE>,
    string | undefined,
    string[],
  ][] = [
    [{}, undefined, ["/ws", "/tmp"]],
    [{}, "/var/t", ["/ws", "/tmp", "/var/t"]],
    [{}, "relative", ["/ws", "/tmp"]],
    [{}, "/tmp", ["/ws", "/tmp"]],
    [{ exclude_slash_tmp: true }, "/var/t", ["/ws", "/var/t"]],
    [{ exclude_tmpdir_env_var: true }, "/var/t", ["/ws", "/tmp"]],
    [{ writable_roots: ["/a", "/ws"] }, undefined, ["/ws", "/a", "/tmp"]],
  ];
  for (const [options, tmpdir, expected] of rows) {
    const policy = { ...WORKSPACE_WRITE, ...options };
    assert.deepEqual(requestedRoots(policy, "/ws", tmpdir), expected);
  }
});

Deno.test("requestedRoots() of a read-only policy is empty", () => {
  assert.deepEqual(requestedRoots(READ_ONLY, "/ws", "/var/t"), []);
});

Deno.test("requestedRoots() refuses a relative writable root", () => {
  const policy = { ...WORKSPACE_WRITE, writable_roots: ["sub"] };
  assert.throws(() => requestedRoots(policy, "/ws", undefined), {
    code: "invalid_config",
    message: /"sub" is not an absolute path/,
  });
});

Deno.test("planConfinement() keeps the network only when the policy says so", () => {
  assert.equal(planConfinement(READ_ONLY, []).network, "none");
  const open = { ...READ_ONLY, network_access: true };
  assert.equal(planConfinement(open, []).network, "full");
});

Deno.test("planConfinement() refuses links that commands could write through", () => {
  const roots = (target: string | undefined) => [{
    path: "/ws",
    protected: [{ path: "/ws/.git", link: { target } }],
  }];
  for (const target of ["/ws", "/ws/real", undefined]) {
    assert.throws(() => planConfinement(WORKSPACE_WRITE, roots(target)), {
      code: "sandbox_unavailable",
      message: /^Cannot protect "\/ws\/\.git": it is a link to/,
    });
  }
  planConfinement(WORKSPACE_WRITE, roots("/wsx/real"));
});

Deno.test("planConfinement() opens a protected path that is itself a root", () => {
  const confinement = planConfinement(WORKSPACE_WRITE, [
    { path: "/ws", protected: [{ path: "/ws/.git" }, { path: "/ws/.codex" }] },
    { path: "/ws/.git", protected: [] },
  ]);
  assert.deepEqual(confinement.writableRoots, [
    { path: "/ws", protected: ["/ws/.codex"] },
    { path: "/ws/.git", protected: [] },
  ]);
});

Deno.test("mountPlan() puts what is deeper later, whatever the order of roots", () => {
  const plan = mountPlan({
    writableRoots: [
      { path: "/tmp/ws", protected: ["/tmp/ws/.git"] },
      { path: "/tmp", protected: ["/tmp/.git"] },
    ],
    hidden: ["/home/u/.codex/auth.json"],
    network: "none",
  });
  assert.deepEqual(plan, [
    { path: "/tmp", access: "write" },
    { path: "/tmp/.git", access: "read" },
    { path: "/tmp/ws", access: "write" },
    { path: "/tmp/ws/.git", access: "read" },
    { path: "/home/u/.codex/auth.json", access: "none" },
  ]);
});

Deno.test("mountPlan() pins the directories above a deep protected path", () => {
  const plan = mountPlan({
    writableRoots: [{ path: "/ws", protected: ["/ws/meta/repo/git"] }],
    hidden: ["/outside/deep/file"],
    network: "none",
  });
  assert.deepEqual(plan, [
    { path: "/ws", access: "write" },
    { path: "/ws/meta", access: "write" },
    { path: "/outside/deep/file", access: "none" },
    { path: "/ws/meta/repo", access: "write" },
    { path: "/ws/meta/repo/git", access: "read" },
  ]);
});

Deno.test("mountPlan() hides rather than only closes the same path", () => {
  const plan = mountPlan({
    writableRoots: [{ path: "/ws", protected: ["/ws/.codex"] }],
    hidden: ["/ws/.codex"],
    network: "none",
  });
  assert.deepEqual(plan.at(-1), { path: "/ws/.codex", access: "none" });
});

Deno.test("isSystemTree() knows the kernel's trees and nothing beside them", () => {
  const paths = [
    "/proc",
    "/sys/fs",
    "/dev/pts",
    "/dev/shm/x",
    "/device",
    "/",
    "/tmp",
  ];
  assert.deepEqual(paths.map(isSystemTree), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
