/**
 * The skills that come with the program. They lie in `CODEX_HOME`, so that the model
 * can open them; a marker beside them says which edition that is, so that a start reads
 * one short file and writes nothing.
 */
import { directoryOf, resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import agentsMd from "./bundled/agents_md.md" with { type: "text" };
import createSkill from "./bundled/create_skill.md" with { type: "text" };
import { type Skill, SKILL_FILE } from "./skill.ts";

/** To be raised with every change of a text below; a test holds it to that. */
export const EDITION = "1";

/** Directory name to the text of its SKILL.md. */
export const BUNDLED: Readonly<Record<string, string>> = {
  "agents-md": agentsMd,
  "create-skill": createSkill,
};

/**
 * Makes the directory hold this edition. Other files in it, such as another program's
 * own skills, are left alone.
 *
 * @throws FileError
 */
export async function installBundled(
  files: FileSystem,
  directory: string,
): Promise<void> {
  const marker = resolvePath(directory, ".codex-deno.marker");
  if (await files.readTextIfExists(marker) === EDITION) return;
  await Promise.all(
    Object.entries(BUNDLED).map(async ([name, text]) => {
      const path = fileOf(directory, name);
      await files.makeDirectory(directoryOf(path), 0o700);
      await files.replaceFile(path, text, 0o600);
    }),
  );
  // Last, so that a start that is cut short is made up for by the next one.
  await files.replaceFile(marker, EDITION, 0o600);
}

/** Our own headers are simple: a line for each value. */
export function bundledSkills(directory: string): readonly Skill[] {
  return Object.entries(BUNDLED).map(([name, text]) => ({
    name,
    description: headerLine(text, "description"),
    shortDescription: headerLine(text, "short-description"),
    scope: "system",
    path: fileOf(directory, name),
    isEnabled: true,
    isImplicit: true,
    face: undefined,
    tools: [],
  }));
}

function fileOf(directory: string, name: string): string {
  return resolvePath(directory, `${name}/${SKILL_FILE}`);
}

function headerLine(text: string, key: string): string {
  return new RegExp(`^ *${key}: (.*)$`, "m").exec(text)?.[1] ?? "";
}
