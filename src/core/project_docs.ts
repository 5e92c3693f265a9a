/**
 * AGENTS.md: what the user and the project ask of an agent. One file of the user's,
 * then one of each directory from the project's root down to the working directory.
 */
import type { Config } from "@/config/config.ts";
import { directoriesDown } from "@/config/project.ts";
import type { FileSystem } from "@/platform/platform.ts";

const NAMES = ["AGENTS.override.md", "AGENTS.md"] as const;

/** Between the user's own text and the project's. */
const SEPARATOR = "\n\n--- project-doc ---\n\n";

/**
 * The instructions that hold in a directory; undefined when there are none. The
 * project's files share a budget of `projectDocMaxBytes`; what is over it is cut.
 */
export async function readProjectDocs(
  files: FileSystem,
  config: Config,
): Promise<string | undefined> {
  const [user, project] = await Promise.all([
    firstNonEmpty(files, config.codexHome, NAMES),
    readProject(files, config),
  ]);
  if (user === undefined) return project;
  return project === undefined ? user : user + SEPARATOR + project;
}

async function readProject(
  files: FileSystem,
  config: Config,
): Promise<string | undefined> {
  if (config.projectDocMaxBytes === 0) return undefined;
  const names = [...NAMES, ...config.projectDocFallbackFilenames];
  const directories = directoriesDown(config.projectRoot, config.cwd);
  const texts = await Promise.all(
    directories.map((directory) => firstNonEmpty(files, directory, names)),
  );
  return withinBudget(
    texts.filter((text) => text !== undefined),
    config.projectDocMaxBytes,
  );
}

async function firstNonEmpty(
  files: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    const path = `${directory}/${name}`;
    const info = await files.stat(path);
    if (info === undefined || !info.isFile) continue;
    const text = await files.readText(path);
    if (text.trim() !== "") return text;
  }
  return undefined;
}

function withinBudget(
  texts: readonly string[],
  bytes: number,
): string | undefined {
  const encoder = new TextEncoder();
  const kept: string[] = [];
  let left = bytes;
  for (const text of texts) {
    const data = encoder.encode(text);
    if (left === 0) break;
    // A cut in the middle of a character leaves no half of it behind.
    kept.push(
      data.length <= left
        ? text
        : new TextDecoder().decode(data.subarray(0, left)).replace(
          /\uFFFD+$/,
          "",
        ),
    );
    left = Math.max(0, left - data.length);
  }
  return kept.length === 0 ? undefined : kept.join("\n\n");
}
