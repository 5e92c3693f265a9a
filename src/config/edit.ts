/**
 * Edits of config.toml that change only what they must: comments, order, spacing,
 * line endings and the final line stay as the user wrote them. Works on the ranges
 * of a syntax tree and checks its own result before anything is written.
 */
import { type AST, parseTOML } from "toml-eslint-parser";
import type { FileSystem } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { CodexError } from "@/protocol/errors.ts";
import { ensureCodexHome } from "./codex_home.ts";
import { valueAt } from "./table.ts";
import { parseToml } from "./toml.ts";
import {
  findDotted,
  findPair,
  findSection,
  headerEnd,
  type Pair,
  pairsBelow,
  pairsOf,
  sectionPath,
  startsWith,
  type TreePath,
} from "./toml_tree.ts";

/** What can be written as a value. */
export type EditValue =
  | string
  | number
  | boolean
  | readonly EditValue[]
  | { readonly [key: string]: EditValue };

export type EditTable = Readonly<Record<string, EditValue>>;

export type Edit =
  | {
    readonly kind: "set";
    readonly path: readonly string[];
    readonly value: EditValue;
  }
  /** Adds a table with a header of its own at the end; nothing may be there yet. */
  | {
    readonly kind: "addTable";
    readonly path: readonly string[];
    readonly values: EditTable;
  }
  /**
   * Makes an array of tables hold these; those that stay, in their order, keep their
   * place and comments.
   */
  | {
    readonly kind: "setTables";
    readonly path: readonly string[];
    readonly tables: readonly EditTable[];
  }
  /** Removes a key or a table with everything in it; absent is fine. */
  | { readonly kind: "remove"; readonly path: readonly string[] };

const PRIVATE_FILE_MODE = 0o600;

/**
 * Applies the edits to the user's config.toml, making it (private) when absent. A
 * link is followed, an existing file keeps its mode.
 *
 * @throws ConfigError when the file is not valid TOML
 * @throws CodexError when a key stands where an edit needs a table
 */
export function editConfig(
  files: FileSystem,
  codexHome: string,
  edits: readonly Edit[],
): Promise<void> {
  return changeConfig(
    files,
    codexHome,
    async (text, path) => editToml(text, edits, path),
  );
}

/**
 * Like `editConfig`, for whoever looks at the text to know what to change. What the
 * change throws is thrown, and nothing is written.
 */
export async function changeConfig(
  files: FileSystem,
  codexHome: string,
  change: (text: string, path: string) => Promise<string>,
): Promise<void> {
  const named = resolvePath(codexHome, "config.toml");
  const path = await files.realPath(named) ?? named;
  const before = await files.readTextIfExists(path);
  const after = await change(before ?? "", path);
  if (after === before) return;
  await ensureCodexHome({ files }, codexHome);
  const mode = before === undefined ? PRIVATE_FILE_MODE : undefined;
  await files.replaceFile(path, after, mode);
}

/** The text with the edits applied; `path` names the file in errors. */
export function editToml(
  text: string,
  edits: readonly Edit[],
  path: string,
): string {
  parseToml(text, path);
  let current = text;
  for (const edit of edits) {
    current = applyEdit(current, edit);
    requireEffect(current, edit, path);
  }
  return current;
}

function applyEdit(text: string, edit: Edit): string {
  switch (edit.kind) {
    case "set":
      return setValue(text, edit.path, edit.value);
    case "remove":
      return removeValue(text, edit.path);
    case "addTable": {
      const added = addSection(text, edit.path, edit.values);
      if (hasEffect(added, edit)) return added;
      // An inline table above it takes no header: its keys go in there.
      return Object.entries(edit.values).reduce(
        (current, [key, value]) =>
          setValue(current, [...edit.path, key], value),
        text,
      );
    }
    case "setTables":
      return setTables(text, edit.path, edit.tables);
  }
}

/** A wrong edit must never reach the disk, whatever the cause. */
function requireEffect(text: string, edit: Edit, path: string): void {
  if (hasEffect(text, edit)) return;
  throw new CodexError(
    "invalid_config",
    `Cannot change \`${
      edit.path.join(".")
    }\` in ${path}: part of it is not a ` +
      "table there; edit the file by hand",
  );
}

function hasEffect(text: string, edit: Edit): boolean {
  const found = valueAt(readBack(text), edit.path);
  switch (edit.kind) {
    case "set":
      return isSame(found, edit.value);
    case "addTable":
      return isSame(found, edit.values);
    case "setTables":
      return isSame(found ?? [], edit.tables);
    case "remove":
      return found === undefined;
  }
}

/** Equal as they would be written, the keys of tables in one order. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, plain) === JSON.stringify(other, plain);
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function readBack(text: string): unknown {
  try {
    return parseToml(text, "");
  } catch {
    // Told by `requireEffect`: an unreadable result holds no value.
    return undefined;
  }
}

function setTables(
  text: string,
  path: readonly string[],
  tables: readonly EditTable[],
): string {
  if (findPair(parseTOML(text).body[0], path) !== undefined) {
    return tables.length === 0
      ? removeValue(text, path)
      : setValue(text, path, tables);
  }
  const there = valueAt(readBack(text), path);
  let kept = 0;
  let left = text;
  for (const table of Array.isArray(there) ? there : []) {
    if (isSame(table, tables[kept])) kept++;
    else left = removeValue(left, [...path, kept]);
  }
  return tables.slice(kept).reduce(
    (current, table) => addHeaded(current, `[[${keyText(path)}]]`, table),
    left,
  );
}

function setValue(
  text: string,
  path: readonly string[],
  value: EditValue,
): string {
  const root = parseTOML(text).body[0];
  const pair = findPair(root, path);
  if (pair !== undefined) {
    const [start, end] = pair.value.range;
    return text.slice(0, start) + formatValue(value) + text.slice(end);
  }
  for (let length = path.length - 1; length >= 0; length--) {
    const added = addBelow(text, root, path, length, value);
    if (added !== undefined) return added;
  }
  return text;
}

/** Adds the value to what exists at the first `length` keys of the path, if anything. */
function addBelow(
  text: string,
  root: AST.TOMLTopLevelTable,
  path: readonly string[],
  length: number,
  value: EditValue,
): string | undefined {
  const parent = path.slice(0, length);
  const inline = length === 0 ? undefined : findPair(root, parent)?.value;
  if (inline?.type === "TOMLInlineTable") {
    return addToInline(text, inline, path.slice(length), value);
  }
  const sibling = length === 0 ? undefined : findDotted(root, parent);
  if (sibling !== undefined) {
    const { pair, section } = sibling;
    const key = path.slice(sectionPath(section).length);
    return insertLine(text, pair.range[1], assignment(key, value));
  }
  if (length === 0 && path.length > 1) {
    const key = path[path.length - 1] ?? "";
    return addSection(text, path.slice(0, -1), { [key]: value });
  }
  const section = findSection(root, parent);
  if (section === undefined) return undefined;
  const line = assignment(path.slice(length), value);
  const last = pairsOf(section).at(-1);
  if (last !== undefined) return insertLine(text, last.range[1], line);
  if (section.type === "TOMLTable") {
    return insertLine(text, headerEnd(text, section), line);
  }
  return `${line}${endOfLine(text)}${text}`;
}

function addSection(
  text: string,
  path: readonly string[],
  values: EditTable,
): string {
  return addHeaded(text, `[${keyText(path)}]`, values);
}

/** Adds a table behind everything else. */
function addHeaded(text: string, header: string, values: EditTable): string {
  const eol = endOfLine(text);
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  const lines = Object.entries(values).map(([key, value]) =>
    `${assignment([key], value)}${eol}`
  );
  return `${text}${gap}${header}${eol}${lines.join("")}`;
}

function addToInline(
  text: string,
  table: AST.TOMLInlineTable,
  key: readonly string[],
  value: EditValue,
): string {
  const last = table.body.at(-1);
  const item = assignment(key, value);
  if (last === undefined) {
    const [start, end] = table.range;
    return `${text.slice(0, start)}{ ${item} }${text.slice(end)}`;
  }
  const at = last.range[1];
  return `${text.slice(0, at)}, ${item}${text.slice(at)}`;
}

function removeValue(text: string, path: TreePath): string {
  const root = parseTOML(text).body[0];
  const pairs = pairsBelow(root, path).map((pair) => pairRange(text, pair));
  const sections = root.body
    .filter((node): node is AST.TOMLTable => node.type === "TOMLTable")
    .filter((table) => startsWith(table.resolvedKey, path))
    .map((table) => sectionRange(text, table));
  return [...pairs, ...sections]
    .sort((left, right) => right[0] - left[0])
    .reduce(
      (current, [start, end]) => current.slice(0, start) + current.slice(end),
      text,
    );
}

/** The pair's line, or its place in an inline table with one comma. */
function pairRange(text: string, pair: Pair): readonly [number, number] {
  const [start, end] = pair.range;
  if (pair.parent.type !== "TOMLInlineTable") return linesOf(text, start, end);
  const { body } = pair.parent;
  const index = body.indexOf(pair);
  const before = body[index - 1];
  const after = body[index + 1];
  if (before !== undefined) return [before.range[1], end];
  return [start, after?.range[0] ?? end];
}

/** The section's lines, and the empty line that set it off. */
function sectionRange(
  text: string,
  table: AST.TOMLTable,
): readonly [number, number] {
  const end = table.body.at(-1)?.range[1] ?? headerEnd(text, table);
  const [start, lineEnd] = linesOf(text, table.range[0], end);
  const gap = /(^|\n)(\r?\n)$/.exec(text.slice(0, start))?.[2]?.length ?? 0;
  return [start - gap, lineEnd];
}

/** From the start of the first line to behind the break of the last. */
function linesOf(
  text: string,
  start: number,
  end: number,
): readonly [number, number] {
  const lineEnd = text.indexOf("\n", end);
  return [
    text.lastIndexOf("\n", start - 1) + 1,
    lineEnd < 0 ? text.length : lineEnd + 1,
  ];
}

/** Puts a line behind the one that holds the offset, indented like it. */
function insertLine(text: string, offset: number, line: string): string {
  const eol = endOfLine(text);
  const [, end] = linesOf(text, offset, offset);
  const before = text.slice(0, end);
  const gap = before.endsWith("\n") ? "" : eol;
  return `${before}${gap}${line}${eol}${text.slice(end)}`;
}

function endOfLine(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function assignment(key: readonly string[], value: EditValue): string {
  return `${keyText(key)} = ${formatValue(value)}`;
}

function keyText(key: readonly string[]): string {
  return key.map(formatKey).join(".");
}

function formatKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : formatString(key);
}

function formatValue(value: EditValue): string {
  if (typeof value === "string") return formatString(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(formatValue).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, inner]) =>
    assignment([key], inner)
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** `Array.isArray` forgets what a read-only array holds. */
function isList(value: object): value is readonly EditValue[] {
  return Array.isArray(value);
}

// JSON's escapes are TOML's, but TOML also wants DEL escaped.
function formatString(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007F");
}
