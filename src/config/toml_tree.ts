/**
 * Where keys and tables of a TOML document stand in its text, for those who change
 * it: pairs, sections and their ranges. Nothing here makes new text.
 */
import { type AST, getStaticTOMLValue } from "toml-eslint-parser";

export type Pair = AST.TOMLKeyValue;
export type Section = AST.TOMLTopLevelTable | AST.TOMLTable;
/** Keys, and places in arrays of tables. */
export type TreePath = readonly (string | number)[];

export function findPair(
  root: AST.TOMLTopLevelTable,
  path: TreePath,
): Pair | undefined {
  return pairsBelow(root, path).find((pair) =>
    pairPath(pair).length === path.length
  );
}

/** Pairs at the path or below it, outermost only. */
export function pairsBelow(
  root: AST.TOMLTopLevelTable,
  path: TreePath,
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

function isAt(table: AST.TOMLTable, path: TreePath): boolean {
  return table.resolvedKey.length < path.length;
}

function isInRemovedSection(pair: Pair, path: TreePath): boolean {
  const parent = pair.parent;
  return parent.type === "TOMLTable" && startsWith(parent.resolvedKey, path);
}

/** A pair like `a.b = 1` that makes `a` a table without a header of its own. */
export function findDotted(
  root: AST.TOMLTopLevelTable,
  parent: TreePath,
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

export function findSection(
  root: AST.TOMLTopLevelTable,
  path: TreePath,
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

export function pairsOf(section: Section): readonly Pair[] {
  const nodes: readonly (Pair | AST.TOMLTable)[] = section.body;
  return nodes.filter((node) => node.type === "TOMLKeyValue");
}

export function sectionPath(section: Section): TreePath {
  return section.type === "TOMLTable" ? section.resolvedKey : [];
}

/** The pair's whole path, from the root of the document. */
function pairPath(pair: Pair): TreePath {
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
export function headerEnd(text: string, table: AST.TOMLTable): number {
  return text.indexOf("]", table.key.range[1]) + 1;
}

export function startsWith(
  path: TreePath,
  start: TreePath,
): boolean {
  return path.length >= start.length &&
    start.every((key, index) => key === path[index]);
}
