/** Reads the header of a SKILL.md, and what stands beside it about its use. */
import * as v from "valibot";
import { baseNameOf, directoryOf, resolvePath } from "@/platform/paths.ts";
import { decode, struct } from "@/protocol/decode.ts";
import { parseYaml } from "@/text/yaml.ts";
import type { Skill } from "./skill.ts";

const NAME_CHARS_MAX = 64;
const DESCRIPTION_CHARS_MAX = 1024;

const text = v.nullish(v.string());

const Header = struct("SkillFrontmatter", {
  name: text,
  description: v.string(),
  metadata: v.nullish(struct("SkillFrontmatterMetadata", {
    "short-description": text,
  })),
});

export type SkillHeader = Pick<
  Skill,
  "name" | "description" | "shortDescription"
>;

/** The header of a SKILL.md, or what is wrong with it. */
export function readHeader(
  content: string,
  path: string,
): SkillHeader | string {
  const block = /^\uFEFF?---[ \t]*\r?\n((?:[^]*?\r?\n)??)---[ \t]*(?:\r?\n|$)/
    .exec(content)?.[1];
  if (block === undefined) return "missing YAML frontmatter delimited by ---";
  const yaml = parseYaml(block);
  if (!yaml.ok) {
    // The line of the file: the delimiter is its first.
    return `invalid YAML: ${yaml.message} at line ${yaml.line + 1}`;
  }
  const decoded = decode(Header, yaml.value);
  if (!decoded.ok) {
    const key = decoded.path.length === 0 ? "" : `${decoded.path.join(".")}: `;
    return key + decoded.message;
  }
  const { name, description, metadata } = decoded.value;
  const header = {
    name: oneLine(name ?? "") || baseNameOf(directoryOf(path)),
    description: oneLine(description),
    shortDescription: oneLine(metadata?.["short-description"] ?? "") ||
      undefined,
  };
  return problemOf(header) ?? header;
}

function problemOf({ name, description }: SkillHeader): string | undefined {
  if (description === "") return "missing field `description`";
  if ([...name].length > NAME_CHARS_MAX) {
    return `invalid name: exceeds maximum length of ${NAME_CHARS_MAX} characters`;
  }
  return [...description].length > DESCRIPTION_CHARS_MAX
    ? `invalid description: exceeds maximum length of ${DESCRIPTION_CHARS_MAX} characters`
    : undefined;
}

function oneLine(value: string): string {
  return value.trim().replace(/\s+/g, " ");
}

const Metadata = struct("SkillMetadataFile", {
  interface: v.nullish(struct("Interface", {
    display_name: text,
    short_description: text,
    icon_small: text,
    icon_large: text,
    brand_color: text,
    default_prompt: text,
  })),
  policy: v.nullish(struct("Policy", {
    allow_implicit_invocation: v.nullish(v.boolean()),
  })),
  dependencies: v.nullish(struct("Dependencies", {
    tools: v.nullish(v.array(struct("DependencyTool", {
      type: v.string(),
      value: v.string(),
      description: text,
      transport: text,
      command: text,
      url: text,
    }))),
  })),
});

/** What stands beside a SKILL.md about it. */
export type SkillMetadata = Pick<Skill, "isImplicit" | "face" | "tools">;

export const NO_METADATA: SkillMetadata = {
  isImplicit: true,
  face: undefined,
  tools: [],
};

/** What `agents/openai.yaml` says, or what is wrong with it. */
export function readMetadata(
  content: string,
  directory: string,
): SkillMetadata | string {
  const yaml = parseYaml(content);
  if (!yaml.ok) return `invalid YAML: ${yaml.message} at line ${yaml.line}`;
  const decoded = decode(Metadata, yaml.value ?? {});
  if (!decoded.ok) return `${decoded.path.join(".")}: ${decoded.message}`;
  const { interface: face, policy, dependencies } = decoded.value;
  const icon = (path: string | null | undefined) =>
    path ? resolvePath(directory, path) : undefined;
  return {
    isImplicit: policy?.allow_implicit_invocation ?? true,
    face: face
      ? {
        displayName: face.display_name ?? undefined,
        shortDescription: face.short_description ?? undefined,
        iconSmall: icon(face.icon_small),
        iconLarge: icon(face.icon_large),
        brandColor: face.brand_color ?? undefined,
        defaultPrompt: face.default_prompt ?? undefined,
      }
      : undefined,
    tools: (dependencies?.tools ?? []).map((tool) => ({
      type: tool.type,
      value: tool.value,
      description: tool.description ?? undefined,
      transport: tool.transport ?? undefined,
      command: tool.command ?? undefined,
      url: tool.url ?? undefined,
    })),
  };
}
