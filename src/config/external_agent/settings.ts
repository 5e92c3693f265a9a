/** The other agent's settings.json, as keys of config.toml. Pure. */
import { CodexError } from "@/protocol/errors.ts";
import type { ConfigChange } from "@/protocol/config_write.ts";
import type { RawTable } from "../config.ts";
import { isTable, valueAt } from "../table.ts";

type Key = readonly [path: readonly string[], value: unknown];

/**
 * What the settings say and the configuration does not yet.
 *
 * @param path names the file in errors
 * @throws CodexError when it holds no settings
 */
export function missingSettings(
  text: string,
  path: string,
  config: RawTable,
): readonly ConfigChange[] {
  return keysOf(settingsIn(text, path))
    .filter(([key]) => valueAt(config, key) === undefined)
    .filter(([key]) => hasRoom(config, key))
    .map(([key, value]) => ({
      keyPath: key.map((part) => JSON.stringify(part)).join("."),
      value,
      mergeStrategy: "replace",
    }));
}

function settingsIn(text: string, path: string): RawTable {
  const why = (reason: string) =>
    new CodexError(
      "invalid_config",
      `Cannot read the settings in ${path}: ${reason}; correct or remove the file`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw why("it is not JSON");
  }
  if (!isTable(value)) throw why("it holds no object");
  return value;
}

/** Of all there is to set, what has a meaning here. */
function keysOf(settings: RawTable): readonly Key[] {
  const env = valueAt(settings, ["env"]);
  const variables = isTable(env)
    ? Object.entries(env).flatMap(([name, value]): Key[] =>
      ["string", "number", "boolean"].includes(typeof value)
        ? [[["shell_environment_policy", "set", name], String(value)]]
        : []
    )
    : [];
  const isSandboxed = valueAt(settings, ["sandbox", "enabled"]) === true;
  return [
    ...(isSandboxed ? [[["sandbox_mode"], "workspace-write"] as const] : []),
    ...(variables.length > 0
      ? [[["shell_environment_policy", "inherit"], "core"] as const]
      : []),
    ...variables,
  ];
}

/** False where something that is no table stands in the way. */
function hasRoom(config: RawTable, key: readonly string[]): boolean {
  return key.slice(0, -1).every((_, at) => {
    const above = valueAt(config, key.slice(0, at + 1));
    return above === undefined || isTable(above);
  });
}
