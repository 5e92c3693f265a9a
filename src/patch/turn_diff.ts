/**
 * Everything a turn changed, as one diff in git's format with full blob ids. It
 * compares each file a patch touched, as it was before the turn's first patch of it,
 * with what is on disk now, so it also shows what commands did to these files.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { relativeTo } from "@/platform/paths.ts";
import { unifiedDiff } from "@/text/unified_diff.ts";
import { decodeUtf8 } from "@/text/utf8.ts";
import { ChangeLedger, type NetChange } from "./ledger.ts";
import type { PlannedChange } from "./changes.ts";
import type { FileSnapshot } from "./planned_files.ts";

/** Larger files are named but not compared: nobody reads such a diff. */
const DIFF_BYTES_MAX = 4 * 1024 * 1024;

const NO_BLOB = "0".repeat(40);

/** What is at an absolute path now; undefined for nothing, or nothing readable. */
export type ReadCurrent = (path: string) => Promise<FileSnapshot | undefined>;

export class TurnDiff {
  readonly #ledger = new ChangeLedger();
  readonly #root: string | undefined;

  /**
   * @param root absolute directory, usually the git root, that paths below it are
   * shown relative to; without it, and outside of it, they are shown absolute
   */
  constructor(root: string | undefined) {
    this.#root = root;
  }

  /** Call before a plan is applied; harmless if applying then fails. */
  recordChanges(changes: readonly PlannedChange[]): void {
    for (const change of changes) this.#record(change);
  }

  /** The diff so far; empty when nothing differs any more. */
  async render(readCurrent: ReadCurrent): Promise<string> {
    const current = new Map<string, FileSnapshot>();
    for (const path of this.#ledger.paths) {
      const snapshot = await readCurrent(path);
      if (snapshot !== undefined) current.set(path, snapshot);
    }
    const parts: string[] = [];
    for (const change of this.#ledger.netChanges((path) => current.has(path))) {
      const after = change.newPath === undefined
        ? undefined
        : current.get(change.newPath);
      parts.push(await this.#renderFile(change, after));
    }
    return parts.join("");
  }

  #record(change: PlannedChange): void {
    if (change.kind === "delete") {
      this.#ledger.recordBaseline(change.removed, change.before);
      return;
    }
    if (change.kind !== "move") {
      this.#ledger.recordBaseline(change.target, change.before);
      return;
    }
    this.#ledger.recordBaseline(change.removed, change.before);
    this.#ledger.recordBaseline(change.target, change.overwritten);
    this.#ledger.recordMove(change.removed, change.target);
  }

  async #renderFile(
    { oldPath, newPath, before }: NetChange,
    after: FileSnapshot | undefined,
  ): Promise<string> {
    if (before?.isSymlink) return await this.#renderLink(oldPath, after);
    const oldName = this.#shown(oldPath ?? newPath);
    const newName = this.#shown(newPath ?? oldPath);
    const header = `diff --git a/${oldName} b/${newName}\n`;
    const modes = modeLines(before, after);
    if (before && after && equalBytes(before.bytes, after.bytes)) {
      if (oldName !== newName) {
        return header + modes + pureMove(oldName, newName);
      }
      return modes === "" ? "" : header + modes;
    }
    const blobs = `index ${await blobId(before)}..${await blobId(after)}\n`;
    const body = contentDiff(
      before,
      after,
      before ? `a/${oldName}` : "/dev/null",
      after ? `b/${newName}` : "/dev/null",
    );
    return header + modes + blobs + body;
  }

  /** A link's own content is unknown, so its removal is told without it. */
  async #renderLink(
    path: string | undefined,
    after: FileSnapshot | undefined,
  ): Promise<string> {
    const name = this.#shown(path);
    const removal =
      `diff --git a/${name} b/${name}\ndeleted file mode 120000\n`;
    if (after === undefined) return removal;
    const replacement = {
      oldPath: undefined,
      newPath: path,
      before: undefined,
    };
    return removal + await this.#renderFile(replacement, after);
  }

  #shown(path: string | undefined): string {
    if (path === undefined) throw new Error("A change has at least one path");
    return this.#root === undefined ? path : relativeTo(path, this.#root);
  }
}

/** Reads what is on disk, for `render`. */
export function currentReader(files: FileSystem): ReadCurrent {
  return async (path) => {
    const info = await files.stat(path);
    if (info === undefined || !info.isFile) return undefined;
    // Past the limit the content is not compared, so its start is enough.
    const bytes = info.size > DIFF_BYTES_MAX
      ? await files.readRange(path, 0, DIFF_BYTES_MAX + 1)
      : await files.readFile(path);
    return { bytes, mode: info.mode, isSymlink: false };
  };
}

/** What git prints for a move that changes nothing else. */
function pureMove(oldName: string, newName: string): string {
  return `similarity index 100%\nrename from ${oldName}\nrename to ${newName}\n`;
}

function modeLines(
  before: FileSnapshot | undefined,
  after: FileSnapshot | undefined,
): string {
  if (before === undefined) return `new file mode ${gitMode(after)}\n`;
  if (after === undefined) return `deleted file mode ${gitMode(before)}\n`;
  const [oldMode, newMode] = [gitMode(before), gitMode(after)];
  if (oldMode === newMode) return "";
  return `old mode ${oldMode}\nnew mode ${newMode}\n`;
}

/** Git keeps one permission bit. */
function gitMode(snapshot: FileSnapshot | undefined): string {
  const isExecutable = ((snapshot?.mode ?? 0) & 0o111) !== 0;
  return isExecutable ? "100755" : "100644";
}

function contentDiff(
  before: FileSnapshot | undefined,
  after: FileSnapshot | undefined,
  oldLabel: string,
  newLabel: string,
): string {
  const labels = `--- ${oldLabel}\n+++ ${newLabel}\n`;
  const oldText = textOf(before);
  const newText = textOf(after);
  if (oldText === undefined || newText === undefined) {
    return `${labels}Binary files differ\n`;
  }
  const hunks = unifiedDiff(oldText, newText);
  return hunks === "" ? "" : labels + hunks;
}

/** Undefined for a file that is not text or too large to compare. */
function textOf(snapshot: FileSnapshot | undefined): string | undefined {
  if (snapshot === undefined) return "";
  if (snapshot.bytes.length > DIFF_BYTES_MAX) return undefined;
  const decoded = decodeUtf8(snapshot.bytes);
  return decoded.kind === "ok" ? decoded.text : undefined;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}

/** Git's name for a content: the SHA-1 of a header and the bytes. */
async function blobId(snapshot: FileSnapshot | undefined): Promise<string> {
  if (snapshot === undefined) return NO_BLOB;
  const { bytes } = snapshot;
  const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const blob = new Uint8Array(header.length + bytes.length);
  blob.set(header);
  blob.set(bytes, header.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", blob));
  return digest.toHex();
}
