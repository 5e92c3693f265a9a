/**
 * The project around a directory: its root, the repository it belongs to, and
 * whether the user trusts it. Found by looking at files, never by running git.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { directoryOf, isWithin, resolvePath } from "@/platform/paths.ts";
import type { TrustLevel } from "./config.ts";

/** What makes a directory a project root unless the configuration says otherwise. */
export const DEFAULT_ROOT_MARKERS: readonly string[] = [".git"];

/** The directory and all above it, the deepest first. */
export function ancestorsOf(directory: string): readonly string[] {
  const ancestors = [directory];
  let current = directory;
  while (directoryOf(current) !== current) {
    current = directoryOf(current);
    ancestors.push(current);
  }
  return ancestors;
}

/** The directories from `root` down to `leaf`, both included; `leaf` alone outside it. */
export function directoriesDown(
  root: string,
  leaf: string,
): readonly string[] {
  const inside = ancestorsOf(leaf)
    .filter((directory) => isWithin(directory, root));
  return inside.length === 0 ? [leaf] : inside.toReversed();
}

/** The nearest directory from `cwd` upwards that holds one of the markers. */
export async function findProjectRoot(
  files: Pick<FileSystem, "stat">,
  cwd: string,
  markers: readonly string[],
): Promise<string | undefined> {
  const ancestors = ancestorsOf(cwd);
  const found = await Promise.all(ancestors.map(async (directory) => {
    const infos = await Promise.all(
      markers.map((marker) => files.stat(resolvePath(directory, marker))),
    );
    return infos.some((info) => info !== undefined);
  }));
  return ancestors[found.indexOf(true)];
}

/**
 * The root of the main working tree of the repository at `gitRoot`: itself, or for
 * a linked working tree the one it was made from (gitrepository-layout(5)).
 */
export async function mainRepositoryRoot(
  files: Pick<FileSystem, "stat" | "readTextIfExists">,
  gitRoot: string,
): Promise<string> {
  const dotGit = resolvePath(gitRoot, ".git");
  const info = await files.stat(dotGit);
  if (info === undefined || !info.isFile) return gitRoot;
  const pointer = await files.readTextIfExists(dotGit);
  const gitDirectory = /^gitdir:\s*(.+?)\s*$/m.exec(pointer ?? "")?.[1];
  if (gitDirectory === undefined) return gitRoot;
  const worktree = /^(.*)\/\.git\/worktrees\/[^/]+$/
    .exec(resolvePath(gitRoot, gitDirectory));
  return worktree?.[1] ?? gitRoot;
}

/** What `[projects]` says: the first of the directories that is listed decides. */
export function trustOf(
  projects:
    | Readonly<
      Record<string, { readonly trust_level?: TrustLevel | undefined }>
    >
    | undefined,
  directories: readonly string[],
): TrustLevel | undefined {
  if (projects === undefined) return undefined;
  for (const directory of directories) {
    const level = Object.hasOwn(projects, directory)
      ? projects[directory]?.trust_level
      : undefined;
    if (level !== undefined) return level;
  }
  return undefined;
}
