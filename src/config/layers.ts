/**
 * Finds and reads the layers, low to high: system, user, project files from the
 * project root down to the working directory, session flags. A project's files count
 * only when the user trusts it; others are listed, unread, with the reason.
 */
import * as v from "valibot";
import { FileError, type Platform } from "@/platform/platform.ts";
import { directoryOf, isWithin, resolvePath } from "@/platform/paths.ts";
import { decode } from "@/protocol/decode.ts";
import type { ConfigLayer, RawTable, TrustLevel } from "./config.ts";
import { explainProblem } from "./explain.ts";
import { withAbsolutePaths } from "./path_keys.ts";
import { ConfigError, ConfigProblem } from "./problem.ts";
import {
  ancestorsOf,
  DEFAULT_ROOT_MARKERS,
  findProjectRoot,
  mainRepositoryRoot,
  trustOf,
} from "./project.ts";
import { ConfigToml } from "./schema.ts";
import { mergeTables } from "./table.ts";
import { parseToml } from "./toml.ts";

const SYSTEM_CONFIG_PATH = "/etc/codex/config.toml";

export interface LayerRequest {
  readonly platform: Pick<Platform, "files" | "host">;
  readonly cwd: string;
  readonly codexHome: string;
  /** The session flags' layer. */
  readonly session: RawTable;
  readonly ignoreUserConfig: boolean;
}

export interface Layers {
  /** Low to high, disabled ones included. */
  readonly layers: readonly ConfigLayer[];
  readonly projectRoot: string;
  readonly trustLevel?: TrustLevel;
}

/** Reads every layer that applies to the working directory. @throws ConfigError */
export async function readLayers(request: LayerRequest): Promise<Layers> {
  const { platform: { files, host }, cwd, codexHome } = request;
  const userPath = resolvePath(codexHome, "config.toml");
  const [system, user, gitRoot] = await Promise.all([
    readLayer(request, "system", SYSTEM_CONFIG_PATH),
    request.ignoreUserConfig
      ? { kind: "user", path: userPath, table: {} } as const
      : readLayer(request, "user", userPath),
    findProjectRoot(files, cwd, DEFAULT_ROOT_MARKERS),
  ]);
  const session: ConfigLayer = {
    kind: "session",
    table: withAbsolutePaths(request.session, cwd, host.homeDirectory),
  };
  const fixed = [system, user, session].filter((layer) => layer !== undefined);
  const { projects, project_root_markers: markers } = await trustSettings(
    files,
    fixed,
  );
  const projectRoot = markers === undefined
    ? gitRoot ?? cwd
    : await findProjectRoot(files, cwd, markers) ?? cwd;
  const repository = gitRoot === undefined
    ? []
    : [gitRoot, await mainRepositoryRoot(files, gitRoot)];
  const trust = (directory: string) =>
    trustOf(projects, [directory, projectRoot, ...repository]);
  const project = await projectLayers(request, projectRoot, trust);
  const trustLevel = trust(cwd);
  return {
    layers: [system, user, ...project, session]
      .filter((layer) => layer !== undefined),
    projectRoot,
    ...(trustLevel === undefined ? {} : { trustLevel }),
  };
}

/** The keys that decide which project files count; project files have no say in them. */
const TrustSettings = v.object({
  projects: ConfigToml.entries.projects,
  project_root_markers: ConfigToml.entries.project_root_markers,
});

async function trustSettings(
  files: Platform["files"],
  layers: readonly ConfigLayer[],
): Promise<v.InferOutput<typeof TrustSettings>> {
  const decoded = decode(TrustSettings, mergeLayers(layers));
  if (decoded.ok) return decoded.value;
  throw await explainProblem(
    files,
    layers,
    new ConfigProblem(decoded.path, decoded.message, { isLoadFailure: true }),
  );
}

/** The enabled layers, merged. */
export function mergeLayers(layers: readonly ConfigLayer[]): RawTable {
  return layers
    .filter((layer) => layer.disabledReason === undefined)
    .reduce<RawTable>((low, { table }) => mergeTables(low, table), {});
}

async function projectLayers(
  request: LayerRequest,
  projectRoot: string,
  trust: (directory: string) => TrustLevel | undefined,
): Promise<readonly ConfigLayer[]> {
  const directories = ancestorsOf(request.cwd)
    .filter((directory) => isWithin(directory, projectRoot))
    .toReversed();
  const layers = await Promise.all(directories.map((directory) => {
    const folder = resolvePath(directory, ".codex");
    if (folder === request.codexHome) return undefined;
    const path = resolvePath(folder, "config.toml");
    return trust(directory) === "trusted"
      ? readLayer(request, "project", path)
      : disabledLayer(request, path, trust(directory));
  }));
  return layers.filter((layer) => layer !== undefined);
}

async function disabledLayer(
  request: LayerRequest,
  path: string,
  trust: TrustLevel | undefined,
): Promise<ConfigLayer | undefined> {
  if (await request.platform.files.stat(path) === undefined) return undefined;
  const disabledReason = trust === "untrusted"
    ? "this project is marked as untrusted"
    : "this project is not marked as trusted";
  return { kind: "project", path, table: {}, disabledReason };
}

async function readLayer(
  request: LayerRequest,
  kind: ConfigLayer["kind"],
  path: string,
): Promise<ConfigLayer | undefined> {
  const text = await readConfigFile(request.platform, path);
  if (text === undefined) return undefined;
  const table = withAbsolutePaths(
    parseToml(text, path),
    directoryOf(path),
    request.platform.host.homeDirectory,
  );
  return { kind, path, table };
}

async function readConfigFile(
  platform: LayerRequest["platform"],
  path: string,
): Promise<string | undefined> {
  try {
    return await platform.files.readTextIfExists(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ConfigError(
      "Error loading config.toml: ",
      `Failed to read config file ${path}: ${error.osText}`,
      { cause: error },
    );
  }
}
