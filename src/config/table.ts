/**
 * TOML tables as plain values. Tables made here have no prototype, so a key named
 * `__proto__` or `constructor` is a key like any other.
 */
import type { RawTable } from "./config.ts";

/** True for a table; false for arrays, dates and scalars. */
export function isTable(value: unknown): value is RawTable {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date);
}

/** `high` laid over `low`: tables merge key by key, everything else replaces. */
export function mergeTables(low: RawTable, high: RawTable): RawTable {
  const merged: Record<string, unknown> = Object.assign(
    Object.create(null),
    low,
  );
  for (const [key, value] of Object.entries(high)) {
    const below = merged[key];
    merged[key] = isTable(below) && isTable(value)
      ? mergeTables(below, value)
      : value;
  }
  return merged;
}

/** The value at a path of keys and indices, or undefined. */
export function valueAt(
  value: unknown,
  path: readonly (string | number)[],
): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isTable(current) && Object.hasOwn(current, key)) {
      current = current[key];
    } else return undefined;
  }
  return current;
}

/** A copy with the value at the path, tables made on the way; what is no table yields. */
export function withValueAt(
  table: RawTable,
  path: readonly string[],
  value: unknown,
): RawTable {
  const [key, ...rest] = path;
  if (key === undefined) return table;
  const copy: Record<string, unknown> = Object.assign(
    Object.create(null),
    table,
  );
  const below = copy[key];
  copy[key] = rest.length === 0
    ? value
    : withValueAt(isTable(below) ? below : {}, rest, value);
  return copy;
}
