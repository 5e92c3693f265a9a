/** The configuration as clients are told of it: what holds, and which file says so. */
import type {
  Config as WireConfig,
  ConfigLayer as WireLayer,
  ConfigLayerMetadata,
  ConfigLayerSource,
} from "@/protocol/rpc/config.ts";
import { Config as WireConfigSchema } from "@/protocol/rpc/config.ts";
import { directoryOf } from "@/platform/paths.ts";
import type { ConfigLayer, RawTable } from "./config.ts";
import { SYSTEM_DIRECTORY } from "./layers.ts";
import { isTable, mergeTables, valueAt } from "./table.ts";

export interface ConfigReport {
  readonly config: WireConfig;
  /** Each key's path, dotted, to the layer whose value holds. */
  readonly origins: Record<string, ConfigLayerMetadata>;
  /** High to low. */
  readonly layers: WireLayer[];
}

interface Row {
  readonly table: RawTable;
  readonly wire: WireLayer;
}

/** @param layers low to high */
export async function reportConfig(
  layers: readonly ConfigLayer[],
): Promise<ConfigReport> {
  const rows = await Promise.all(withSystem(layers).toReversed().map(rowOf));
  const counting = rows.filter(({ wire }) => wire.disabledReason == null);
  const merged = counting.reduceRight<RawTable>(
    (low, { table }) => mergeTables(low, table),
    {},
  );
  const origins = leavesOf(merged, []).flatMap((path) => {
    const row = counting.find(({ table }) =>
      valueAt(table, path) !== undefined
    );
    return row === undefined ? [] : [[
      path.join("."),
      { name: row.wire.name, version: row.wire.version },
    ]];
  });
  return {
    config: withNulls(merged),
    origins: Object.fromEntries(origins),
    layers: rows.map(({ wire }) => wire),
  };
}

/** Clients expect the administrator's file, even where there is none. */
function withSystem(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
  return layers.some(({ kind }) => kind === "system") ? layers : [
    { kind: "system", path: `${SYSTEM_DIRECTORY}/config.toml`, table: {} },
    ...layers,
  ];
}

/** How a layer is named, and which content of it was seen. */
export async function metadataOf(
  layer: ConfigLayer,
): Promise<ConfigLayerMetadata> {
  return { name: sourceOf(layer), version: await versionOf(layer.table) };
}

async function rowOf(layer: ConfigLayer): Promise<Row> {
  const { table, disabledReason } = layer;
  return {
    table,
    wire: {
      ...await metadataOf(layer),
      config: plain(table),
      ...(disabledReason === undefined ? {} : { disabledReason }),
    },
  };
}

function sourceOf({ kind, path = "" }: ConfigLayer): ConfigLayerSource {
  switch (kind) {
    case "system":
    case "user":
      return { type: kind, file: path };
    case "project":
      return { type: kind, dotCodexFolder: directoryOf(path) };
    case "session":
      return { type: "sessionFlags" };
    case "managed":
      return { type: "legacyManagedConfigTomlFromFile", file: path };
  }
}

/** The same for the same values, however they are written; the reference's, too. */
export async function versionOf(table: RawTable): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(plain(table)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0"));
  return `sha256:${hex.join("")}`;
}

/** As JSON has it, the keys of every table sorted. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return Number(value);
  if (!isTable(value)) return value;
  const entries = Object.entries(value)
    .toSorted(([left], [right]) => left < right ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

function leavesOf(
  value: unknown,
  path: readonly string[],
): readonly (readonly string[])[] {
  if (!isTable(value) && !Array.isArray(value)) return [path];
  return Object.entries(value)
    .flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** Every key the protocol declares is there; what nobody set is null. */
function withNulls(merged: RawTable): WireConfig {
  const declared = Object.keys(WireConfigSchema.entries)
    .filter((key) => key !== "profiles")
    .map((key) => [key, null]);
  // The files were checked against the schema before; the protocol adds nothing to it.
  return {
    ...Object.fromEntries(declared),
    ...plain(merged) as RawTable,
  } as WireConfig;
}
