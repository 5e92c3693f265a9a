/**
 * Applies the chunks of one update to the text of a file, in memory. Chunks stand in
 * file order: each is searched after the one before it.
 */
import type { Chunk } from "./parse.ts";
import { FileLines } from "./seek.ts";

export type EditedText =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "no_context"; readonly context: string }
  | { readonly kind: "no_lines"; readonly lines: readonly string[] };

interface Replacement {
  readonly start: number;
  readonly length: number;
  readonly lines: readonly string[];
}

type Located =
  | { readonly kind: "ok"; readonly replacement: Replacement }
  | Exclude<EditedText, { kind: "ok" }>;

/**
 * The text after the chunks. It ends with a newline unless it is empty. A replaced
 * line takes the patch's text even where only a looser form of it matched.
 */
export function editText(text: string, chunks: readonly Chunk[]): EditedText {
  const file = new FileLines(splitLines(text));
  const replacements: Replacement[] = [];
  let searchFrom = 0;
  for (const chunk of chunks) {
    const located = locate(file, chunk, searchFrom);
    if (located.kind !== "ok") return located;
    const { replacement } = located;
    replacements.push(replacement);
    // Lines added at the end do not move on the search for the next chunk.
    searchFrom = chunk.oldLines.length === 0
      ? afterContext(file, chunk, searchFrom) ?? searchFrom
      : replacement.start + replacement.length;
  }
  return { kind: "ok", text: replaceLines(file.lines, replacements) };
}

function splitLines(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function locate(file: FileLines, chunk: Chunk, searchFrom: number): Located {
  const start = afterContext(file, chunk, searchFrom);
  if (start === undefined) {
    return { kind: "no_context", context: chunk.context ?? "" };
  }
  if (chunk.oldLines.length === 0) {
    const end = { start: file.lines.length, length: 0, lines: chunk.newLines };
    return { kind: "ok", replacement: end };
  }
  const shorter = withoutLastEmptyLine(chunk);
  const replacement = locateLines(file, chunk, start) ??
    (shorter && locateLines(file, shorter, start));
  return replacement === undefined
    ? { kind: "no_lines", lines: chunk.oldLines }
    : { kind: "ok", replacement };
}

/** Where to search once the chunk's context line, if any, has been passed. */
function afterContext(
  file: FileLines,
  chunk: Chunk,
  searchFrom: number,
): number | undefined {
  if (chunk.context === undefined) return searchFrom;
  const found = file.find([chunk.context], searchFrom, "anywhere");
  return found === undefined ? undefined : found + 1;
}

function locateLines(
  file: FileLines,
  chunk: Chunk,
  searchFrom: number,
): Replacement | undefined {
  const place = chunk.atEndOfFile ? "atEnd" : "anywhere";
  const start = file.find(chunk.oldLines, searchFrom, place);
  if (start === undefined) return undefined;
  return { start, length: chunk.oldLines.length, lines: chunk.newLines };
}

/** Models often leave an empty line between chunks, which reads as context. */
function withoutLastEmptyLine(chunk: Chunk): Chunk | undefined {
  if (chunk.oldLines.at(-1) !== "") return undefined;
  const oldLines = chunk.oldLines.slice(0, -1);
  const newLines = chunk.newLines.at(-1) === ""
    ? chunk.newLines.slice(0, -1)
    : chunk.newLines;
  return { ...chunk, oldLines, newLines };
}

function replaceLines(
  lines: readonly string[],
  replacements: readonly Replacement[],
): string {
  // Lines for the end of the file may be asked for before a chunk further up.
  const ordered = replacements.toSorted((a, b) => a.start - b.start);
  const parts: (readonly string[])[] = [];
  let position = 0;
  for (const { start, length, lines: replaced } of ordered) {
    parts.push(lines.slice(position, start), replaced);
    position = start + length;
  }
  parts.push(lines.slice(position));
  return parts.flat().map((line) => `${line}\n`).join("");
}
