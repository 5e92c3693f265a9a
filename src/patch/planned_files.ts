/**
 * The files as they would be after the hunks planned so far: what is on disk, under
 * what was planned. Reads are bounded and only regular files are read.
 */
import { baseNameOf, directoryOf, resolvePath } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";

/** A file's content and permission bits at one moment. */
export interface FileSnapshot {
  readonly bytes: Uint8Array;
  /** Permission bits; undefined for a file that is yet to be made. */
  readonly mode: number | undefined;
  /** A symbolic link; `bytes` are not its own. */
  readonly isSymlink: boolean;
}

/** Larger files are data, not text someone edits; they would exhaust memory. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

const NOT_FOUND = "No such file or directory (os error 2)";
const PERMISSION_BITS = 0o7777;

export class PlannedFiles {
  readonly #files: FileSystem;
  /** By path without links; undefined for a file that will be gone. */
  readonly #planned = new Map<string, FileSnapshot | undefined>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /**
   * The directory entry that `path` names, with no links in its directory; the entry
   * itself may be a link. @throws FileError
   */
  async entryOf(path: string): Promise<string> {
    const parent = directoryOf(path);
    if (parent === path) return path;
    const realParent = await this.#files.realPath(parent) ??
      await this.entryOf(parent);
    return resolvePath(realParent, baseNameOf(path));
  }

  /**
   * Where a read or write of an entry really happens; undefined for a link to
   * nothing. @throws FileError
   */
  async follow(entry: string): Promise<string | undefined> {
    return await this.isLink(entry) ? await this.#files.realPath(entry) : entry;
  }

  async isLink(entry: string): Promise<boolean> {
    if (this.#planned.has(entry)) return false;
    return (await this.#files.lstat(entry))?.isSymlink ?? false;
  }

  /** @throws FileError */
  async read(target: string): Promise<FileSnapshot> {
    if (this.#planned.has(target)) {
      const planned = this.#planned.get(target);
      if (planned !== undefined) return planned;
      throw new FileError("not_found", target, NOT_FOUND);
    }
    const info = await this.#files.stat(target);
    if (info !== undefined && !info.isFile && !info.isDirectory) {
      throw new FileError("other", target, "not a regular file");
    }
    if (info !== undefined && info.size > FILE_BYTES_MAX) {
      throw new FileError("other", target, "file is larger than 64 MiB");
    }
    const bytes = await this.#files.readFile(target);
    const mode = (info?.mode ?? 0o644) & PERMISSION_BITS;
    return { bytes, mode, isSymlink: false };
  }

  /** The file that a write would replace, if one is there. @throws FileError */
  async readIfFile(target: string): Promise<FileSnapshot | undefined> {
    if (this.#planned.has(target)) return this.#planned.get(target);
    const info = await this.#files.stat(target);
    // A directory is left for the write to fail on.
    if (info === undefined || info.isDirectory) return undefined;
    return await this.read(target);
  }

  /** What a removal takes away: a link itself, else the file. @throws FileError */
  async readForRemoval(entry: string): Promise<FileSnapshot> {
    if (!await this.isLink(entry)) return await this.read(entry);
    return { bytes: new Uint8Array(0), mode: undefined, isSymlink: true };
  }

  write(target: string, text: string, mode: number | undefined): void {
    const bytes = new TextEncoder().encode(text);
    this.#planned.set(target, { bytes, mode, isSymlink: false });
  }

  remove(entry: string): void {
    this.#planned.set(entry, undefined);
  }
}
