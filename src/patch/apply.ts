/**
 * Writes a plan, change by change. Nothing is undone: when a change fails, those
 * before it stay. Every file is replaced whole, so none is left half written.
 *
 * A plan is as fresh as its reading. After a wait, such as for an approval, plan
 * again, or edits made meanwhile are lost.
 */
import { directoryOf } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { deleteFailedText, writeFailedText } from "./failure.ts";
import type { PlannedChange } from "./changes.ts";

/** The power to change files: this process, or a helper inside a sandbox. */
export interface PatchWriter {
  /** Makes a directory and its parents. @throws FileError */
  makeDirectory(path: string): Promise<void>;
  /**
   * Makes or replaces a file, whole or not at all. Without `mode` a new file gets
   * the default and an existing one keeps its own. @throws FileError
   */
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** Removes a file or a link, not what it points to. @throws FileError */
  remove(path: string): Promise<void>;
}

export type ApplyResult =
  | { readonly kind: "ok" }
  /** `applied` are the changes that are on disk. */
  | {
    readonly kind: "failed";
    readonly message: string;
    readonly applied: readonly PlannedChange[];
  };

/** Writes through this process. */
export function fileSystemWriter(files: FileSystem): PatchWriter {
  return {
    makeDirectory: (path) => files.makeDirectory(path),
    write: (path, bytes, mode) => files.replaceFile(path, bytes, mode),
    remove: (path) => files.remove(path),
  };
}

/** Applies the changes in order and stops at the first that fails. */
export async function applyChanges(
  changes: readonly PlannedChange[],
  writer: PatchWriter,
): Promise<ApplyResult> {
  for (const [index, change] of changes.entries()) {
    const message = await applyChange(change, writer);
    if (message !== undefined) {
      return { kind: "failed", message, applied: changes.slice(0, index) };
    }
  }
  return { kind: "ok" };
}

/**
 * What the model and the command's standard output are told of applied changes:
 * added, then modified, then deleted files, as the patch names them.
 */
export function summarizeChanges(changes: readonly PlannedChange[]): string {
  const shown = (mark: string, kinds: readonly PlannedChange["kind"][]) =>
    changes.filter((change) => kinds.includes(change.kind))
      .map((change) => `${mark} ${change.shownPath}\n`).join("");
  return "Success. Updated the following files:\n" + shown("A", ["add"]) +
    shown("M", ["update", "move"]) + shown("D", ["delete"]);
}

/** The reason the change failed, if it did. */
async function applyChange(
  change: PlannedChange,
  writer: PatchWriter,
): Promise<string | undefined> {
  if (change.kind === "delete") {
    return await attempt(
      writer.remove(change.removed),
      deleteFailedText(change.path),
    );
  }
  const failed = await writeChange(change, writer);
  if (failed !== undefined || change.kind !== "move") return failed;
  return await attempt(
    writer.remove(change.removed),
    `Failed to remove original ${change.path}`,
  );
}

async function writeChange(
  change: Exclude<PlannedChange, { kind: "delete" }>,
  writer: PatchWriter,
): Promise<string | undefined> {
  const shown = change.kind === "move" ? change.movePath : change.path;
  const bytes = new TextEncoder().encode(change.text);
  // A moved file takes its permissions along; any other keeps what is there.
  const mode = change.kind === "move" ? change.before.mode : undefined;
  try {
    await writer.write(change.target, bytes, mode);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.kind !== "not_found") return writeFailedText(shown);
  }
  const failed = await makeParent(change.target, shown, writer);
  return failed ??
    await attempt(
      writer.write(change.target, bytes, mode),
      writeFailedText(shown),
    );
}

async function makeParent(
  target: string,
  shown: string,
  writer: PatchWriter,
): Promise<string | undefined> {
  try {
    await writer.makeDirectory(directoryOf(target));
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // A file stands where a directory would have to be.
    if (error.kind === "exists") return writeFailedText(shown);
    return `Failed to create parent directories for ${shown}`;
  }
}

async function attempt(
  operation: Promise<void>,
  failedText: string,
): Promise<string | undefined> {
  try {
    await operation;
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failedText;
  }
}
