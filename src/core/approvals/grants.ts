/**
 * Permissions the model asks for and the user grants: who may be asked, and what a
 * policy becomes by a grant. Pure.
 */
import type { Permissions } from "@/protocol/permissions.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

/** True when the user may be asked for permissions at all. */
export function mayAskForPermissions(policy: ApprovalPolicy): boolean {
  return typeof policy === "string"
    ? policy !== "never"
    : policy.granular.request_permissions;
}

/** The policy with what was granted; the same object when that adds nothing. */
export function widened(
  policy: SandboxPolicy,
  { write, network }: Permissions,
): SandboxPolicy {
  switch (policy.type) {
    case "danger-full-access":
      return policy;
    case "read-only":
      if (write.length === 0) {
        return network ? { ...policy, network_access: true } : policy;
      }
      return {
        type: "workspace-write",
        writable_roots: [...write],
        network_access: network || policy.network_access,
        // Only what was granted opens; the rest stays read-only.
        exclude_cwd: true,
        exclude_tmpdir_env_var: true,
        exclude_slash_tmp: true,
      };
    case "workspace-write": {
      const added = write.filter((path) =>
        !policy.writable_roots.includes(path)
      );
      if (added.length === 0 && (!network || policy.network_access)) {
        return policy;
      }
      return {
        ...policy,
        writable_roots: [...policy.writable_roots, ...added],
        network_access: network || policy.network_access,
      };
    }
  }
}
