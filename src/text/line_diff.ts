/**
 * What changed between two lists of lines: Myers' greedy algorithm ("An O(ND)
 * Difference Algorithm and Its Variations", 1986). The work is bounded; past the
 * bound the part that differs is reported as one block.
 */

/** Old lines from `oldStart` up to `oldEnd` became new lines `newStart` up to `newEnd`. */
export interface ChangedBlock {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/**
 * More inserted and deleted lines than a reader follows; the search keeps a trace
 * of its square, so this also bounds memory, at 16 MiB.
 */
const EDITS_MAX = 2_000;

/** Steps along equal lines; keeps a pathological input under about a second. */
const STEPS_MAX = 50_000_000;

/** The changed blocks in order; unchanged lines lie between them. */
export function diffLines(
  oldLines: readonly string[],
  newLines: readonly string[],
): readonly ChangedBlock[] {
  const head = commonHead(oldLines, newLines);
  const tail = commonTail(oldLines, newLines, head);
  const [before, after] = numberLines(
    oldLines.slice(head, oldLines.length - tail),
    newLines.slice(head, newLines.length - tail),
  );
  if (before.length === 0 && after.length === 0) return [];
  return editBlocks(before, after).map((block) => ({
    oldStart: block.oldStart + head,
    oldEnd: block.oldEnd + head,
    newStart: block.newStart + head,
    newEnd: block.newEnd + head,
  }));
}

function commonHead(left: readonly string[], right: readonly string[]): number {
  const most = Math.min(left.length, right.length);
  let count = 0;
  while (count < most && left[count] === right[count]) count++;
  return count;
}

function commonTail(
  left: readonly string[],
  right: readonly string[],
  head: number,
): number {
  const most = Math.min(left.length, right.length) - head;
  let count = 0;
  while (
    count < most &&
    left[left.length - 1 - count] === right[right.length - 1 - count]
  ) count++;
  return count;
}

/** Equal lines get equal numbers, so the search compares integers. */
function numberLines(
  left: readonly string[],
  right: readonly string[],
): readonly [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (line: string): number => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  };
  return [
    Int32Array.from(left, numberOf),
    Int32Array.from(right, numberOf),
  ];
}

function editBlocks(
  before: Int32Array,
  after: Int32Array,
): readonly ChangedBlock[] {
  const whole = {
    oldStart: 0,
    oldEnd: before.length,
    newStart: 0,
    newEnd: after.length,
  };
  if (before.length === 0 || after.length === 0) return [whole];
  const trace = searchEdits(before, after);
  return trace === undefined
    ? [whole]
    : walkBack(trace, before.length, after.length);
}

/**
 * For every number of edits, how far each diagonal reaches. `trace[d]` holds the
 * diagonals -d … d (old index minus new index) at offset d.
 */
function searchEdits(
  before: Int32Array,
  after: Int32Array,
): readonly Int32Array[] | undefined {
  const trace: Int32Array[] = [];
  let steps = 0;
  for (let edits = 0; edits <= EDITS_MAX; edits++) {
    const reach = new Int32Array(2 * edits + 1);
    const previous = trace.at(-1);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const start = previous === undefined
        ? 0
        : startOf(previous, edits, diagonal);
      let x = start;
      let y = x - diagonal;
      while (
        x < before.length && y < after.length && before[x] === after[y]
      ) {
        x++;
        y++;
      }
      reach[diagonal + edits] = x;
      steps += x - start + 1;
      if (x >= before.length && y >= after.length) return [...trace, reach];
    }
    if (steps > STEPS_MAX) return undefined;
    trace.push(reach);
  }
  return undefined;
}

/** Where a diagonal starts after one more edit: an insertion from above or a deletion. */
function startOf(
  previous: Int32Array,
  edits: number,
  diagonal: number,
): number {
  return insertsAt(previous, edits, diagonal)
    ? reached(previous, edits, diagonal + 1)
    : reached(previous, edits, diagonal - 1) + 1;
}

function insertsAt(
  previous: Int32Array,
  edits: number,
  diagonal: number,
): boolean {
  if (diagonal === -edits) return true;
  if (diagonal === edits) return false;
  return reached(previous, edits, diagonal - 1) <
    reached(previous, edits, diagonal + 1);
}

function reached(
  previous: Int32Array,
  edits: number,
  diagonal: number,
): number {
  return previous[diagonal + edits - 1] ?? 0;
}

/** Follows the trace from the end and joins touching edits to blocks. */
function walkBack(
  trace: readonly Int32Array[],
  oldLength: number,
  newLength: number,
): readonly ChangedBlock[] {
  const blocks: ChangedBlock[] = [];
  let x = oldLength;
  let y = newLength;
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const previous = trace[edits - 1] ?? new Int32Array(0);
    const diagonal = x - y;
    const inserts = insertsAt(previous, edits, diagonal);
    const editEndX = startOf(previous, edits, diagonal);
    const editEndY = editEndX - diagonal;
    x = inserts ? editEndX : editEndX - 1;
    y = inserts ? editEndY - 1 : editEndY;
    addBefore(blocks, {
      oldStart: x,
      oldEnd: editEndX,
      newStart: y,
      newEnd: editEndY,
    });
  }
  return blocks.reverse();
}

function addBefore(blocks: ChangedBlock[], edit: ChangedBlock): void {
  const next = blocks.at(-1);
  if (next?.oldStart === edit.oldEnd && next.newStart === edit.newEnd) {
    blocks[blocks.length - 1] = {
      ...next,
      oldStart: edit.oldStart,
      newStart: edit.newStart,
    };
    return;
  }
  blocks.push(edit);
}
