/**
 * Edits of config.toml that change only what they must: comments, order, spacing,
 * line endings and the final line stay as the user wrote them. Works on the ranges
 * of a syntax tree and checks its own result before anything is written.
 */
import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import type { FileSystem } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { CodexError } from "@/protocol/errors.ts";
import { ensureCodexHome } from "./codex_home.ts";
import { valueAt } from "./table.ts";
import { parseToml } from "./toml.ts";

/** What can be written as a value. */
export type EditValue = string | number | boolean | readonly string[];

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
    readonly values: Readonly<Record<string, EditValue>>;
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
export async function editConfig(
  files: FileSystem,
  codexHome: string,
  edits: readonly Edit[],
): Promise<void> {
  const named = resolvePath(codexHome, "config.toml");
  const path = await files.realPath(named) ?? named;
  const before = await files.readTextIfExists(path);
  const after = editToml(before ?? "", edits, path);
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
  const found = JSON.stringify(valueAt(readBack(text), edit.path));
  switch (edit.kind) {
    case "set":
      return found === JSON.stringify(edit.value);
    case "addTable":
      return found === JSON.stringify(edit.values);
    case "remove":
      return found === undefined;
  }
}

function readBack(text: string): unknown {
  try {
    return parseToml(text, "");
  } catch {
    // Told by `requireEffect`: an unreadable result holds no value.
    return undefined;
  }
}

type Pair = AST.TOMLKeyValue;
type Section = AST.TOMLTopLevelTable | AST.TOMLTable;

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
  values: Readonly<Record<string, EditValue>>,
): string {
  const eol = endOfLine(text);
  const header = path.map(formatKey).join(".");
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  const lines = Object.entries(values).map(([key, value]) =>
    `${assignment([key], value)}${eol}`
  );
  return `${text}${gap}[${header}]${eol}${lines.join("")}`;
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

function removeValue(text: string, path: readonly string[]): string {
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

function findPair(
  root: AST.TOMLTopLevelTable,
  path: readonly string[],
): Pair | undefined {
  return pairsBelow(root, path).find((pair) =>
    pairPath(pair).length === path.length
  );
}

/** Pairs at the path or below it, outermost only. */
function pairsBelow(
  root: AST.TOMLTopLevelTable,
  path: readonly string[],
): readonly Pair[] {
  const found: Pair[] = [];
  const visit = (pair: Pair): void => {
    const key = pairPath(pair);
    if (startsWith(key, path)) found.push(pair);
    else if (startsWith(path, key) && pair.value.type === "TOMLInlineTable") {
      pair.value.body.forEach(visit);
    }
  };
  for (const node of root.body) {
    if (node.type === "TOMLKeyValue") visit(node);
    // A section that is at the path or below goes as a whole.
    else if (!startsWith(node.resolvedKey, path) || isAt(node, path)) {
      node.body.forEach(visit);
    }
  }
  return found.filter((pair) => !isInRemovedSection(pair, path));
}

function isAt(table: AST.TOMLTable, path: readonly string[]): boolean {
  return table.resolvedKey.length < path.length;
}

function isInRemovedSection(pair: Pair, path: readonly string[]): boolean {
  const parent = pair.parent;
  return parent.type === "TOMLTable" && startsWith(parent.resolvedKey, path);
}

/** A pair like `a.b = 1` that makes `a` a table without a header of its own. */
function findDotted(
  root: AST.TOMLTopLevelTable,
  parent: readonly string[],
): { readonly pair: Pair; readonly section: Section } | undefined {
  for (const section of sectionsOf(root)) {
    const base = sectionPath(section);
    if (base.length >= parent.length) continue;
    const pair = pairsOf(section).findLast((candidate) =>
      startsWith(pairPath(candidate), parent) &&
      pairPath(candidate).length > parent.length
    );
    if (pair !== undefined) return { pair, section };
  }
  return undefined;
}

function findSection(
  root: AST.TOMLTopLevelTable,
  path: readonly string[],
): Section | undefined {
  if (path.length === 0) return root;
  return sectionsOf(root).find((section) =>
    section.type === "TOMLTable" && section.kind === "standard" &&
    section.resolvedKey.length === path.length &&
    startsWith(section.resolvedKey, path)
  );
}

function sectionsOf(root: AST.TOMLTopLevelTable): readonly Section[] {
  const tables = root.body.filter((node): node is AST.TOMLTable =>
    node.type === "TOMLTable"
  );
  return [root, ...tables];
}

function pairsOf(section: Section): readonly Pair[] {
  const nodes: readonly (Pair | AST.TOMLTable)[] = section.body;
  return nodes.filter((node) => node.type === "TOMLKeyValue");
}

function sectionPath(section: Section): readonly (string | number)[] {
  return section.type === "TOMLTable" ? section.resolvedKey : [];
}

/** The pair's whole path, from the root of the document. */
function pairPath(pair: Pair): readonly (string | number)[] {
  const own = getStaticTOMLValue(pair.key);
  const { parent } = pair;
  if (parent.type === "TOMLInlineTable") {
    // Inline tables in arrays are never visited, so the parent is a pair.
    const holder = parent.parent;
    return holder.type === "TOMLKeyValue" ? [...pairPath(holder), ...own] : own;
  }
  return [...sectionPath(parent), ...own];
}

/** Where the header `[a.b]` of a section ends. */
function headerEnd(text: string, table: AST.TOMLTable): number {
  return text.indexOf("]", table.key.range[1]) + 1;
}

function startsWith(
  path: readonly (string | number)[],
  start: readonly (string | number)[],
): boolean {
  return path.length >= start.length &&
    start.every((key, index) => key === path[index]);
}

function endOfLine(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function assignment(key: readonly string[], value: EditValue): string {
  return `${key.map(formatKey).join(".")} = ${formatValue(value)}`;
}

function formatKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : formatString(key);
}

function formatValue(value: EditValue): string {
  if (typeof value === "string") return formatString(value);
  if (typeof value === "object") {
    return `[${value.map(formatString).join(", ")}]`;
  }
  return String(value);
}

// JSON's escapes are TOML's, but TOML also wants DEL escaped.
function formatString(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007F");
}
