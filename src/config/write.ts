/**
 * Writes the user's config.toml for clients: the version they saw, what they want
 * changed, one replacement of the file, and what holds afterwards.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import {
  type ConfigChange,
  type ConfigWrite,
  ConfigWriteError,
} from "@/protocol/config_write.ts";
import { CodexError } from "@/protocol/errors.ts";
import type {
  ConfigWriteResponse,
  OverriddenMetadata,
} from "@/protocol/rpc/config.ts";
import { checkTable } from "./check.ts";
import type { ConfigLayer, RawTable } from "./config.ts";
import { changeConfig, editToml, isSame } from "./edit.ts";
import { keyName } from "./explain.ts";
import { mergeLayers } from "./layers.ts";
import { withAbsolutePaths } from "./path_keys.ts";
import { parseKeyPath, planChange } from "./plan_changes.ts";
import { ConfigProblem } from "./problem.ts";
import { metadataOf, versionOf } from "./report.ts";
import { valueAt } from "./table.ts";
import { parseToml } from "./toml.ts";

export interface WritePorts {
  readonly files: FileSystem;
  readonly codexHome: string;
  readonly homeDirectory: string | undefined;
  /** Every layer but the projects', low to high, as they are now. */
  layers(): Promise<readonly ConfigLayer[]>;
}

/** @throws ConfigWriteError, ConfigError for a file that is not TOML */
export async function writeConfig(
  ports: WritePorts,
  { changes, expectedVersion, filePath }: ConfigWrite,
): Promise<ConfigWriteResponse> {
  const file = resolvePath(ports.codexHome, "config.toml");
  if (filePath !== undefined) await requireUserFile(ports, filePath, file);
  const others = (await ports.layers()).filter(({ kind }) => kind !== "user");
  const tableOf = (text: string): RawTable =>
    withAbsolutePaths(
      parseToml(text, file),
      directoryOf(file),
      ports.homeDirectory,
    );
  let table: RawTable = {};
  await change(ports, async (before, path) => {
    const seen = await versionOf(tableOf(before));
    if (expectedVersion !== undefined && expectedVersion !== seen) {
      throw new ConfigWriteError(
        "configVersionConflict",
        "Configuration was modified since last read. Fetch latest version and retry.",
      );
    }
    const after = changes.reduce(
      (text, one) =>
        editToml(text, planChange(parseToml(text, path), one), path),
      before,
    );
    table = tableOf(after);
    requireValid(table);
    requireValid(mergeLayers(withUser(others, table)));
    return after;
  });
  const overridden = await overriddenBy(withUser(others, table), changes);
  return {
    status: overridden === undefined ? "ok" : "okOverridden",
    version: await versionOf(table),
    filePath: file,
    overriddenMetadata: overridden ?? null,
  };
}

/** Files that cannot be used are told as such; everything else passes. */
async function change(
  { files, codexHome }: WritePorts,
  act: (text: string, path: string) => Promise<string>,
): Promise<void> {
  try {
    await changeConfig(files, codexHome, act);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CodexError(
      "storage",
      `Cannot change ${error.path}: ${error.osText}; nothing was written`,
      { cause: error },
    );
  }
}

async function requireUserFile(
  { files, codexHome }: WritePorts,
  named: string,
  file: string,
): Promise<void> {
  const path = resolvePath(codexHome, named);
  if (path === file) return;
  const [one, other] = await Promise.all([
    files.realPath(path),
    files.realPath(file),
  ]);
  if (one !== undefined && one === other) return;
  throw new ConfigWriteError(
    "configLayerReadonly",
    "Only writes to the user config are allowed",
  );
}

function requireValid(table: RawTable): void {
  try {
    checkTable(table);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new ConfigWriteError(
      "configValidationError",
      `Invalid configuration: ${error.message}\nin \`${keyName(error.path)}\``,
    );
  }
}

/** The layers with the user's put where it stands: above the system's alone. */
function withUser(
  others: readonly ConfigLayer[],
  table: RawTable,
): readonly ConfigLayer[] {
  const isBelow = ({ kind }: ConfigLayer) => kind === "system";
  return [
    ...others.filter(isBelow),
    { kind: "user", table },
    ...others.filter((layer) => !isBelow(layer)),
  ];
}

/** The first change that does not hold, because a layer above says otherwise. */
async function overriddenBy(
  layers: readonly ConfigLayer[],
  changes: readonly ConfigChange[],
): Promise<OverriddenMetadata | undefined> {
  const user = layers.find(({ kind }) => kind === "user")?.table;
  const merged = mergeLayers(layers);
  for (const { keyPath } of changes) {
    const path = parseKeyPath(keyPath);
    const effective = valueAt(merged, path);
    if (isSame(valueAt(user, path), effective)) continue;
    const layer = layers.findLast(({ table }) =>
      valueAt(table, path) !== undefined
    );
    const message = layer && OVERRIDES[layer.kind];
    if (layer === undefined || message === undefined) continue;
    return {
      message,
      overridingLayer: await metadataOf(layer),
      effectiveValue: effective,
    };
  }
  return undefined;
}

/** What stands below the user's file overrides nothing. */
const OVERRIDES: { readonly [K in ConfigLayer["kind"]]?: string } = {
  session: "Overridden by session flags",
  managed: "Overridden by legacy managed_config.toml",
};
