/** The list of skills in its budget. */
import assert from "node:assert/strict";
import { listSkills } from "@/core/skills/listing.ts";
import type { Skill } from "@/core/skills/skill.ts";

function skill(
  name: string,
  description: string,
  changes: Partial<Skill> = {},
): Skill {
  return {
    name,
    description,
    shortDescription: undefined,
    scope: "user",
    path: `/s/${name}`,
    isEnabled: true,
    isImplicit: true,
    face: undefined,
    tools: [],
    ...changes,
  };
}

function lines(skills: readonly Skill[], window: number): readonly string[] {
  return listSkills(skills, window).text?.split("\n")
    .filter((line) => line.includes("(file: ")) ?? [];
}

const LARGE = 1_000_000;

Deno.test("what is on and may be chosen is listed; nothing gives no section at all", () => {
  const skills = [
    skill("a", "A"),
    skill("b", "B", { isEnabled: false }),
    skill("c", "C", { isImplicit: false }),
  ];
  assert.deepEqual(lines(skills, LARGE), ["- a: A (file: /s/a)"]);
  const { text } = listSkills(skills, LARGE);
  assert.match(
    text ?? "",
    /^<skills_instructions>\n## Skills\n[^]*<\/skills_instructions>$/,
  );
  assert.deepEqual(listSkills(skills.slice(1), LARGE), {
    text: undefined,
    warning: undefined,
  });
});

Deno.test("descriptions are shortened alike until all skills fit in two percent", () => {
  const skills = [
    skill("short", "tiny"),
    skill("long", "x".repeat(500)),
    skill("more", "y".repeat(300)),
  ];
  // 2 % of 3,000 tokens are 240 characters.
  const listed = lines(skills, 3_000);
  assert.equal(listed.length, 3);
  assert.equal(listed[0], "- short: tiny (file: /s/short)");
  const sizes = listed.slice(1).map((line) =>
    /: (.*) \(/.exec(line)?.[1]?.length
  );
  assert.equal(sizes[0], sizes[1]);
  assert.ok(listed.join("\n").length <= 240);
  assert.ok(listed.join("\n").length > 230);
  assert.match(listed[1] ?? "", /xx… \(file/);
  assert.match(
    listSkills(skills, 3_000).warning ?? "",
    /^The descriptions of skills are shortened: they may take 2%/,
  );
});

Deno.test("when even names do not fit, the first ones stay and the user is told", () => {
  const skills = Array.from({ length: 40 }, (_, n) => skill(`s${n}`, "words"));
  const listed = lines(skills, 3_000);
  assert.ok(listed.length > 5 && listed.length < 40);
  assert.equal(listed[0], "- s0: (file: /s/s0)");
  assert.match(
    listSkills(skills, 3_000).warning ?? "",
    new RegExp(`^${40 - listed.length} of 40 skills are not listed`),
  );
});
