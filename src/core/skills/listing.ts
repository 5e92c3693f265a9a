/**
 * What the model is told of skills it may choose: one line each, in a budget. When
 * there are too many, all descriptions are shortened alike before any skill is left
 * out. Pure.
 */
import howTo from "./how_to.md" with { type: "text" };
import type { Skill } from "./skill.ts";

/** Skills may take this share of what the model reads. */
const WINDOW_PERCENT = 2;
const CHARS_PER_TOKEN = 4;

export interface Listing {
  /** Undefined when there is nothing to list. */
  readonly text: string | undefined;
  /** What the user should know of how it was made to fit. */
  readonly warning: string | undefined;
}

/** @param contextWindow tokens the thread plans with */
export function listSkills(
  skills: readonly Skill[],
  contextWindow: number,
): Listing {
  const listed = skills.filter(({ isEnabled, isImplicit }) =>
    isEnabled && isImplicit
  );
  if (listed.length === 0) return { text: undefined, warning: undefined };
  const budget = Math.floor(
    contextWindow * WINDOW_PERCENT / 100 * CHARS_PER_TOKEN,
  );
  const kept = fitting(listed, budget);
  const chars = descriptionChars(kept, budget);
  const lines = kept.map((skill) => lineOf(skill, chars));
  return {
    text: [
      "<skills_instructions>",
      "## Skills",
      howTo.trim(),
      "### Available skills",
      ...lines,
      "</skills_instructions>",
    ].join("\n"),
    warning: warningOf(listed.length, kept.length, chars),
  };
}

/** As many as fit without their descriptions; the first ones, when not all do. */
function fitting(skills: readonly Skill[], budget: number): readonly Skill[] {
  let left = budget;
  const end = skills.findIndex((skill) => {
    left -= lineOf(skill, 0).length + 1;
    return left < 0;
  });
  return end < 0 ? skills : skills.slice(0, end);
}

/** The most characters every description may have; infinite when all fit whole. */
function descriptionChars(skills: readonly Skill[], budget: number): number {
  const size = (chars: number) =>
    skills.reduce((sum, skill) => sum + lineOf(skill, chars).length + 1, 0);
  if (size(Infinity) <= budget) return Infinity;
  let low = 0;
  let high = Math.max(...skills.map(({ description }) => description.length));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (size(middle) <= budget) low = middle;
    else high = middle - 1;
  }
  return low;
}

function lineOf({ name, description, path }: Skill, chars: number): string {
  const words = shortened(description, chars);
  return `- ${name}:${words === "" ? "" : ` ${words}`} (file: ${path})`;
}

function shortened(text: string, chars: number): string {
  if (text.length <= chars) return text;
  // Half of a surrogate pair is no character.
  return text.slice(0, Math.max(0, chars - 1))
    .replace(/[\uD800-\uDBFF]$/, "") + (chars > 0 ? "…" : "");
}

function warningOf(
  all: number,
  kept: number,
  chars: number,
): string | undefined {
  if (chars === Infinity && kept === all) return undefined;
  const what = kept < all
    ? `${all - kept} of ${all} skills are not listed`
    : "The descriptions of skills are shortened";
  return `${what}: they may take ${WINDOW_PERCENT}% of the model's context; switch some off with [[skills.config]]`;
}
