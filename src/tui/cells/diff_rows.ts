/** The lines of one file's change: numbered, and which side they stand on. */
import type { FileChange } from "@/protocol/items.ts";

export interface DiffRow {
  readonly kind: "same" | "added" | "removed";
  /** In the new file, or in the old one for a removed line; from 1. */
  readonly number: number;
  readonly text: string;
  /** Not the line after the one before it: lines are left out between. */
  readonly isApart: boolean;
}

export interface FileDiff {
  readonly rows: readonly DiffRow[];
  readonly added: number;
  readonly removed: number;
}

/** The change of a file, whichever form its diff has. */
export function fileDiff({ kind, diff }: FileChange): FileDiff {
  switch (kind.type) {
    case "add":
      return wholeFile(diff, "added");
    case "delete":
      return wholeFile(diff, "removed");
    case "update":
      return counted(parseHunks(diff));
  }
}

function wholeFile(text: string, kind: "added" | "removed"): FileDiff {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return counted(lines.map((line, index) => ({
    kind,
    number: index + 1,
    text: withoutReturn(line),
    isApart: false,
  })));
}

function counted(rows: readonly DiffRow[]): FileDiff {
  const count = (kind: DiffRow["kind"]) =>
    rows.filter((row) => row.kind === kind).length;
  return { rows, added: count("added"), removed: count("removed") };
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The rows of a unified diff; anything but hunks is passed over. */
function parseHunks(diff: string): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let oldNumber = 0;
  let newNumber = 0;
  let isInHunk = false;
  let isApart = false;
  for (const line of diff.split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      oldNumber = Number(hunk[1]);
      newNumber = Number(hunk[2]);
      isApart = isInHunk;
      isInHunk = true;
      continue;
    }
    const kind = isInHunk ? KINDS[line[0] ?? ""] : undefined;
    if (kind === undefined) continue;
    const number = kind === "removed" ? oldNumber : newNumber;
    if (kind !== "added") oldNumber++;
    if (kind !== "removed") newNumber++;
    rows.push({ kind, number, text: withoutReturn(line.slice(1)), isApart });
    isApart = false;
  }
  return rows;
}

const KINDS: Readonly<Record<string, DiffRow["kind"]>> = {
  " ": "same",
  "+": "added",
  "-": "removed",
};

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** The changed rows with that many unchanged ones around them. */
export function nearChanges(
  rows: readonly DiffRow[],
  context: number,
): readonly DiffRow[] {
  const isNear = new Array<boolean>(rows.length).fill(false);
  for (const [index, { kind }] of rows.entries()) {
    if (kind === "same") continue;
    for (let at = index - context; at <= index + context; at++) {
      if (at >= 0 && at < rows.length) isNear[at] = true;
    }
  }
  const shown: DiffRow[] = [];
  let isSkipping = false;
  for (const [index, row] of rows.entries()) {
    if (isNear[index] === true) {
      const isApart = shown.length > 0 && (row.isApart || isSkipping);
      shown.push(isApart === row.isApart ? row : { ...row, isApart });
    }
    isSkipping = isNear[index] !== true;
  }
  return shown;
}
