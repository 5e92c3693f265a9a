import assert from "node:assert/strict";
import { narrowed } from "@/core/subagents/bind_powers.ts";
import { pickNickname } from "@/core/subagents/nicknames.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";

const POLICIES: readonly SandboxPolicy[] = [
  { type: "read-only", network_access: false },
  {
    type: "workspace-write",
    writable_roots: ["/parent"],
    network_access: false,
    exclude_tmpdir_env_var: false,
    exclude_slash_tmp: false,
  },
  { type: "danger-full-access" },
];

Deno.test("an agent's sandbox is never wider than its parent's", () => {
  const table = POLICIES.map((parent) =>
    POLICIES.map((wanted) => narrowed(parent, wanted).type)
  );
  assert.deepEqual(table, [
    ["read-only", "read-only", "read-only"],
    ["read-only", "workspace-write", "workspace-write"],
    ["read-only", "workspace-write", "danger-full-access"],
  ]);
});

Deno.test("a role cannot bring writable roots its parent does not have", () => {
  const [, parent] = POLICIES;
  assert.ok(parent?.type === "workspace-write");
  const wanted = { ...parent, writable_roots: ["/other"] };
  assert.equal(narrowed(parent, wanted), parent);
});

Deno.test("names are not given twice, and never run out", () => {
  const random = { bytes: (count: number) => new Uint8Array(count) };
  const taken = new Set<string>();
  const picked = Array.from({ length: 4 }, () => {
    const name = pickNickname(["Ann", "Bob"], taken, random);
    taken.add(name);
    return name;
  });
  assert.deepEqual(picked, ["Ann", "Bob", "Ann 2", "Bob 2"]);
});
