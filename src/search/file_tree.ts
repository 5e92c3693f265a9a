/**
 * The paths below some directories, read once, breadth first, so that what is near is
 * there first. Links to directories are followed, but not into themselves; what
 * repositories ignore, and their `.git`, is left out. What cannot be read is passed
 * over: somebody who types a name wants the others.
 */
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import {
  type DirectoryEntry,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { IgnoreRules } from "./ignore_rules.ts";

export interface TreeEntry {
  /** The place of its root among those that were given. */
  readonly root: number;
  readonly path: string;
  readonly isDirectory: boolean;
}

/** More than any project; what comes after is not found, and memory stays bounded. */
const ENTRIES_MAX = 500_000;
/** Deeper than any project; links can make a tree endless. */
const DEPTH_MAX = 64;

interface Directory {
  readonly root: number;
  /** On disk. */
  readonly location: string;
  /** Below the root; empty for the root. */
  readonly path: string;
  readonly rules: IgnoreRules;
  /** How the rules call it, with a final slash; empty at the top. */
  readonly base: string;
  readonly depth: number;
  /** The real paths of the directories links were followed out of. */
  readonly behind: readonly string[];
}

export class FileTree {
  readonly #files: FileSystem;
  readonly #roots: readonly string[];
  readonly #entries: TreeEntry[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;
  #hasEnded = false;
  #grown = Promise.withResolvers<void>();

  constructor(files: FileSystem, roots: readonly string[]) {
    this.#files = files;
    this.#roots = roots;
    this.#reading = this.#readAll().finally(() => {
      this.#hasEnded = true;
      this.#grown.resolve();
    });
    // Told to whoever closes it.
    this.#reading.catch(() => undefined);
  }

  /** What was found so far; it only grows. */
  get entries(): readonly TreeEntry[] {
    return this.#entries;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when there is more than now, or there will be no more. */
  get grown(): Promise<void> {
    return this.#grown.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    let level: readonly Directory[] = await Promise.all(
      this.#roots.map((_, at) => this.#rootAt(at)),
    );
    while (level.length > 0) {
      const next: Directory[] = [];
      for (const directory of level) {
        if (this.#stop.signal.aborted) return;
        if (this.#entries.length >= ENTRIES_MAX) return;
        next.push(...await this.#read(directory));
        this.#tellGrown();
      }
      level = next;
    }
  }

  #tellGrown(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  async #rootAt(root: number): Promise<Directory> {
    const location = this.#roots[root] ?? "";
    const real = await this.#files.realPath(location) ?? location;
    const { rules, base } = await rulesAbove(this.#files, real);
    return { root, location, path: "", rules, base, depth: 0, behind: [real] };
  }

  /** Adds what is in a directory; gives the directories in it. */
  async #read(directory: Directory): Promise<readonly Directory[]> {
    const { root, location, base, behind, depth } = directory;
    const entries = await this.#list(location);
    const rules = entries.some(({ name }) => IgnoreRules.isFile(name))
      ? await directory.rules.with(this.#files, location, base)
      : directory.rules;
    const below: Directory[] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (name === ".git") continue;
      const place = `${location}/${name}`;
      const kind = entry.isSymlink ? await this.#kindBehind(place) : entry;
      if (kind === undefined || (!kind.isFile && !kind.isDirectory)) continue;
      const { isDirectory } = kind;
      if (rules.leavesOut(base + name, isDirectory)) continue;
      if (this.#entries.length >= ENTRIES_MAX) break;
      const path = directory.path === "" ? name : `${directory.path}/${name}`;
      this.#entries.push({ root, path, isDirectory });
      if (!isDirectory || depth >= DEPTH_MAX) continue;
      const chain = entry.isSymlink
        ? await this.#behindLink(place, behind)
        : behind;
      if (chain === undefined) continue;
      below.push({
        root,
        location: place,
        path,
        rules,
        base: `${base}${name}/`,
        depth: depth + 1,
        behind: chain,
      });
    }
    return below;
  }

  async #list(location: string): Promise<readonly DirectoryEntry[]> {
    try {
      return await this.#files.readDirectory(location);
    } catch (error) {
      if (error instanceof FileError) return [];
      throw error;
    }
  }

  async #kindBehind(place: string) {
    try {
      return await this.#files.stat(place);
    } catch (error) {
      // A link into a closed directory, or into itself.
      if (error instanceof FileError) return undefined;
      throw error;
    }
  }

  /** Undefined for a link that leads to where it was found, or above. */
  async #behindLink(
    place: string,
    behind: readonly string[],
  ): Promise<readonly string[] | undefined> {
    const target = await this.#files.realPath(place);
    const here = await this.#files.realPath(directoryOf(place));
    if (target === undefined || here === undefined) return undefined;
    const leadsBack = [...behind, here].some((one) =>
      one === target || one.startsWith(`${target}/`)
    );
    return leadsBack ? undefined : [...behind, here];
  }
}

/** The rules of a repository hold in its directories, whichever of them is searched. */
async function rulesAbove(
  files: FileSystem,
  root: string,
): Promise<{ readonly rules: IgnoreRules; readonly base: string }> {
  const inside: string[] = [];
  let repository = root;
  while (!await isThere(files, resolvePath(repository, ".git"))) {
    const parent = directoryOf(repository);
    if (parent === repository) return { rules: IgnoreRules.NONE, base: "" };
    inside.unshift(repository);
    repository = parent;
  }
  // From the repository's own directory down to the one above the root.
  let rules = IgnoreRules.NONE;
  let base = "";
  for (const directory of inside) {
    rules = await rules.with(files, directoryOf(directory), base);
    base = `${directory.slice(repository.length).replace(/^\//, "")}/`;
  }
  return { rules, base };
}

async function isThere(files: FileSystem, path: string): Promise<boolean> {
  try {
    return await files.stat(path) !== undefined;
  } catch (error) {
    // In a closed directory.
    if (error instanceof FileError) return false;
    throw error;
  }
}
