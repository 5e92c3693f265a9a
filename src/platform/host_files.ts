/**
 * The file system as somebody commands it who may do what the user may: whole trees,
 * links, what is no file. Loaded only by a server whose clients ask for it.
 */
import { denoFiles, fileErrorOf } from "./files.ts";
import { FileError } from "./platform.ts";

/** As base64 it still is one string, and one message, of the runtime's. */
const FILE_BYTES_MAX = 256 << 20;

export interface PathFacts {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  /** 0 where the system does not know. */
  readonly createdMs: number;
  readonly modifiedMs: number;
}

export interface ListedName {
  readonly name: string;
  /** Of what a link leads to. */
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

/** Why a copy cannot be made as it was asked for. */
export type CopyProblem = "is_directory" | "into_itself" | "no_file";

/** @throws FileError */
export function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return attempt(path, async () => {
    const { isFile, isDirectory, size } = await Deno.stat(path);
    if (!isFile && !isDirectory) {
      throw new Error("Neither a file nor a directory, so it may have no end");
    }
    if (size > FILE_BYTES_MAX) {
      throw new Error(`Larger than ${FILE_BYTES_MAX} bytes`);
    }
    return await Deno.readFile(path);
  });
}

/**
 * Puts a content where the path leads, all of it or nothing of it, where that can be.
 *
 * @param uid who we are
 * @throws FileError
 */
export function writeWhole(
  path: string,
  content: Uint8Array,
  uid: number,
): Promise<void> {
  return attempt(path, async () => {
    const target = await denoFiles.realPath(path) ?? path;
    if (await mayReplace(target, uid)) {
      try {
        return await denoFiles.replaceFile(target, content);
      } catch (error) {
        // The directory is closed; the file itself may be open all the same.
        const isClosed = error instanceof FileError &&
          error.kind === "permission";
        if (!isClosed) throw error;
      }
    }
    await Deno.writeFile(target, content);
  });
}

/** A new file in its place would belong to another, lose a name, or be no device. */
async function mayReplace(path: string, us: number): Promise<boolean> {
  try {
    const { isFile, uid, nlink } = await Deno.lstat(path);
    return isFile && (uid ?? us) === us && nlink === 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** @throws FileError */
export function makeDirectory(
  path: string,
  options: { readonly recursive: boolean },
): Promise<void> {
  return attempt(path, () => Deno.mkdir(path, options));
}

/** @throws FileError also for a link that leads nowhere */
export function factsOf(path: string): Promise<PathFacts> {
  return attempt(path, async () => {
    const { isSymlink } = await Deno.lstat(path);
    const { isFile, isDirectory, birthtime, mtime } = await Deno.stat(path);
    const createdMs = birthtime?.getTime() ?? 0;
    const modifiedMs = mtime?.getTime() ?? 0;
    return { isFile, isDirectory, isSymlink, createdMs, modifiedMs };
  });
}

/** Links that lead nowhere are left out. @throws FileError */
export function listNames(path: string): Promise<readonly ListedName[]> {
  return attempt(path, async () => {
    const names: ListedName[] = [];
    for await (const entry of Deno.readDir(path)) {
      const { name, isSymlink } = entry;
      const kind = isSymlink ? await denoFiles.stat(`${path}/${name}`) : entry;
      if (kind === undefined) continue;
      const { isFile, isDirectory } = kind;
      names.push({ name, isFile, isDirectory });
    }
    return names;
  });
}

/** Links are removed, never followed. @throws FileError */
export async function removePath(
  path: string,
  options: { readonly recursive: boolean; readonly mayBeAbsent: boolean },
): Promise<void> {
  try {
    await attempt(
      path,
      () => Deno.remove(path, { recursive: options.recursive }),
    );
  } catch (error) {
    const isAbsent = error instanceof FileError && error.kind === "not_found";
    if (!isAbsent || !options.mayBeAbsent) throw error;
  }
}

/**
 * Copies a file, a link as a link, or a whole directory.
 *
 * @throws FileError
 */
export async function copyPath(
  from: string,
  to: string,
  options: { readonly recursive: boolean },
  signal: AbortSignal,
): Promise<CopyProblem | undefined> {
  const source = await attempt(from, () => Deno.lstat(from));
  if (!source.isFile && !source.isDirectory && !source.isSymlink) {
    return "no_file";
  }
  if (source.isDirectory) {
    if (!options.recursive) return "is_directory";
    if (await isInside(to, from)) return "into_itself";
  }
  await copyEntry(from, to, source, signal);
  return undefined;
}

/** By where both really are; what is not there yet is where its parent is. */
async function isInside(path: string, directory: string): Promise<boolean> {
  const root = await denoFiles.realPath(directory);
  for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const real = await denoFiles.realPath(at);
    if (real === undefined) continue;
    return real === root || real.startsWith(`${root}/`);
  }
  return false;
}

async function copyEntry(
  from: string,
  to: string,
  kind: Pick<Deno.DirEntry, "isFile" | "isDirectory" | "isSymlink">,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (kind.isSymlink) {
    return await attempt(
      to,
      async () => Deno.symlink(await Deno.readLink(from), to),
    );
  }
  if (kind.isFile) {
    return await attempt(to, () => Deno.copyFile(from, to));
  }
  // A pipe or a device inside a tree has no content to copy.
  if (!kind.isDirectory) return;
  await attempt(to, () => Deno.mkdir(to, { recursive: true }));
  for await (const entry of Deno.readDir(from)) {
    await copyEntry(
      `${from}/${entry.name}`,
      `${to}/${entry.name}`,
      entry,
      signal,
    );
  }
}

async function attempt<T>(
  path: string,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw error instanceof FileError ? error : fileErrorOf(path, error);
  }
}
