/**
 * Session flags as a config layer: `-c key=value`, `--enable`, `--disable`. A value
 * is TOML when it parses as TOML, else the text itself, so that `-c model=o3` needs
 * no quotes within quotes.
 */
import { parse } from "smol-toml";
import { CodexError } from "@/protocol/errors.ts";
import type { RawTable } from "./config.ts";
import { findFeature } from "./features.ts";
import { ConfigError } from "./problem.ts";
import { withValueAt } from "./table.ts";

/** What the command line says about the configuration, as typed. */
export interface SessionFlags {
  /** `key=value`, in order; later ones win. */
  readonly overrides: readonly string[];
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

/**
 * The layer the session flags make.
 *
 * @throws ConfigError for an override that is not `key=value`
 * @throws CodexError for an unknown feature
 */
export function sessionLayer(flags: SessionFlags): RawTable {
  let table: RawTable = {};
  for (const override of flags.overrides) {
    const [path, value] = parseOverride(override);
    table = withValueAt(table, path, value);
  }
  const switches = [
    ...flags.enable.map((name) => [name, true] as const),
    ...flags.disable.map((name) => [name, false] as const),
  ];
  for (const [name, enabled] of switches) {
    requireFeature(name);
    table = withValueAt(table, ["features", name], enabled);
  }
  return table;
}

/** @throws CodexError when no feature has that name */
export function requireFeature(name: string): void {
  if (findFeature(name) !== undefined) return;
  throw new CodexError("invalid_config", `Unknown feature flag: ${name}`);
}

function parseOverride(
  text: string,
): readonly [path: readonly string[], value: unknown] {
  const equals = text.indexOf("=");
  if (equals < 0) {
    throw new ConfigError(
      "Error parsing -c overrides: ",
      `Invalid override (missing '='): ${text}`,
    );
  }
  const key = text.slice(0, equals).trim();
  if (key === "") {
    throw new ConfigError(
      "Error parsing -c overrides: ",
      `Empty key in override: ${text}`,
    );
  }
  return [key.split("."), parseValue(text.slice(equals + 1).trim())];
}

function parseValue(text: string): unknown {
  try {
    const table = parse(`value = ${text}`, { integersAsBigInt: "asNeeded" });
    // More than one key means the text itself held a line break and an assignment.
    return Object.keys(table).length === 1 ? table["value"] : text;
  } catch {
    // Not TOML: the documented meaning is the text, without quotes around it.
    return text.replace(/^["']+|["']+$/g, "");
  }
}
