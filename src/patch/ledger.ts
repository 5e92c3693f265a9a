/**
 * Remembers what files were before anyone touched them and where they moved, and
 * from that tells the net change of each: many edits of one file are one change, and
 * a file added and deleted again is none.
 */
import type { FileSnapshot } from "./planned_files.ts";

/** One file's net change. At least one of the paths is there. */
export interface NetChange {
  /** Where the file was; undefined for a new file. */
  readonly oldPath: string | undefined;
  /** Where it is now; undefined for a deleted one. */
  readonly newPath: string | undefined;
  readonly before: FileSnapshot | undefined;
}

export class ChangeLedger {
  readonly #baselines = new Map<string, FileSnapshot | undefined>();
  readonly #movedFrom = new Map<string, string>();

  /** Every path ever recorded. */
  get paths(): readonly string[] {
    return [...this.#baselines.keys()];
  }

  /** What is at `path` before a change; later calls for the path do nothing. */
  recordBaseline(path: string, before: FileSnapshot | undefined): void {
    if (!this.#baselines.has(path)) this.#baselines.set(path, before);
  }

  /** A file moved. Both paths need their baselines first. */
  recordMove(from: string, to: string): void {
    const origin = this.#movedFrom.get(from) ?? from;
    this.#movedFrom.delete(from);
    this.#movedFrom.set(to, origin);
  }

  /**
   * The net changes, by the path a file has now, in code unit order. A move onto a
   * file that was there is that file changed and the moved one deleted.
   */
  netChanges(isPresent: (path: string) => boolean): readonly NetChange[] {
    const moves = this.#moves(isPresent);
    const movedAway = new Set(moves.values());
    const changes: NetChange[] = [];
    for (const path of this.#baselines.keys()) {
      const origin = moves.get(path);
      // What was here is told as a move; anything here now is new.
      const oldPath = origin ?? (movedAway.has(path) ? undefined : path);
      const before = oldPath === undefined
        ? undefined
        : this.#baselines.get(oldPath);
      const newPath = isPresent(path) ? path : undefined;
      if (before === undefined && newPath === undefined) continue;
      const known = before === undefined ? undefined : oldPath;
      changes.push({ oldPath: known, newPath, before });
    }
    return changes.sort((a, b) => pathOf(a) < pathOf(b) ? -1 : 1);
  }

  #moves(isPresent: (path: string) => boolean): ReadonlyMap<string, string> {
    return new Map(
      [...this.#movedFrom].filter(([to, from]) =>
        isPresent(to) && this.#baselines.get(to) === undefined &&
        this.#baselines.get(from) !== undefined
      ),
    );
  }
}

function pathOf(change: NetChange): string {
  return change.newPath ?? change.oldPath ?? "";
}
