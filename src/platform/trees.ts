/** Whole directory trees, through Deno. Loaded only by those who remove one. */
import { fileErrorOf } from "./files.ts";

/**
 * Removes a directory and everything in it; links are removed, never followed, and
 * directories their maker closed are opened first. Nothing may be running in it.
 *
 * @throws FileError
 */
export async function removeTree(path: string): Promise<void> {
  try {
    if (await isRemoved(path)) return;
    await openDirectories(path);
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    throw fileErrorOf(path, error);
  }
}

async function isRemoved(path: string): Promise<boolean> {
  try {
    await Deno.remove(path, { recursive: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

async function openDirectories(path: string): Promise<void> {
  await Deno.chmod(path, 0o700);
  for await (const entry of Deno.readDir(path)) {
    if (entry.isDirectory) await openDirectories(`${path}/${entry.name}`);
  }
}
