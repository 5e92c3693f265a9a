/**
 * What one hunk of a patch does to the files, worked out before anything is written.
 */
import type { FileSnapshot } from "./planned_files.ts";

interface ChangeBase {
  /** The absolute path the patch names; the old one of a move. */
  readonly path: string;
  /** How the patch wrote the path that exists afterwards. */
  readonly shownPath: string;
}

/** A file to write. */
export interface Written {
  /** The absolute path to write, with no links in it. */
  readonly target: string;
  readonly text: string;
}

interface Removed {
  /** The absolute path to remove, with no links in it but perhaps itself one. */
  readonly removed: string;
}

export interface AddChange extends ChangeBase, Written {
  readonly kind: "add";
  /** What is overwritten. */
  readonly before: FileSnapshot | undefined;
}

export interface UpdateChange extends ChangeBase, Written {
  readonly kind: "update";
  readonly before: FileSnapshot;
}

export interface MoveChange extends ChangeBase, Written, Removed {
  readonly kind: "move";
  readonly movePath: string;
  readonly before: FileSnapshot;
  /** What stood at the new path. */
  readonly overwritten: FileSnapshot | undefined;
}

export interface DeleteChange extends ChangeBase, Removed {
  readonly kind: "delete";
  readonly before: FileSnapshot;
}

/** One hunk's effect; changes apply in order. */
export type PlannedChange =
  | AddChange
  | UpdateChange
  | MoveChange
  | DeleteChange;

/**
 * Every absolute path a plan writes or removes, each once, as the patch names it and
 * with links resolved. A policy that allows all of them allows the plan.
 */
export function affectedPaths(
  changes: readonly PlannedChange[],
): readonly string[] {
  const paths = changes.flatMap((change) => {
    switch (change.kind) {
      case "delete":
        return [change.path, change.removed];
      case "move":
        return [change.path, change.removed, change.movePath, change.target];
      default:
        return [change.path, change.target];
    }
  });
  return [...new Set(paths)];
}
