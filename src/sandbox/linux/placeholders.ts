/**
 * Directories that stand in for protected names that do not exist. A mount needs
 * something to cover, so while a command runs, an absent `.codex` is an empty
 * directory on the host.
 *
 * Removing one while another command relies on it would take that command's
 * protection away (removing a mount point detaches the mount). Hence the protocol,
 * shared by every process of this program: whoever uses a protected directory holds a
 * shared lock on it, and it is removed only by someone who gets the exclusive lock,
 * only if it carries our mark, and only if it is still empty.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { Libc } from "./libc.ts";

/** Whoever removes a placeholder is done in microseconds; this is a quarter second. */
const ATTEMPTS_MAX = 50;
const RETRY_MS = 5;

/** The protected paths of one command, held until `release`. */
export interface HeldPlaceholders {
  /** Paths that could not be made: the directory above takes no new entries. */
  readonly impossible: ReadonlySet<string>;
  /** Lets go and removes what nobody needs; only when the command has ended. */
  release(): void;
  /** Lets go and removes nothing; the next command here will. */
  abandon(): void;
}

/**
 * Makes and holds what is absent among `paths`, and holds what is there.
 *
 * @throws CodexError `sandbox_unavailable` when a path is a link, which a mount
 * would follow
 */
export async function holdPlaceholders(
  libc: Libc,
  files: FileSystem,
  paths: readonly string[],
): Promise<HeldPlaceholders> {
  const held: { path: string; descriptor: number }[] = [];
  const impossible = new Set<string>();
  const release = () => {
    for (const { path, descriptor } of held.splice(0)) {
      libc.releasePlaceholder(path, descriptor);
    }
  };
  try {
    for (const path of paths) {
      const descriptor = await hold(libc, files, path);
      if (descriptor === "impossible") impossible.add(path);
      else if (descriptor !== "file") held.push({ path, descriptor });
    }
  } catch (error) {
    release();
    throw error;
  }
  const abandon = () => {
    for (const { descriptor } of held.splice(0)) libc.close(descriptor);
  };
  return { impossible, release, abandon };
}

async function hold(
  libc: Libc,
  files: FileSystem,
  path: string,
): Promise<number | "file" | "impossible"> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const made = libc.makeDirectory(path);
    const info = await files.lstat(path);
    if (info === undefined && made === "failed") return "impossible";
    if (info?.isSymlink) throw linkError(path);
    if (info?.isFile) return "file";
    const descriptor = libc.holdDirectory(path);
    if (descriptor === undefined) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      continue;
    }
    if (made === "made") libc.markPlaceholder(descriptor);
    return descriptor;
  }
  throw new CodexError(
    "sandbox_unavailable",
    `Cannot protect "${path}": another process keeps removing or locking it; ` +
      "end that process",
  );
}

function linkError(path: string): CodexError {
  return new CodexError(
    "sandbox_unavailable",
    `Cannot protect "${path}": it is a link, which bubblewrap cannot cover; ` +
      "replace the link by what it points to, or install a C compiler so that the " +
      "sandbox helper can be built",
  );
}
