/**
 * Loading: home, working directory and layers in, `Config` out. Nothing is written.
 * Every error about a key names the file, line and column it came from.
 */
import { FileError, type Platform } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import { findCodexHome } from "./codex_home.ts";
import type { Config, ConfigLayer, RawTable } from "./config.ts";
import { explainProblem } from "./explain.ts";
import { mergeLayers, readLayers, SYSTEM_DIRECTORY } from "./layers.ts";
import { type SessionFlags, sessionLayer } from "./overrides.ts";
import { ConfigProblem } from "./problem.ts";
import {
  type DedicatedFlags,
  type Effective,
  type InstructionFiles,
  resolveSettings,
  withProfile,
} from "./resolve.ts";
import { ConfigToml } from "./schema.ts";

export interface LoadOptions {
  readonly platform: Pick<Platform, "files" | "env" | "host">;
  /** As typed; relative to the process's directory. */
  readonly cwd?: string | undefined;
  readonly session: SessionFlags;
  readonly profile?: string | undefined;
  readonly ignoreUserConfig?: boolean | undefined;
  readonly flags?: DedicatedFlags | undefined;
  /** What features are where nobody says otherwise; the table's own word if absent. */
  readonly featureDefaults?: Readonly<Record<string, boolean>> | undefined;
  /** Where an administrator's files are, when not in the usual place. */
  readonly systemDirectory?: string | undefined;
}

/**
 * Reads and resolves the whole configuration.
 *
 * @throws ConfigError for files, keys and overrides that cannot be used
 * @throws CodexError for settings that make no sense together
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { platform } = options;
  const session = sessionLayer(options.session);
  const [cwd, codexHome] = await Promise.all([
    workingDirectory(options),
    findCodexHome(platform),
  ]);
  const read = await readLayers({
    platform,
    cwd,
    codexHome,
    session,
    ignoreUserConfig: options.ignoreUserConfig ?? false,
    systemDirectory: options.systemDirectory ?? SYSTEM_DIRECTORY,
  });
  const { layers, projectRoot, trustedFolders, trustLevel } = read;
  try {
    const raw = mergeLayers(layers);
    const toml = withDefaults(
      withProfile(decodeConfig(raw), options.profile),
      options.featureDefaults,
    );
    const settings = resolveSettings({
      toml,
      raw,
      flags: absoluteFlags(options.flags ?? {}, cwd),
      codexHome,
      cwd,
      trustLevel,
      env: (name) => platform.env.get(name),
    });
    const files = await readInstructionFiles(platform, toml);
    const warnings = [...settings.warnings, ...layerWarnings(layers)];
    return {
      ...settings,
      ...definedFiles(files),
      layers,
      projectRoot,
      trustedFolders,
      warnings,
    };
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw await explainProblem(platform.files, layers, error);
  }
}

function decodeConfig(raw: RawTable): ConfigToml {
  const decoded = decode(ConfigToml, raw);
  if (decoded.ok) return decoded.value;
  throw new ConfigProblem(decoded.path, decoded.message, {
    isLoadFailure: true,
  });
}

function withDefaults(
  toml: Effective,
  defaults: LoadOptions["featureDefaults"],
): Effective {
  return defaults === undefined
    ? toml
    : { ...toml, featureTables: [defaults, ...toml.featureTables] };
}

async function workingDirectory(
  { platform, cwd }: LoadOptions,
): Promise<string> {
  if (cwd === undefined) return platform.host.cwd;
  const path = resolvePath(platform.host.cwd, cwd);
  const [info, real] = await Promise.all([
    platform.files.stat(path),
    platform.files.realPath(path),
  ]);
  if (info === undefined || real === undefined) {
    throw new CodexError(
      "invalid_input",
      `No such file or directory (os error 2): ${path}`,
    );
  }
  if (!info.isDirectory) {
    throw new CodexError(
      "invalid_input",
      `Not a directory (os error 20): ${path}`,
    );
  }
  return real;
}

function absoluteFlags(flags: DedicatedFlags, cwd: string): DedicatedFlags {
  const { addDirectories } = flags;
  if (addDirectories === undefined) return flags;
  return {
    ...flags,
    addDirectories: addDirectories.map((path) => resolvePath(cwd, path)),
  };
}

async function readInstructionFiles(
  platform: LoadOptions["platform"],
  toml: Effective,
): Promise<InstructionFiles> {
  const [modelInstructions, compactPrompt] = await Promise.all([
    readPrompt(
      platform,
      "model_instructions_file",
      "model instructions file",
      toml.model_instructions_file,
    ),
    readPrompt(
      platform,
      "experimental_compact_prompt_file",
      "experimental compact prompt file",
      toml.experimental_compact_prompt_file,
    ),
  ]);
  const inline = toml.compact_prompt?.trim();
  return {
    modelInstructions,
    compactPrompt: inline === undefined || inline === ""
      ? compactPrompt
      : inline,
  };
}

async function readPrompt(
  { files }: LoadOptions["platform"],
  key: string,
  what: string,
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const text = (await files.readText(path)).trim();
    if (text !== "") return text;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ConfigProblem(
      [key],
      `failed to read ${what} ${path}: ${error.osText}`,
    );
  }
  throw new ConfigProblem([key], `${what} is empty: ${path}`);
}

function definedFiles(
  { modelInstructions, compactPrompt }: InstructionFiles,
): Pick<Config, "modelInstructions" | "compactPrompt"> {
  return {
    ...(modelInstructions === undefined ? {} : { modelInstructions }),
    ...(compactPrompt === undefined ? {} : { compactPrompt }),
  };
}

function layerWarnings(layers: readonly ConfigLayer[]): readonly string[] {
  return layers
    .filter((layer) => layer.disabledReason !== undefined)
    .map(({ path, disabledReason }) =>
      `Ignoring ${path}: ${disabledReason}; set trust_level = "trusted" in ` +
      "its [projects] entry of the user's config.toml to use it"
    );
}
