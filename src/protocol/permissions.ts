/** What a command may do beyond its sandbox: asked for, granted, for how long. */

/** Paths are absolute. */
export interface Permissions {
  readonly write: readonly string[];
  /** Everything is readable already; kept for those who ask and those who answer. */
  readonly read: readonly string[];
  readonly network: boolean;
}

/** How long a grant holds: for the rest of the turn, or of the thread. */
export type GrantScope = "turn" | "session";

export interface PermissionGrant {
  readonly permissions: Permissions;
  readonly scope: GrantScope;
}

export const NO_PERMISSIONS: Permissions = {
  write: [],
  read: [],
  network: false,
};

/** What was granted of what was asked for: nobody grants more than was asked. */
export function grantedOf(
  asked: Permissions,
  granted: Permissions,
): Permissions {
  return {
    write: granted.write.filter((path) => asked.write.includes(path)),
    read: granted.read.filter((path) => asked.read.includes(path)),
    network: asked.network && granted.network,
  };
}
