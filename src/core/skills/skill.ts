/** What a skill is, whose it may be, and whether the user wants it. */
import type { SkillRule } from "@/config/config.ts";
import { directoryOf } from "@/platform/paths.ts";
import type { SkillInterface } from "@/protocol/rpc/shared.ts";
import type * as rpc from "@/protocol/rpc/skills.ts";

/** Whose it is: the program's, an administrator's, the repository's, the user's. */
export type SkillScope = rpc.SkillScope;

export interface Skill {
  readonly name: string;
  readonly description: string;
  readonly shortDescription: string | undefined;
  readonly scope: SkillScope;
  /** The SKILL.md, absolute. */
  readonly path: string;
  /** Not switched off by the user. */
  readonly isEnabled: boolean;
  /** The model may choose it; else it is used only when it is named. */
  readonly isImplicit: boolean;
  /** How front ends may show it; undefined when it says nothing of that. */
  readonly face: SkillFace | undefined;
  /** Tools it says it needs. */
  readonly tools: readonly SkillTool[];
}

/** The icons are absolute paths. */
export type SkillFace = Readonly<SkillInterface>;

export type SkillTool = Readonly<rpc.SkillToolDependency>;

export const SKILL_FILE = "SKILL.md";

/** The skills as the user switched them; the last rule that fits decides. */
export function withRules(
  skills: readonly Skill[],
  rules: readonly SkillRule[],
): readonly Skill[] {
  return skills.map((skill) => {
    const rule = rules.findLast((rule) => fits(rule, skill));
    return rule === undefined ? skill : { ...skill, isEnabled: rule.isEnabled };
  });
}

function fits(rule: SkillRule, { name, path }: Skill): boolean {
  return rule.kind === "name"
    ? rule.name === name
    : rule.path === path || rule.path === directoryOf(path);
}
