/**
 * Finds and reads the layers, low to high: system, user, project files from the
 * project root down to the working directory, session flags, managed. A project's
 * files count only when the user trusts it; others are listed, unread, with the
 * reason.
 */
import * as v from "valibot";
import { FileError, type Platform } from "@/platform/platform.ts";
import { directoryOf, isWithin, resolvePath } from "@/platform/paths.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
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

/** Where an administrator's files are. */
export const SYSTEM_DIRECTORY = "/etc/codex";

export interface LayerRequest {
  readonly platform: Pick<Platform, "files" | "host">;
  readonly cwd: string;
  readonly codexHome: string;
  /** The session flags' layer. */
  readonly session: RawTable;
  readonly ignoreUserConfig: boolean;
  readonly systemDirectory: string;
}

export interface Layers {
  /** Low to high, disabled ones included. */
  readonly layers: readonly ConfigLayer[];
  readonly projectRoot: string;
  /** The `.codex` directories of the project the user trusts, low to high. */
  readonly trustedFolders: readonly string[];
  readonly trustLevel?: TrustLevel;
}

/** Reads every layer that applies to the working directory. @throws ConfigError */
export async function readLayers(request: LayerRequest): Promise<Layers> {
  const { platform: { files, host }, cwd } = request;
  const [system, user, managed, gitRoot] = await Promise.all([
    readLayer(request, "system", systemPath(request, "config.toml")),
    readUserLayer(request),
    readLayer(request, "managed", systemPath(request, "managed_config.toml")),
    findProjectRoot(files, cwd, DEFAULT_ROOT_MARKERS),
    refuseRequirements(request),
  ]);
  const session: ConfigLayer = {
    kind: "session",
    table: withAbsolutePaths(request.session, cwd, host.homeDirectory),
  };
  const settings = await trustSettings(
    files,
    present([system, user, session, managed]),
  );
  const project = await findProject(request, settings, gitRoot);
  const projectFiles = await projectLayers(request, project);
  const trustLevel = project.trustOf(cwd);
  return {
    layers: present([system, user, ...projectFiles, session, managed]),
    projectRoot: project.root,
    trustedFolders: projectFolders(request, project)
      .filter(({ trust }) => trust === "trusted")
      .map(({ folder }) => folder),
    ...(trustLevel === undefined ? {} : { trustLevel }),
  };
}

function present(
  layers: readonly (ConfigLayer | undefined)[],
): readonly ConfigLayer[] {
  return layers.filter((layer) => layer !== undefined);
}

function systemPath({ systemDirectory }: LayerRequest, name: string): string {
  return resolvePath(systemDirectory, name);
}

/** Limits an administrator set must hold, so a version that cannot does not run. */
async function refuseRequirements(request: LayerRequest): Promise<void> {
  const path = systemPath(request, "requirements.toml");
  if (await request.platform.files.stat(path) === undefined) return;
  throw new CodexError(
    "unsupported",
    `Cannot enforce ${path}: managed requirements are not available in this ` +
      "version, so it does not run where they are set",
  );
}

function readUserLayer(
  request: LayerRequest,
): Promise<ConfigLayer | undefined> {
  const path = resolvePath(request.codexHome, "config.toml");
  return request.ignoreUserConfig
    ? Promise.resolve({ kind: "user", path, table: {} })
    : readLayer(request, "user", path);
}

interface Project {
  readonly root: string;
  readonly trustOf: (directory: string) => TrustLevel | undefined;
}

async function findProject(
  { platform: { files }, cwd }: LayerRequest,
  settings: TrustSettings,
  gitRoot: string | undefined,
): Promise<Project> {
  const { projects, project_root_markers: markers } = settings;
  const root = markers === undefined
    ? gitRoot ?? cwd
    : await findProjectRoot(files, cwd, markers) ?? cwd;
  const repository = gitRoot === undefined || projects === undefined
    ? []
    : [gitRoot, await mainRepositoryRoot(files, gitRoot)];
  return {
    root,
    trustOf: (directory) => trustOf(projects, [directory, root, ...repository]),
  };
}

/** The keys that decide which project files count; project files have no say in them. */
const TrustSettings = v.object({
  projects: ConfigToml.entries.projects,
  project_root_markers: ConfigToml.entries.project_root_markers,
});
type TrustSettings = v.InferOutput<typeof TrustSettings>;

async function trustSettings(
  files: Platform["files"],
  layers: readonly ConfigLayer[],
): Promise<TrustSettings> {
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

/** A `.codex` directory that may hold files of the project, present or not. */
interface ProjectFolder {
  readonly folder: string;
  readonly trust: TrustLevel | undefined;
}

function projectFolders(
  request: LayerRequest,
  { root, trustOf }: Project,
): readonly ProjectFolder[] {
  return ancestorsOf(request.cwd)
    .filter((directory) => isWithin(directory, root))
    .toReversed()
    .map((directory) => ({
      folder: resolvePath(directory, ".codex"),
      trust: trustOf(directory),
    }))
    .filter(({ folder }) => folder !== request.codexHome);
}

async function projectLayers(
  request: LayerRequest,
  project: Project,
): Promise<readonly ConfigLayer[]> {
  const folders = projectFolders(request, project);
  const layers = await Promise.all(folders.map(({ folder, trust }) => {
    const path = resolvePath(folder, "config.toml");
    return trust === "trusted"
      ? readLayer(request, "project", path)
      : disabledLayer(request, path, trust);
  }));
  return present(layers);
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
