/**
 * Keys that hold paths. A path in a file is relative to the file's folder, one in a
 * flag to the working directory; both become absolute before layers are merged,
 * because afterwards nobody knows where a value came from.
 */
import { resolvePath } from "@/platform/paths.ts";
import type { RawTable } from "./config.ts";
import { isTable } from "./table.ts";

const PROFILE_PATH_KEYS = [
  "model_instructions_file",
  "model_catalog_json",
  "experimental_compact_prompt_file",
  "zsh_path",
];

/** `*` stands for every key of a table or element of an array. */
const PATH_KEYS: readonly (readonly string[])[] = [
  ...PROFILE_PATH_KEYS,
  ...PROFILE_PATH_KEYS.map((key) => `profiles.*.${key}`),
  "log_dir",
  "sqlite_home",
  "sandbox_workspace_write.writable_roots.*",
  "agents.*.config_file",
  "skills.config.*.path",
  "model_providers.*.auth.cwd",
].map((key) => key.split("."));

/** A copy of the table in which every path is absolute. */
export function withAbsolutePaths(
  table: RawTable,
  base: string,
  homeDirectory: string | undefined,
): RawTable {
  let result: unknown = table;
  for (const pattern of PATH_KEYS) {
    result = mapValues(
      result,
      pattern,
      (path) => absolutePath(path, base, homeDirectory),
    );
  }
  // A table goes in, so a table comes out.
  return result as RawTable;
}

/** `~` is the home directory; anything else is relative to the base. */
export function absolutePath(
  path: string,
  base: string,
  homeDirectory: string | undefined,
): string {
  if (homeDirectory !== undefined && /^~(\/|$)/.test(path)) {
    return resolvePath(homeDirectory, path.slice(2) || ".");
  }
  return resolvePath(base, path);
}

function mapValues(
  value: unknown,
  pattern: readonly string[],
  change: (text: string) => string,
): unknown {
  const [key, ...rest] = pattern;
  if (key === undefined) {
    return typeof value === "string" ? change(value) : value;
  }
  if (key === "*" && Array.isArray(value)) {
    return value.map((element) => mapValues(element, rest, change));
  }
  if (!isTable(value)) return value;
  const keys = key === "*" ? Object.keys(value) : [key];
  return mapKeys(value, keys, (below) => mapValues(below, rest, change));
}

function mapKeys(
  table: RawTable,
  keys: readonly string[],
  change: (value: unknown) => unknown,
): RawTable {
  const present = keys.filter((key) => Object.hasOwn(table, key));
  if (present.length === 0) return table;
  const copy: Record<string, unknown> = Object.assign(
    Object.create(null),
    table,
  );
  for (const key of present) copy[key] = change(copy[key]);
  return copy;
}
