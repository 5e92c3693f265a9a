/**
 * The skills of a thread, as the rest of core sees them. Where there are none but the
 * program's own, which are known, a few directories are looked at and nothing is
 * loaded to read them.
 */
import type { Config } from "@/config/config.ts";
import { SYSTEM_DIRECTORY } from "@/config/layers.ts";
import { directoriesDown } from "@/config/project.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import { bundledSkills, installBundled } from "./skills/bundled.ts";
import type {
  FoundSkills,
  SkillProblem,
  SkillRoot,
} from "./skills/discover.ts";
import { openSkills } from "./skills/opened.ts";
import { type SkillScope, withRules } from "./skills/skill.ts";

/** The skills named in something the user said. */
export interface NamedSkills {
  /** Their instructions, for the model. */
  readonly items: readonly ResponseItem[];
  readonly warnings: readonly string[];
}

export interface ThreadSkills {
  /** What the model is told of them; made once, so that requests keep their prefix. */
  readonly block: string | undefined;
  /** What the user should know of skills that cannot be used; given out once. */
  takeWarnings(): readonly string[];
  named(input: readonly UserInput[]): Promise<NamedSkills>;
}

export interface SkillPorts {
  readonly files: FileSystem;
  readonly config: Config;
  readonly homeDirectory: string | undefined;
  /** Tokens the thread plans with. */
  readonly contextWindow: number;
}

type PlacePorts = Omit<SkillPorts, "contextWindow"> & {
  /** Directories with skills in them, looked at as if they were the user's. */
  readonly extraUserRoots?: readonly string[];
};

/** Undefined when there are no skills. */
export async function loadSkills(
  ports: SkillPorts,
): Promise<ThreadSkills | undefined> {
  const { skills, problems } = await findSkills(ports);
  return skills.length === 0 && problems.length === 0 ? undefined : openSkills(
    ports,
    skills,
    problems.map(({ path, message }) =>
      `Cannot use the skill "${path}": ${message}`
    ),
  );
}

/** All skills that hold where the configuration says, those switched off included. */
export async function findSkills(
  ports: PlacePorts,
): Promise<FoundSkills> {
  const { files, config } = ports;
  const { isBundledEnabled, rules } = config.skills;
  const directory = resolvePath(config.codexHome, "skills/.system");
  const [roots, problem] = await Promise.all([
    presentRoots(ports),
    isBundledEnabled ? tryInstall(files, directory) : undefined,
  ]);
  const own = isBundledEnabled && problem === undefined
    ? bundledSkills(directory)
    : [];
  const found = roots.length === 0
    ? NOTHING_FOUND
    : await import("./skills/discover.ts").then(({ discoverSkills }) =>
      discoverSkills(files, roots)
    );
  return {
    skills: withRules([...own, ...found.skills], rules),
    problems: problem === undefined
      ? found.problems
      : [problem, ...found.problems],
  };
}

const NOTHING_FOUND: FoundSkills = { skills: [], problems: [] };

/** What went wrong, if anything did. */
async function tryInstall(
  files: FileSystem,
  directory: string,
): Promise<SkillProblem | undefined> {
  try {
    await installBundled(files, directory);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message =
      `the program's own skills cannot be written: ${error.message}; make it writable, or set skills.bundled.enabled = false`;
    return { path: directory, message };
  }
}

/**
 * Every place beside the program's own where skills lie. A repository the user marked
 * as untrusted gets no say here in what the model is told; its `.codex` needs their
 * trust as always.
 */
async function presentRoots(
  { files, config, homeDirectory, extraUserRoots = [] }: PlacePorts,
): Promise<readonly SkillRoot[]> {
  const { codexHome, trustLevel, trustedFolders } = config;
  const agents = trustLevel === "untrusted"
    ? []
    : directoriesDown(config.projectRoot, config.cwd)
      .map((directory) => resolvePath(directory, ".agents"));
  const home = homeDirectory === undefined
    ? []
    : [resolvePath(homeDirectory, ".agents")];
  const folders: readonly (readonly [SkillScope, readonly string[]])[] = [
    ["admin", [SYSTEM_DIRECTORY]],
    ["repo", [...trustedFolders, ...agents]],
    ["user", [codexHome, ...home]],
  ];
  const roots: readonly SkillRoot[] = [
    ...folders.flatMap(([scope, paths]) =>
      paths.map((path) => ({ scope, path: resolvePath(path, "skills") }))
    ),
    ...extraUserRoots.map((path): SkillRoot => ({ scope: "user", path })),
  ];
  const isPresent = await Promise.all(
    roots.map(({ path }) =>
      path === resolvePath(codexHome, "skills")
        ? hasSkillsOfUser(files, path)
        : isDirectory(files, path)
    ),
  );
  return roots.filter((_, index) => isPresent[index]);
}

async function isDirectory(files: FileSystem, path: string): Promise<boolean> {
  return (await files.stat(path))?.isDirectory ?? false;
}

/** The program's own skills are always there, in a directory that starts with a dot. */
async function hasSkillsOfUser(
  files: FileSystem,
  path: string,
): Promise<boolean> {
  if (!await isDirectory(files, path)) return false;
  try {
    const entries = await files.readDirectory(path);
    return entries.some(({ name }) => !name.startsWith("."));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // Looked at again with the others, where it is told.
    return true;
  }
}
