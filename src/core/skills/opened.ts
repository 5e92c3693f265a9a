/** Known skills, as a thread has them: listed once, read when they are named. */
import { FileError, type FileSystem } from "@/platform/platform.ts";
import type { UserInput } from "@/protocol/items.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import type {
  NamedSkills,
  SkillPorts,
  ThreadSkills,
} from "../thread_skills.ts";
import { listSkills } from "./listing.ts";
import { mentionedSkills } from "./mentions.ts";
import type { Skill } from "./skill.ts";

/** More than any instructions; a model would not read them either. */
const SKILL_BYTES_MAX = 256 * 1024;

/** @param problems what the user should know of others, in sentences */
export function openSkills(
  { files, config, contextWindow }: SkillPorts,
  skills: readonly Skill[],
  problems: readonly string[] = [],
): ThreadSkills {
  const isListed = config.skills.includeInstructions;
  const listing = listSkills(isListed ? skills : [], contextWindow);
  const warnings = [
    ...problems,
    ...listing.warning === undefined ? [] : [listing.warning],
  ];
  return {
    block: listing.text,
    takeWarnings: () => warnings.splice(0),
    named: (input) => readNamed(files, input, skills),
  };
}

async function readNamed(
  files: FileSystem,
  input: readonly UserInput[],
  skills: readonly Skill[],
): Promise<NamedSkills> {
  const { skills: named, ambiguous } = mentionedSkills(input, skills);
  const items: ResponseItem[] = [];
  const warnings = ambiguous.map((name) =>
    `"$${name}" names several skills, so none was loaded; switch the others off with [[skills.config]]`
  );
  for (const skill of named) {
    const content = await readContent(files, skill.path);
    if (content.kind === "ok") items.push(skillMessage(skill, content.text));
    else {
      warnings.push(`Cannot load the skill "${skill.path}": ${content.reason}`);
    }
  }
  return { items, warnings };
}

async function readContent(
  files: FileSystem,
  path: string,
): Promise<
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: string }
> {
  try {
    if (!(await files.stat(path))?.isFile) {
      return { kind: "failed", reason: "it is no regular file any more" };
    }
    const bytes = await files.readRange(path, 0, SKILL_BYTES_MAX + 1);
    if (bytes.length <= SKILL_BYTES_MAX) {
      return { kind: "ok", text: new TextDecoder().decode(bytes) };
    }
    const reason = `it is larger than ${SKILL_BYTES_MAX} bytes`;
    return { kind: "failed", reason };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: "failed", reason: error.osText };
  }
}

function skillMessage({ name, path }: Skill, content: string): ResponseItem {
  return textMessage(
    "user",
    `<skill>\n<name>${name}</name>\n<path>${path}</path>\n${content}\n</skill>`,
  );
}
