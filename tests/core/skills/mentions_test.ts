/** Which skills a user names. */
import assert from "node:assert/strict";
import { mentionedSkills } from "@/core/skills/mentions.ts";
import type { Skill } from "@/core/skills/skill.ts";
import type { UserInput } from "@/protocol/items.ts";

const SKILLS = ["alpha", "b-c", "d:e", "two words", "twin", "twin", "off"]
  .map((name, index): Skill => ({
    name,
    description: "",
    shortDescription: undefined,
    scope: "user",
    path: `/s/${index}/SKILL.md`,
    isEnabled: name !== "off",
    isImplicit: true,
    face: undefined,
    tools: [],
  }));

function named(...input: readonly (string | UserInput)[]): unknown {
  const { skills, ambiguous } = mentionedSkills(
    input.map((part) =>
      typeof part === "string" ? { type: "text", text: part } : part
    ),
    SKILLS,
  );
  return [...skills.map(({ path }) => path.split("/")[2]), ...ambiguous];
}

Deno.test("a name behind a dollar sign is a mention, wherever a word may stand", () => {
  assert.deepEqual(
    [
      named("use $alpha"),
      named("($b-c), then $alpha."),
      named("$d:e: go"),
      named("$alpha", "and $alpha"),
      named("$alphaz x$alpha $$alpha \\$alpha $ALPHA $nosuch $HOME $5"),
      named("$off"),
    ],
    [["0"], ["0", "1"], ["2"], ["0"], [], []],
  );
});

Deno.test("a link or a choice names by path, also what a name cannot", () => {
  assert.deepEqual(
    [
      named("[$two words](/s/3/SKILL.md)"),
      named("[$alpha](/s/4/SKILL.md)"),
      named("[$alpha](/nowhere)"),
      named("[$x](skill:///s/0/SKILL.md)"),
      named({ type: "skill", name: "twin", path: "/s/5/SKILL.md" }),
      named({ type: "skill", name: "off", path: "/s/6/SKILL.md" }),
    ],
    [["3"], ["4"], [], ["0"], ["5"], []],
  );
});

Deno.test("a name that two skills have names none of them", () => {
  assert.deepEqual(named("$twin and $alpha"), ["0", "twin"]);
});
