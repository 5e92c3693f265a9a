/**
 * What git knows about a directory, read from its files: starting `git` for this
 * would cost more than the rest of the start.
 */
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";

export interface GitInfo {
  /** The working tree's root. */
  readonly root: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly originUrl?: string;
}

/** The repository a directory is in; undefined outside of one. */
export async function readGitInfo(
  files: FileSystem,
  cwd: string,
): Promise<GitInfo | undefined> {
  const root = await findRoot(files, cwd);
  if (root === undefined) return undefined;
  const gitDirectory = await gitDirectoryOf(files, root);
  if (gitDirectory === undefined) return { root };
  const [head, common] = await Promise.all([
    files.readTextIfExists(`${gitDirectory}/HEAD`).catch(() => undefined),
    files.readTextIfExists(`${gitDirectory}/commondir`).catch(() => undefined),
  ]);
  const shared = common === undefined
    ? gitDirectory
    : resolvePath(gitDirectory, common.trim());
  const ref = /^ref: (.+)$/m.exec(head ?? "")?.[1]?.trim();
  const [commit, originUrl] = await Promise.all([
    ref === undefined
      ? commitIn(head)
      : resolveRef(files, [gitDirectory, shared], ref),
    readOrigin(files, shared),
  ]);
  const branch = ref?.replace(/^refs\/heads\//, "");
  return {
    root,
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
    ...(originUrl === undefined ? {} : { originUrl }),
  };
}

async function findRoot(
  files: FileSystem,
  cwd: string,
): Promise<string | undefined> {
  for (let directory = cwd;; directory = directoryOf(directory)) {
    if (await files.stat(resolvePath(directory, ".git")) !== undefined) {
      return directory;
    }
    if (directory === "/" || directory === ".") return undefined;
  }
}

/** `.git` itself, or where the file of a worktree or submodule points. */
async function gitDirectoryOf(
  files: FileSystem,
  root: string,
): Promise<string | undefined> {
  const path = `${root}/.git`;
  if ((await files.stat(path))?.isDirectory) return path;
  const text = await files.readTextIfExists(path).catch(() => undefined);
  const target = /^gitdir: (.+)$/m.exec(text ?? "")?.[1]?.trim();
  return target === undefined ? undefined : resolvePath(root, target);
}

async function resolveRef(
  files: FileSystem,
  directories: readonly string[],
  ref: string,
): Promise<string | undefined> {
  for (const directory of directories) {
    const loose = commitIn(
      await files.readTextIfExists(`${directory}/${ref}`).catch(() =>
        undefined
      ),
    );
    if (loose !== undefined) return loose;
    const packed = await files.readTextIfExists(`${directory}/packed-refs`)
      .catch(() => undefined);
    const line = packed?.split("\n").find((entry) => entry.endsWith(` ${ref}`));
    if (line !== undefined) return commitIn(line);
  }
  return undefined;
}

function commitIn(text: string | undefined): string | undefined {
  return /^[0-9a-f]{40,64}\b/.exec(text?.trim() ?? "")?.[0];
}

async function readOrigin(
  files: FileSystem,
  directory: string,
): Promise<string | undefined> {
  const config = await files.readTextIfExists(`${directory}/config`).catch(() =>
    undefined
  );
  const section = /\[remote "origin"\]([^[]*)/.exec(config ?? "")?.[1];
  const url = /^\s*url\s*=\s*(.+)$/m.exec(section ?? "")?.[1]?.trim();
  // A URL may carry a token for the server; a rollout must not.
  return url?.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
}
