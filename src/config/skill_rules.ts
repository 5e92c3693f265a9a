/** `[[skills.config]]`: how a skill is switched on or off there. Pure. */
import type { SkillSwitch } from "@/protocol/config_write.ts";
import type { RawTable } from "./config.ts";
import type { Edit, EditTable } from "./edit.ts";
import { isTable, valueAt } from "./table.ts";

const RULES = ["skills", "config"];

/** A skill is on unless a rule says otherwise, so switching one on removes its rules. */
export function planSkillSwitch(
  table: RawTable,
  skill: SkillSwitch,
  isEnabled: boolean,
): Edit {
  const others = rulesIn(table).filter((rule) => !isAbout(rule, skill));
  const { kind: _, ...which } = skill;
  const rule: EditTable = { ...which, enabled: false };
  return {
    kind: "setTables",
    path: RULES,
    tables: isEnabled ? others : [...others, rule],
  };
}

function rulesIn(table: RawTable): readonly EditTable[] {
  const rules = valueAt(table, RULES);
  // The file was checked: rules are tables of text and a switch.
  return Array.isArray(rules) ? rules.filter(isTable) as EditTable[] : [];
}

function isAbout(rule: EditTable, skill: SkillSwitch): boolean {
  return skill.kind === "name"
    ? rule["name"] === skill.name
    : rule["path"] === skill.path;
}
