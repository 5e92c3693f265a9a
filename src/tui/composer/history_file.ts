/**
 * `history.jsonl`, where prompts of earlier sessions lie: one JSON object a line, as
 * Codex CLI 0.124 writes and reads it. Reading and writing the file is the app's.
 */
import * as v from "valibot";

const HistoryEntry = v.object({
  session_id: v.string(),
  /** Seconds since 1970. */
  ts: v.number(),
  text: v.string(),
});

export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

/** How much of a file over its limit stays, so that it is not cut at every prompt. */
const TRIMMED_SHARE = 0.8;

/** An entry as a line of the file. */
export function historyLine({ session_id, ts, text }: HistoryEntry): string {
  return `${JSON.stringify({ session_id, ts, text })}\n`;
}

/** The entries of a file, oldest first. A line that cannot be read is passed over. */
export function readHistoryLines(file: string): readonly HistoryEntry[] {
  return file.split("\n").flatMap((line) => {
    const entry = decodedLine(line);
    return entry === undefined ? [] : [entry];
  });
}

function decodedLine(line: string): HistoryEntry | undefined {
  if (line.trim() === "") return undefined;
  try {
    const result = v.safeParse(HistoryEntry, JSON.parse(line));
    return result.success ? result.output : undefined;
  } catch (error) {
    // Half a line, of a program that was ended while it wrote.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The file cut to its newest lines when it is larger than it may be; undefined when it
 * is not. The newest line stays, however long.
 *
 * @param bytesMax `history.max_bytes`
 */
export function trimmedHistory(
  file: Uint8Array,
  bytesMax: number,
): Uint8Array | undefined {
  if (file.length <= bytesMax) return undefined;
  const keptMax = Math.floor(bytesMax * TRIMMED_SHARE);
  let start = lineStartBefore(file, file.length - 1);
  while (start > 0) {
    const earlier = lineStartBefore(file, start - 1);
    if (file.length - earlier > keptMax) break;
    start = earlier;
  }
  return file.subarray(start);
}

const NEWLINE = 0x0a;

/** The start of the line that ends at a place. */
function lineStartBefore(file: Uint8Array, end: number): number {
  return end <= 0 ? 0 : file.lastIndexOf(NEWLINE, end - 1) + 1;
}
