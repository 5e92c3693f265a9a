/**
 * Looks at the writable roots before a command starts: are they still where they
 * were, and what are their protected names? Reads only; `policy.ts` decides.
 */
import {
  directoryOf,
  isAbsolute,
  isWithin,
  resolvePath,
} from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  isSystemTree,
  PROTECTED_NAMES,
  type ProtectedFact,
  type RootFacts,
} from "./policy.ts";

/** A gitdir file is one short line; anything longer is not one. */
const GIT_FILE_BYTES_MAX = 8192;

/**
 * Remembers where each requested root led when it was first used. A root that leads
 * elsewhere later was swapped, perhaps by a command, and is refused.
 */
export class RootSurveyor {
  readonly #files: FileSystem;
  readonly #codexHome: string;
  readonly #resolved = new Map<string, string>();

  constructor(files: FileSystem, codexHome: string) {
    this.#files = files;
    this.#codexHome = codexHome;
  }

  /**
   * The facts about each root that exists, without duplicates.
   *
   * @throws CodexError `sandbox_unavailable` when a root was swapped
   */
  async survey(requested: readonly string[]): Promise<readonly RootFacts[]> {
    const [home, ...resolved] = await Promise.all([
      this.#files.realPath(this.#codexHome),
      ...requested.map((root) => this.#resolve(root)),
    ]);
    const paths = [...new Set(resolved.filter((path) => path !== undefined))];
    return await Promise.all(
      paths.map((path) => this.#surveyRoot(path, paths, home)),
    );
  }

  async #resolve(root: string): Promise<string | undefined> {
    const path = await this.#realPathIfReachable(root);
    if (path === undefined || isSystemTree(path)) return undefined;
    const known = this.#resolved.get(root);
    if (known === undefined) this.#resolved.set(root, path);
    if (known === undefined || known === path) return path;
    throw new CodexError(
      "sandbox_unavailable",
      `Cannot confine the command: the writable root "${root}" led to "${known}" ` +
        `when the session began and now leads to "${path}"; start a new session if you moved it`,
    );
  }

  // A directory this process may not even look at is not opened to commands.
  async #realPathIfReachable(path: string): Promise<string | undefined> {
    try {
      return await this.#files.realPath(path);
    } catch (error) {
      if (error instanceof FileError) return undefined;
      throw error;
    }
  }

  async #surveyRoot(
    root: string,
    roots: readonly string[],
    home: string | undefined,
  ): Promise<RootFacts> {
    const names = await Promise.all(
      PROTECTED_NAMES.map((name) =>
        this.#surveyName(resolvePath(root, name), roots)
      ),
    );
    const found = names.flat();
    // The agent's own files decide what the next session may do.
    if (home !== undefined && home !== root && isWithin(home, root)) {
      found.push({ path: home });
    }
    return { path: root, protected: found };
  }

  async #surveyName(
    path: string,
    roots: readonly string[],
  ): Promise<ProtectedFact[]> {
    const info = await this.#files.lstat(path);
    if (info === undefined || info.isDirectory) return [{ path }];
    if (info.isSymlink) {
      return [{ path, link: { target: await this.#files.realPath(path) } }];
    }
    if (!path.endsWith("/.git") || info.size > GIT_FILE_BYTES_MAX) {
      return [{ path }];
    }
    const directories = await this.#gitDirectories(path);
    return [
      { path },
      ...directories.filter((directory) =>
        roots.some((root) => directory !== root && isWithin(directory, root))
      ).map((directory) => ({ path: directory })),
    ];
  }

  // A `.git` file names the real repository; hooks and config live there, or in the
  // repository it shares them with (gitrepository-layout(5), "commondir").
  async #gitDirectories(gitFile: string): Promise<string[]> {
    const text = await this.#files.readTextIfExists(gitFile);
    const named = gitDirectoryOf(text ?? "", directoryOf(gitFile));
    if (named === undefined) return [];
    const gitDirectory = await this.#firstAbsent(named);
    const common = await this.#files.readTextIfExists(
      resolvePath(named, "commondir"),
    );
    if (common === undefined) return [gitDirectory];
    return [
      gitDirectory,
      await this.#firstAbsent(resolvePath(named, common.trim())),
    ];
  }

  // Where nothing exists yet, the topmost missing directory is what must stay away.
  async #firstAbsent(path: string): Promise<string> {
    const real = await this.#files.realPath(path);
    if (real !== undefined) return real;
    let missing = path;
    for (;;) {
      const parent = directoryOf(missing);
      const realParent = await this.#files.realPath(parent);
      if (realParent !== undefined) {
        return resolvePath(realParent, missing.slice(parent.length + 1));
      }
      missing = parent;
    }
  }
}

/** The directory a `.git` file names, absolute; `undefined` when it names none. */
export function gitDirectoryOf(
  text: string,
  directory: string,
): string | undefined {
  const match = /^gitdir:[ \t]*(.+?)[\r\n]*$/.exec(text);
  const named = match?.[1];
  if (named === undefined) return undefined;
  return isAbsolute(named) ? resolvePath(named) : resolvePath(directory, named);
}
