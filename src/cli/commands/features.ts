/** `codex features`: lists the switches and writes them to config.toml. */
import { findCodexHome } from "@/config/codex_home.ts";
import type { Edit } from "@/config/edit.ts";
import { type Feature, FEATURES, findFeature } from "@/config/features.ts";
import { loadConfig } from "@/config/load.ts";
import { requireFeature } from "@/config/overrides.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { configOptions } from "../config_options.ts";
import { flagValue, type ParsedCommand, positional } from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  switch (parsed.command.at(-1)) {
    case "enable":
      await enable(parsed, platform);
      break;
    case "disable":
      await disable(parsed, platform);
      break;
    default:
      await list(parsed, platform);
  }
  return 0;
}

async function list(parsed: ParsedCommand, platform: Platform): Promise<void> {
  const { features } = await loadConfig(configOptions(parsed, platform));
  const nameWidth = Math.max(...FEATURES.map(({ name }) => name.length));
  const stageWidth = Math.max(...FEATURES.map(({ stage }) => stage.length));
  const lines = FEATURES.map(({ name, stage }) =>
    `${name.padEnd(nameWidth)}  ${stage.padEnd(stageWidth)}  ${
      features[name]
    }\n`
  );
  platform.terminal.writeOut(lines.join(""));
}

async function enable(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<void> {
  const { name, feature, path } = target(parsed);
  await editFile(platform, { kind: "set", path, value: true });
  platform.terminal.writeOut(`Enabled feature \`${name}\` in config.toml.\n`);
  if (feature.stage !== "under development") return;
  const { codexHome, suppressUnstableFeaturesWarning } = await loadConfig(
    configOptions(parsed, platform),
  );
  if (suppressUnstableFeaturesWarning) return;
  platform.terminal.writeErr(
    `Under-development features enabled: ${name}. Under-development features ` +
      "are incomplete and may behave unpredictably. To suppress this warning, " +
      "set `suppress_unstable_features_warning = true` in " +
      `${resolvePath(codexHome, "config.toml")}.\n`,
  );
}

async function disable(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<void> {
  const { name, feature, path } = target(parsed);
  const isProfile = flagValue(parsed, "profile") !== undefined;
  await editFile(
    platform,
    feature.enabledByDefault || isProfile
      ? { kind: "set", path, value: false }
      : { kind: "remove", path },
  );
  platform.terminal.writeOut(`Disabled feature \`${name}\` in config.toml.\n`);
}

interface Target {
  /** As the user typed it. */
  readonly name: string;
  readonly feature: Feature;
  readonly path: readonly string[];
}

function target(parsed: ParsedCommand): Target {
  const name = positional(parsed, "FEATURE") ?? "";
  requireFeature(name);
  const feature = findFeature(name);
  if (feature === undefined) throw new Error(`Feature ${name} vanished`);
  const profile = flagValue(parsed, "profile");
  const table = profile === undefined ? [] : ["profiles", profile];
  return { name, feature, path: [...table, "features", feature.name] };
}

async function editFile(platform: Platform, edit: Edit): Promise<void> {
  // The editor brings a parser that listing does not need.
  const { editConfig } = await import("@/config/edit.ts");
  await editConfig(platform.files, await findCodexHome(platform), [edit]);
}
