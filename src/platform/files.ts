/**
 * Files, through Deno. Failures become `FileError` with the system's own words, so
 * that callers branch on a kind and never on a message.
 */
import {
  type AppendFile,
  FileError,
  type FileInfo,
  type FileSystem,
} from "./platform.ts";

/** Names of temporary files must not collide between processes or calls. */
let temporaryCount = 0;

export const denoFiles: FileSystem = {
  readFile: (path) => attempt(path, () => Deno.readFile(path)),
  readText: (path) => attempt(path, () => Deno.readTextFile(path)),
  readTextIfExists: (path) =>
    ifPresent(attempt(path, () => Deno.readTextFile(path))),
  readRange: (path, offset, length) =>
    attempt(path, () => readRange(path, offset, length)),
  stat: (path) =>
    ifPresent(attempt(path, async () => fileInfo(await Deno.stat(path)))),
  lstat: (path) =>
    ifPresent(attempt(path, async () => fileInfo(await Deno.lstat(path)))),
  readDirectory: (path) => readDirectory(path),
  makeDirectory: (path, mode) =>
    attempt(
      path,
      () =>
        Deno.mkdir(
          path,
          mode === undefined ? RECURSIVE : { ...RECURSIVE, mode },
        ),
    ),
  replaceFile: (path, content, mode) =>
    attempt(path, () => replaceFile(path, content, mode)),
  openAppend: (path, mode) => attempt(path, () => openAppend(path, mode)),
  remove: (path) => attempt(path, () => Deno.remove(path)),
  rename: (from, to) => attempt(from, () => Deno.rename(from, to)),
  realPath: (path) => ifPresent(attempt(path, () => Deno.realPath(path))),
  makeTempDirectory: (prefix) =>
    attempt(prefix, () => Deno.makeTempDir({ prefix })),
};

const RECURSIVE = { recursive: true } as const;

/** The reason the system gave, without the path Deno appends to it. */
export function osErrorText(error: unknown): string {
  // Deno's own words for it name a command-line flag the user never gave.
  if (error instanceof Deno.errors.NotCapable) {
    return "Permission denied (os error 13)";
  }
  const text = error instanceof Error ? error.message : String(error);
  const match = /^(.*?\(os error \d+\))/.exec(text);
  return match?.[1] ?? text;
}

/** Translates what Deno threw about a path. */
export function fileErrorOf(path: string, error: unknown): FileError {
  return new FileError(kindOf(error), path, osErrorText(error), {
    cause: error,
  });
}

function kindOf(error: unknown): FileError["kind"] {
  if (error instanceof Deno.errors.NotFound) return "not_found";
  if (error instanceof Deno.errors.NotADirectory) return "not_found";
  if (error instanceof Deno.errors.PermissionDenied) return "permission";
  if (error instanceof Deno.errors.NotCapable) return "permission";
  if (error instanceof Deno.errors.AlreadyExists) return "exists";
  // ENOSPC and EDQUOT have no class of their own in Deno.
  return /os error (28|122)\)/.test(String(error)) ? "no_space" : "other";
}

async function attempt<T>(
  path: string,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw fileErrorOf(path, error);
  }
}

async function ifPresent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof FileError && error.kind === "not_found") {
      return undefined;
    }
    throw error;
  }
}

function fileInfo(info: Deno.FileInfo): FileInfo {
  return {
    isFile: info.isFile,
    isDirectory: info.isDirectory,
    isSymlink: info.isSymlink,
    size: info.size,
    modifiedMs: info.mtime?.getTime() ?? 0,
    mode: info.mode ?? 0,
    inode: info.ino ?? 0,
  };
}

async function readDirectory(path: string): Promise<readonly Deno.DirEntry[]> {
  try {
    const entries: Deno.DirEntry[] = [];
    for await (const entry of Deno.readDir(path)) entries.push(entry);
    return entries;
  } catch (error) {
    const translated = fileErrorOf(path, error);
    if (translated.kind === "not_found") return [];
    throw translated;
  }
}

async function readRange(
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode: number | undefined,
): Promise<void> {
  const kept = mode ?? await existingMode(path);
  const temporary = `${path}.${Deno.pid}.${temporaryCount++}.tmp`;
  const data = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  try {
    await writeNew(temporary, data, kept);
    await Deno.rename(temporary, path);
  } catch (error) {
    // The old file is untouched; the half-written one must not stay beside it.
    await Deno.remove(temporary).catch(() => undefined);
    throw error;
  }
}

async function existingMode(path: string): Promise<number | undefined> {
  try {
    return ((await Deno.stat(path)).mode ?? 0o644) & 0o7777;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function writeNew(
  path: string,
  data: Uint8Array,
  mode: number | undefined,
) {
  const options = { write: true, createNew: true };
  using file = await Deno.open(
    path,
    mode === undefined ? options : { ...options, mode },
  );
  await writeAll(file, data);
  // The umask narrows the mode given to open; an existing file's mode is kept exactly.
  if (mode !== undefined && Deno.build.os !== "windows") {
    await Deno.chmod(path, mode);
  }
}

async function writeAll(file: Deno.FsFile, data: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < data.length) {
    offset += await file.write(data.subarray(offset));
  }
}

async function openAppend(path: string, mode: number): Promise<AppendFile> {
  const file = await Deno.open(path, { append: true, create: true, mode });
  const encoder = new TextEncoder();
  return {
    write: (text) => attempt(path, () => writeAll(file, encoder.encode(text))),
    close: () => file.close(),
  };
}
