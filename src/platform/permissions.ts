/**
 * Gives up permissions the program needs only to start. What was given up cannot be
 * asked for again: neither a dependency nor a mistake can use it later.
 */

/** Permissions that are of no use once the program runs. */
const START_ONLY = ["import", "sys"] as const;

/** Drops them; a runtime that does not know one keeps the others dropped. */
export async function dropStartPermissions(): Promise<void> {
  for (const name of START_ONLY) {
    try {
      await Deno.permissions.revoke({ name } as Deno.PermissionDescriptor);
    } catch (error) {
      // `import` is a permission since Deno 2.2; without it there is nothing to drop.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
