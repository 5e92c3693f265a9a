/**
 * Which skills the user named: by `$name`, by a link `[$name](path)`, or by choosing
 * one in a front end. A name that several skills share names none. Pure.
 */
import type { UserInput } from "@/protocol/items.ts";
import type { Skill } from "./skill.ts";

export interface Mentions {
  /** In the order of the listing, each once. */
  readonly skills: readonly Skill[];
  /** Names that fit several skills. */
  readonly ambiguous: readonly string[];
}

const LINK = /\[\$[^\]\n]+\]\(([^)\n]+)\)/g;
/** Names are words; what follows one in a sentence is no part of it. */
const NAME = /(?<![\w$\\])\$([A-Za-z0-9](?:[\w:-]*\w)?)/g;

export function mentionedSkills(
  input: readonly UserInput[],
  skills: readonly Skill[],
): Mentions {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const part of input) {
    if (part.type === "skill") paths.add(part.path);
    if (part.type !== "text") continue;
    const rest = part.text.replace(LINK, (_, path: string) => {
      paths.add(path.replace(/^skill:\/\//, ""));
      return " ";
    });
    for (const [, name = ""] of rest.matchAll(NAME)) names.add(name);
  }
  const enabled = skills.filter(({ isEnabled }) => isEnabled);
  const bearers = Map.groupBy(enabled, ({ name }) => name);
  const isAmbiguous = (name: string) => (bearers.get(name)?.length ?? 0) > 1;
  return {
    skills: enabled.filter(({ name, path }) =>
      paths.has(path) || (names.has(name) && !isAmbiguous(name))
    ),
    ambiguous: [...names].filter(isAmbiguous),
  };
}
