/**
 * Where a key stands in TOML text. Loaded only to explain an error or to edit a
 * file: reading a configuration never needs it.
 */
import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import type { DecodePath } from "@/protocol/decode.ts";

/** Line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of the value at a path, or of the nearest table around it. */
export function locate(text: string, path: DecodePath): Place | undefined {
  const root = parseTOML(text).body[0];
  for (let length = path.length; length > 0; length--) {
    const node = findNode(root, path.slice(0, length));
    if (node !== undefined) {
      return { line: node.loc.start.line, column: node.loc.start.column + 1 };
    }
  }
  return undefined;
}

type Node = AST.TOMLContentNode | AST.TOMLTable;

function findNode(
  root: AST.TOMLTopLevelTable,
  path: DecodePath,
): Node | undefined {
  for (const entry of root.body) {
    const below = entry.type === "TOMLTable"
      ? findInTable(entry, path)
      : findInPair(entry, path);
    if (below !== undefined) return below;
  }
  return undefined;
}

function findInTable(
  table: AST.TOMLTable,
  path: DecodePath,
): Node | undefined {
  const rest = pathAfter(path, table.resolvedKey);
  if (rest === undefined) {
    // The header of a table below names this one too: `[a.b]` is where `a` is.
    return startsWith(table.resolvedKey, path) ? table : undefined;
  }
  if (rest.length === 0) return table;
  for (const pair of table.body) {
    const below = findInPair(pair, rest);
    if (below !== undefined) return below;
  }
  return undefined;
}

function findInPair(
  pair: AST.TOMLKeyValue,
  path: DecodePath,
): Node | undefined {
  const rest = pathAfter(path, getStaticTOMLValue(pair.key));
  return rest === undefined ? undefined : findInValue(pair.value, rest);
}

function findInValue(
  value: AST.TOMLContentNode,
  path: DecodePath,
): Node | undefined {
  const [key] = path;
  if (key === undefined) return value;
  if (value.type === "TOMLArray") {
    const element = value.elements[Number(key)];
    return element === undefined
      ? undefined
      : findInValue(element, path.slice(1));
  }
  if (value.type !== "TOMLInlineTable") return undefined;
  for (const pair of value.body) {
    const below = findInPair(pair, path);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** What is left of the path below the key; undefined when it does not lead there. */
function pathAfter(
  path: DecodePath,
  key: readonly (string | number)[],
): DecodePath | undefined {
  return startsWith(path, key) ? path.slice(key.length) : undefined;
}

function startsWith(path: DecodePath, start: DecodePath): boolean {
  return path.length >= start.length &&
    start.every((key, index) => String(key) === String(path[index]));
}
