/**
 * The patch format, from text to hunks. Nothing is read or resolved here; a hunk's
 * path is as the model wrote it. Line numbers in problems count from 1 at the
 * `*** Begin Patch` line.
 */
import { isBlank, trim } from "./whitespace.ts";

/** One place in a file to change. */
export interface Chunk {
  /** The text after `@@`: a line that must come before the chunk. */
  readonly context: string | undefined;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  /** The old lines are the last of the file. */
  readonly atEndOfFile: boolean;
}

export type Hunk =
  | { readonly kind: "add"; readonly path: string; readonly content: string }
  | { readonly kind: "delete"; readonly path: string }
  | {
    readonly kind: "update";
    readonly path: string;
    readonly movePath: string | undefined;
    readonly chunks: readonly Chunk[];
  };

export type ParseProblem =
  | { readonly kind: "invalid_patch"; readonly reason: string }
  | {
    readonly kind: "invalid_hunk";
    readonly line: number;
    readonly reason: string;
  };

export type ParsedPatch =
  | { readonly kind: "ok"; readonly hunks: readonly Hunk[] }
  | ParseProblem;

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const ADD = "*** Add File: ";
const DELETE = "*** Delete File: ";
const UPDATE = "*** Update File: ";
const MOVE = "*** Move to: ";
const END_OF_FILE = "*** End of File";
const CONTEXT = "@@ ";
const BARE_CONTEXT = "@@";

const HEREDOC_STARTS = ["<<EOF", "<<'EOF'", '<<"EOF"'];
/** The heredoc's own two lines around the two of the envelope. */
const HEREDOC_LINES_MIN = 4;

/** What a reader of part of the patch gives back: its value and the next line's index. */
type Part<T> =
  | { readonly kind: "ok"; readonly value: T; readonly next: number }
  | ParseProblem;

/** Reads a whole patch. */
export function parsePatch(text: string): ParsedPatch {
  const lines = unwrapHeredoc(splitLines(trim(text)));
  const problem = envelopeProblem(lines);
  if (problem !== undefined) return problem;
  const body = lines.slice(0, -1);
  const hunks: Hunk[] = [];
  let next = 1;
  while (next < body.length) {
    const part = parseHunk(body, next);
    if (part.kind !== "ok") return part;
    hunks.push(part.value);
    next = part.next;
  }
  return { kind: "ok", hunks };
}

/** Lines without their "\n" or "\r\n"; no empty line after a final one. */
function splitLines(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
}

/** Models sometimes send the heredoc they would have typed; the patch is inside. */
function unwrapHeredoc(lines: readonly string[]): readonly string[] {
  const isWrapped = lines.length >= HEREDOC_LINES_MIN &&
    HEREDOC_STARTS.includes(lines[0] ?? "") && lines.at(-1)?.endsWith("EOF");
  return isWrapped ? lines.slice(1, -1) : lines;
}

function envelopeProblem(lines: readonly string[]): ParseProblem | undefined {
  const first = lines[0];
  if (first !== undefined && trim(first) !== BEGIN) {
    const reason = `The first line of the patch must be '${BEGIN}'`;
    return { kind: "invalid_patch", reason };
  }
  if (lines.length < 2 || trim(lines.at(-1) ?? "") !== END) {
    const reason = `The last line of the patch must be '${END}'`;
    return { kind: "invalid_patch", reason };
  }
  return undefined;
}

function parseHunk(lines: readonly string[], start: number): Part<Hunk> {
  const header = trim(lines[start] ?? "");
  if (header.startsWith(ADD)) {
    return parseAdd(lines, start, header.slice(ADD.length));
  }
  if (header.startsWith(DELETE)) {
    const path = header.slice(DELETE.length);
    return { kind: "ok", value: { kind: "delete", path }, next: start + 1 };
  }
  if (header.startsWith(UPDATE)) {
    return parseUpdate(lines, start, header.slice(UPDATE.length));
  }
  return problemAt(
    start,
    `'${header}' is not a valid hunk header. Valid hunk headers: ` +
      `'${ADD}{path}', '${DELETE}{path}', '${UPDATE}{path}'`,
  );
}

function parseAdd(
  lines: readonly string[],
  start: number,
  path: string,
): Part<Hunk> {
  let next = start + 1;
  while (lines[next]?.startsWith("+")) next++;
  const content = lines.slice(start + 1, next)
    .map((line) => `${line.slice(1)}\n`)
    .join("");
  return { kind: "ok", value: { kind: "add", path, content }, next };
}

function parseUpdate(
  lines: readonly string[],
  start: number,
  path: string,
): Part<Hunk> {
  const move = lines[start + 1];
  const movePath = move?.startsWith(MOVE) ? move.slice(MOVE.length) : undefined;
  const chunks: Chunk[] = [];
  let next = movePath === undefined ? start + 1 : start + 2;
  while (next < lines.length) {
    const line = lines[next] ?? "";
    if (line.startsWith("***")) break;
    if (isBlank(line)) {
      next++;
      continue;
    }
    const part = parseChunk(lines, next, chunks.length === 0);
    if (part.kind !== "ok") return part;
    chunks.push(part.value);
    next = part.next;
  }
  if (chunks.length === 0) {
    return problemAt(start, `Update file hunk for path '${path}' is empty`);
  }
  return {
    kind: "ok",
    value: { kind: "update", path, movePath, chunks },
    next,
  };
}

function parseChunk(
  lines: readonly string[],
  start: number,
  isFirst: boolean,
): Part<Chunk> {
  const header = lines[start] ?? "";
  const hasHeader = header === BARE_CONTEXT || header.startsWith(CONTEXT);
  if (!hasHeader && !isFirst) {
    return problemAt(
      start,
      `Expected update hunk to start with a @@ context marker, got: '${header}'`,
    );
  }
  const context = header.startsWith(CONTEXT)
    ? header.slice(CONTEXT.length)
    : undefined;
  const bodyStart = hasHeader ? start + 1 : start;
  const body = readChunkLines(lines, bodyStart);
  if (body === undefined) {
    return problemAt(start + 1, noLinesReason(lines[bodyStart]));
  }
  const { next, ...chunk } = body;
  return { kind: "ok", value: { context, ...chunk }, next };
}

/** The ` `, `-` and `+` lines from `start`, up to the first that is none of them. */
function readChunkLines(
  lines: readonly string[],
  start: number,
): Omit<Chunk, "context"> & { readonly next: number } | undefined {
  const oldLines: string[] = [];
  const newLines: string[] = [];
  let next = start;
  while (next < lines.length) {
    const line = lines[next] ?? "";
    const mark = line === "" ? " " : line.charAt(0);
    if (mark !== " " && mark !== "+" && mark !== "-") break;
    if (mark !== "+") oldLines.push(line.slice(1));
    if (mark !== "-") newLines.push(line.slice(1));
    next++;
  }
  if (next === start) return undefined;
  const atEndOfFile = lines[next] === END_OF_FILE;
  if (atEndOfFile) next++;
  return { oldLines, newLines, atEndOfFile, next };
}

function noLinesReason(line: string | undefined): string {
  if (line === undefined || line === END_OF_FILE) {
    return "Update hunk does not contain any lines";
  }
  return `Unexpected line found in update hunk: '${line}'. Every line should start ` +
    "with ' ' (context line), '+' (added line), or '-' (removed line)";
}

function problemAt(index: number, reason: string): ParseProblem {
  return { kind: "invalid_hunk", line: index + 1, reason };
}
