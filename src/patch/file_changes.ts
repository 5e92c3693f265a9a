/**
 * A plan as front ends see it: one change for each file, with what a person needs to
 * judge it. Several hunks for one file are one change.
 */
import type { FileChange } from "@/protocol/items.ts";
import { unifiedDiff } from "@/text/unified_diff.ts";
import { decodeUtf8Lossy } from "@/text/utf8.ts";
import { ChangeLedger, type NetChange } from "./ledger.ts";
import type { PlannedChange } from "./changes.ts";

/** The changes by path. */
export function fileChanges(
  changes: readonly PlannedChange[],
): readonly FileChange[] {
  const ledger = new ChangeLedger();
  const texts = new Map<string, string>();
  for (const change of changes) record(change, ledger, texts);
  return ledger.netChanges((path) => texts.has(path))
    .map((change) => toFileChange(change, texts));
}

function record(
  change: PlannedChange,
  ledger: ChangeLedger,
  texts: Map<string, string>,
): void {
  // An added file is shown whole, also when it overwrites one.
  const before = change.kind === "add" ? undefined : change.before;
  ledger.recordBaseline(change.path, before);
  if (change.kind === "delete" || change.kind === "move") {
    texts.delete(change.path);
  }
  if (change.kind === "delete") return;
  if (change.kind !== "move") {
    texts.set(change.path, change.text);
    return;
  }
  ledger.recordBaseline(change.movePath, undefined);
  ledger.recordMove(change.path, change.movePath);
  texts.set(change.movePath, change.text);
}

function toFileChange(
  { oldPath, newPath, before }: NetChange,
  texts: ReadonlyMap<string, string>,
): FileChange {
  const newText = newPath === undefined ? "" : texts.get(newPath) ?? "";
  if (oldPath === undefined || before === undefined) {
    return { path: newPath ?? "", kind: { type: "add" }, diff: newText };
  }
  const oldText = decodeUtf8Lossy(before.bytes);
  if (newPath === undefined) {
    return { path: oldPath, kind: { type: "delete" }, diff: oldText };
  }
  return {
    path: oldPath,
    kind: { type: "update", move_path: newPath === oldPath ? null : newPath },
    diff: unifiedDiff(oldText, newText),
  };
}
