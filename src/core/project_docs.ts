/**
 * AGENTS.md: what the user and the project ask of an agent. One file of the user's,
 * then one of each directory from the project's root down to the working directory.
 */
import type { Config } from "@/config/config.ts";
import { directoriesDown } from "@/config/project.ts";
import type { FileSystem } from "@/platform/platform.ts";
import childAgents from "./prompts/child_agents.md" with { type: "text" };

const NAMES = ["AGENTS.override.md", "AGENTS.md"] as const;

/** Between the user's own text and the project's. */
const SEPARATOR = "\n\n--- project-doc ---\n\n";

export interface ProjectDocs {
  /** Undefined when there are none. */
  readonly text: string | undefined;
  /** The files it came from. */
  readonly sources: readonly string[];
}

interface Doc {
  readonly path: string;
  readonly text: string;
}

/**
 * The instructions that hold in a directory. The
 * project's files share a budget of `projectDocMaxBytes`; what is over it is cut.
 */
export async function readProjectDocs(
  files: FileSystem,
  config: Config,
): Promise<ProjectDocs> {
  const [user, project] = await Promise.all([
    readUser(files, config.codexHome),
    readProject(files, config),
  ]);
  const docs = [
    user?.text,
    withinBudget(project.map(({ text }) => text), config.projectDocMaxBytes),
  ].filter((text) => text !== undefined).join(SEPARATOR);
  const parts = config.features.child_agents_md
    ? [docs, childAgents.trim()]
    : [docs];
  return {
    text: parts.filter((text) => text !== "").join("\n\n") || undefined,
    sources: [user, ...project].flatMap((doc) => doc?.path ?? []),
  };
}

/** The first of the user's files that says something. */
async function readUser(
  files: FileSystem,
  codexHome: string,
): Promise<Doc | undefined> {
  for (const name of NAMES) {
    const path = `${codexHome}/${name}`;
    const text = (await readIfFile(files, path))?.trim();
    if (text !== undefined && text !== "") return { path, text };
  }
  return undefined;
}

async function readProject(
  files: FileSystem,
  config: Config,
): Promise<readonly Doc[]> {
  if (config.projectDocMaxBytes === 0) return [];
  const names = [...NAMES, ...config.projectDocFallbackFilenames];
  const directories = directoriesDown(config.projectRoot, config.cwd);
  const docs = await Promise.all(
    directories.map((directory) => readDirectoryDoc(files, directory, names)),
  );
  return docs.filter((doc) => doc !== undefined)
    .filter(({ text }) => text.trim() !== "");
}

/** The first file there is counts, so an empty override silences its directory. */
async function readDirectoryDoc(
  files: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<Doc | undefined> {
  for (const name of names) {
    const path = `${directory}/${name}`;
    const text = await readIfFile(files, path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

async function readIfFile(
  files: FileSystem,
  path: string,
): Promise<string | undefined> {
  const info = await files.stat(path);
  return info?.isFile ? await files.readText(path) : undefined;
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
