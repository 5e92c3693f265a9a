/**
 * Works out what a patch does to the files there are, without writing. Hunks build
 * on each other: one may update what an earlier one added or moved.
 *
 * A path that is a symbolic link is edited where it points, and the plan names that
 * place, so a policy judges the file that changes. Deleting or moving a link takes
 * away the link alone. A link to nothing is refused: where a write would end up
 * cannot be judged.
 */
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { decodeUtf8 } from "@/text/utf8.ts";
import type { PlannedChange, UpdateChange, Written } from "./changes.ts";
import { editText } from "./edit.ts";
import { commandText, type PatchFailure, verificationText } from "./failure.ts";
import { type Hunk, parsePatch } from "./parse.ts";
import { type FileSnapshot, PlannedFiles } from "./planned_files.ts";

export type PatchPlan =
  /** No changes when the patch is an empty envelope. */
  | { readonly kind: "ok"; readonly changes: readonly PlannedChange[] }
  | {
    readonly kind: "failed";
    /** For the model, to follow `apply_patch verification failed: `. */
    readonly message: string;
    /** For the command's standard error. */
    readonly commandMessage: string;
    /** What the hunks before the failing one do. */
    readonly changesBefore: readonly PlannedChange[];
  };

/** Plans the whole patch. Relative paths are taken from `cwd`. */
export async function planPatch(
  text: string,
  cwd: string,
  files: FileSystem,
): Promise<PatchPlan> {
  const patch = parsePatch(text);
  if (patch.kind !== "ok") return failedPlan(patch, []);
  const planner = new Planner(cwd, new PlannedFiles(files));
  const changes: PlannedChange[] = [];
  for (const hunk of patch.hunks) {
    const change = await planner.plan(hunk);
    if (isFailure(change)) return failedPlan(change, changes);
    changes.push(change);
  }
  return { kind: "ok", changes };
}

function failedPlan(
  failure: PatchFailure,
  changesBefore: readonly PlannedChange[],
): PatchPlan {
  const message = verificationText(failure);
  const commandMessage = commandText(failure);
  return { kind: "failed", message, commandMessage, changesBefore };
}

function isFailure(value: PlannedChange | PatchFailure): value is PatchFailure {
  return !("shownPath" in value);
}

class Planner {
  readonly #cwd: string;
  readonly #files: PlannedFiles;

  constructor(cwd: string, files: PlannedFiles) {
    this.#cwd = cwd;
    this.#files = files;
  }

  async plan(hunk: Hunk): Promise<PlannedChange | PatchFailure> {
    const path = resolvePath(this.#cwd, hunk.path);
    try {
      if (hunk.kind === "add") return await this.#planAdd(hunk, path);
      if (hunk.kind === "delete") return await this.#planDelete(hunk, path);
      return await this.#planUpdate(hunk, path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (hunk.kind === "add") return { kind: "unwritable", path };
      const reason = error.osText;
      return { kind: "unreadable", path, purpose: hunk.kind, reason };
    }
  }

  async #planAdd(
    hunk: Hunk & { kind: "add" },
    path: string,
  ): Promise<PlannedChange | PatchFailure> {
    const target = await this.#files.follow(await this.#files.entryOf(path));
    if (target === undefined) return { kind: "unwritable", path };
    const before = await this.#files.readIfFile(target);
    const text = hunk.content;
    this.#files.write(target, text, before?.mode);
    return { kind: "add", path, shownPath: hunk.path, target, text, before };
  }

  async #planDelete(
    hunk: Hunk & { kind: "delete" },
    path: string,
  ): Promise<PlannedChange> {
    const removed = await this.#files.entryOf(path);
    const before = await this.#files.readForRemoval(removed);
    this.#files.remove(removed);
    return { kind: "delete", path, shownPath: hunk.path, removed, before };
  }

  async #planUpdate(
    hunk: Hunk & { kind: "update" },
    path: string,
  ): Promise<PlannedChange | PatchFailure> {
    const entry = await this.#files.entryOf(path);
    const target = await this.#files.follow(entry) ?? entry;
    const before = await this.#files.read(target);
    const text = editSnapshot(before, hunk, path);
    if (typeof text !== "string") return text;
    const source = { path, entry, target, before, text };
    if (hunk.movePath !== undefined) {
      return await this.#planMove(hunk.movePath, source);
    }
    return this.#update(hunk.path, source);
  }

  async #planMove(
    shownPath: string,
    source: EditedSource,
  ): Promise<PlannedChange | PatchFailure> {
    const movePath = resolvePath(this.#cwd, shownPath);
    const newEntry = await this.#files.entryOf(movePath);
    const target = await this.#files.follow(newEntry);
    if (target === undefined) return { kind: "unwritable", path: movePath };
    const { entry, ...moved } = source;
    // Removing the old path would remove the new content with it.
    if (target === entry || newEntry === entry) {
      return this.#update(shownPath, source);
    }
    const overwritten = await this.#files.readIfFile(target);
    this.#files.write(target, source.text, source.before.mode);
    this.#files.remove(entry);
    const change = { ...moved, shownPath, movePath, target, removed: entry };
    return { kind: "move", ...change, overwritten };
  }

  #update(shownPath: string, source: EditedSource): UpdateChange {
    const { path, target, text, before } = source;
    this.#files.write(target, text, before.mode);
    return { kind: "update", path, shownPath, target, text, before };
  }
}

/** A file that an update hunk has been applied to. */
interface EditedSource extends Written {
  readonly path: string;
  /** The directory entry, which is not `target` when it is a link. */
  readonly entry: string;
  readonly before: FileSnapshot;
}

function editSnapshot(
  before: FileSnapshot,
  hunk: Hunk & { kind: "update" },
  path: string,
): string | PatchFailure {
  const decoded = decodeUtf8(before.bytes);
  if (decoded.kind === "invalid") {
    const reason = decoded.problem;
    return { kind: "unreadable", path, purpose: "update", reason };
  }
  const edited = editText(decoded.text, hunk.chunks);
  return edited.kind === "ok" ? edited.text : { ...edited, path };
}
