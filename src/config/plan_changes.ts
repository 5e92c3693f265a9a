/**
 * From what a client wants config.toml to say to the edits that make it say so. What
 * is there already is left alone, so that comments and order survive. Pure.
 */
import {
  type ConfigChange,
  ConfigWriteError,
} from "@/protocol/config_write.ts";
import type { RawTable } from "./config.ts";
import { type Edit, type EditTable, type EditValue, isSame } from "./edit.ts";
import { isTable, valueAt } from "./table.ts";

/** @throws ConfigWriteError */
export function planChange(
  table: RawTable,
  { keyPath, value, mergeStrategy }: ConfigChange,
): readonly Edit[] {
  const path = parseKeyPath(keyPath);
  const current = valueAt(table, path);
  if (value === null) {
    return current === undefined ? [] : [{ kind: "remove", path }];
  }
  requireTables(table, path);
  return editsFor(current, path, editValue(value), mergeStrategy);
}

const KEY_PART = /"(?:[^"\\]|\\.)*"|'[^']*'|[^."']+/y;

/**
 * The keys of a dotted path; a quoted one may hold dots.
 *
 * @throws ConfigWriteError
 */
export function parseKeyPath(text: string): readonly string[] {
  if (text === "") throw invalid("keyPath must not be empty");
  const keys: string[] = [];
  for (let at = 0; at <= text.length; at++) {
    KEY_PART.lastIndex = at;
    const part = KEY_PART.exec(text)?.[0] ?? "";
    at += part.length;
    const key = unquoted(part);
    if (key === undefined || (at < text.length && text[at] !== ".")) {
      throw invalid(
        `Cannot read keyPath "${text}": it must be keys with dots between them, those with dots or quotes in them quoted`,
      );
    }
    keys.push(key);
  }
  return keys;
}

function unquoted(part: string): string | undefined {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (!part.startsWith('"')) return part === "" ? undefined : part;
  try {
    return String(JSON.parse(part));
  } catch {
    // An escape that is none.
    return undefined;
  }
}

function requireTables(table: RawTable, path: readonly string[]): void {
  for (let length = 1; length < path.length; length++) {
    const above = valueAt(table, path.slice(0, length));
    if (above === undefined) return;
    if (!isTable(above)) throw invalid("cannot set value on non-table parent");
  }
}

/** JSON's null is nothing TOML has, nor are whole numbers a double cannot hold. */
function editValue(value: unknown): EditValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
      throw invalid(`invalid value: ${value} is too large to be kept exactly`);
  }
  if (Array.isArray(value)) return value.map(editValue);
  if (!isTable(value)) {
    throw invalid(
      "invalid value: invalid type: null, expected any valid TOML value",
    );
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, editValue(inner)]),
  );
}

function editsFor(
  current: unknown,
  path: readonly string[],
  value: EditValue,
  merge: ConfigChange["mergeStrategy"],
): readonly Edit[] {
  if (current !== undefined && isSame(current, value)) return [];
  if (!isEditTable(value)) {
    // What may stand under a header of its own has no one place to be replaced in.
    const isHeaded = isTable(current) ||
      (Array.isArray(current) && current.some(isTable));
    return [
      ...(isHeaded ? [{ kind: "remove", path } as const] : []),
      { kind: "set", path, value },
    ];
  }
  if (!isTable(current)) {
    return [
      ...(current === undefined ? [] : [{ kind: "remove", path } as const]),
      ...newTable(path, value),
    ];
  }
  // Without a header of its own, a table is gone with the last that was in it.
  if (merge === "replace" && Object.keys(value).length === 0) {
    return [{ kind: "remove", path }, { kind: "addTable", path, values: {} }];
  }
  const gone = merge === "upsert"
    ? []
    : Object.keys(current).filter((key) => !Object.hasOwn(value, key));
  return [
    ...gone.map((key): Edit => ({ kind: "remove", path: [...path, key] })),
    ...Object.entries(value).flatMap(([key, inner]) =>
      editsFor(
        Object.hasOwn(current, key) ? current[key] : undefined,
        [...path, key],
        inner,
        merge,
      )
    ),
  ];
}

/** The tables inside a new one get headers of their own, as people write them. */
function newTable(path: readonly string[], value: EditTable): readonly Edit[] {
  const entries = Object.entries(value);
  const plain = entries.filter(([, inner]) => !isEditTable(inner));
  const tables = entries.flatMap(([key, inner]) =>
    isEditTable(inner) ? newTable([...path, key], inner) : []
  );
  if (plain.length === 0 && tables.length > 0) return tables;
  const values = Object.fromEntries(plain);
  return [{ kind: "addTable", path, values }, ...tables];
}

function isEditTable(value: EditValue): value is EditTable {
  return typeof value === "object" && !Array.isArray(value);
}

function invalid(message: string): ConfigWriteError {
  return new ConfigWriteError("configValidationError", message);
}
