import assert from "node:assert/strict";
import { mayAskForPermissions, widened } from "@/core/approvals/grants.ts";
import { grantedOf, NO_PERMISSIONS } from "@/protocol/permissions.ts";
import { requestedRoots } from "@/sandbox/policy.ts";
import { FULL, READ_ONLY, WORKSPACE } from "./room.ts";

const WRITE = { ...NO_PERMISSIONS, write: ["/data"] };
const NETWORK = { ...NO_PERMISSIONS, network: true };

Deno.test("a grant opens what it names and nothing else", () => {
  const roots = [READ_ONLY, WORKSPACE].map((policy) => {
    const open = widened(policy, WRITE);
    assert.ok(open.type === "workspace-write");
    return [requestedRoots(open, "/w", "/t"), open.network_access];
  });
  assert.deepEqual(roots, [[["/data"], false], [["/w", "/data"], false]]);
});

Deno.test("a grant of the network leaves the files as they were", () => {
  const policies = [READ_ONLY, WORKSPACE].map((one) => widened(one, NETWORK));
  assert.deepEqual(policies, [
    { ...READ_ONLY, network_access: true },
    { ...WORKSPACE, network_access: true },
  ]);
});

Deno.test("a grant that adds nothing changes nothing", () => {
  for (const policy of [READ_ONLY, WORKSPACE, FULL]) {
    assert.equal(widened(policy, NO_PERMISSIONS), policy);
  }
  assert.equal(widened(FULL, WRITE), FULL);
});

Deno.test("nobody grants more than was asked for", () => {
  const everything = { write: ["/data", "/etc"], read: ["/x"], network: true };
  assert.deepEqual(grantedOf(WRITE, everything), WRITE);
  assert.deepEqual(grantedOf(NETWORK, everything), NETWORK);
  assert.deepEqual(grantedOf(WRITE, NO_PERMISSIONS), NO_PERMISSIONS);
});

Deno.test("permissions are asked for where the policy lets questions be asked", () => {
  const granular = (request_permissions: boolean) => ({
    granular: {
      sandbox_approval: true,
      rules: true,
      mcp_elicitations: true,
      skill_approval: false,
      request_permissions,
    },
  });
  assert.deepEqual(
    ([
      "never",
      "on-request",
      "untrusted",
      granular(true),
      granular(false),
    ] as const)
      .map(mayAskForPermissions),
    [false, true, true, true, false],
  );
});
