/** Where the other agent keeps its settings, and where this one keeps the same. */
import type { FileSystem } from "@/platform/platform.ts";
import { resolvePath } from "@/platform/paths.ts";
import { findProjectRoot } from "../project.ts";

export interface Places {
  /** The project; null: the user's home. */
  readonly cwd: string | null;
  readonly settings: string;
  readonly config: string;
  readonly skills: string;
  readonly ownSkills: string;
  /** The first that has words in it counts. */
  readonly instructions: readonly string[];
  readonly ownInstructions: string;
}

export function homePlaces(
  homeDirectory: string,
  codexHome: string,
): Places {
  const other = resolvePath(homeDirectory, ".claude");
  return {
    cwd: null,
    settings: `${other}/settings.json`,
    config: `${codexHome}/config.toml`,
    skills: `${other}/skills`,
    ownSkills: resolvePath(homeDirectory, ".agents/skills"),
    instructions: [`${other}/CLAUDE.md`],
    ownInstructions: `${codexHome}/AGENTS.md`,
  };
}

/** Of the project a directory is in; undefined when the directory is gone. */
export async function projectPlaces(
  files: FileSystem,
  cwd: string,
): Promise<Places | undefined> {
  const real = await files.realPath(cwd);
  if (real === undefined || !(await files.stat(real))?.isDirectory) {
    return undefined;
  }
  const root = await findProjectRoot(files, real, [".git"]) ?? real;
  return {
    cwd: root,
    settings: `${root}/.claude/settings.json`,
    config: `${root}/.codex/config.toml`,
    skills: `${root}/.claude/skills`,
    ownSkills: `${root}/.agents/skills`,
    instructions: [`${root}/CLAUDE.md`, `${root}/.claude/CLAUDE.md`],
    ownInstructions: `${root}/AGENTS.md`,
  };
}
