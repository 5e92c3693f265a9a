/** The skills that come with the program are good skills, and one known edition. */
import assert from "node:assert/strict";
import { BUNDLED, bundledSkills, EDITION } from "@/core/skills/bundled.ts";
import { readHeader } from "@/core/skills/header.ts";

Deno.test("what is known of a bundled skill is what its header says", () => {
  for (const skill of bundledSkills("/s")) {
    assert.deepEqual(readHeader(BUNDLED[skill.name] ?? "", skill.path), {
      name: skill.name,
      description: skill.description,
      shortDescription: skill.shortDescription,
    });
  }
});

Deno.test("the edition was raised when a text changed", async () => {
  const text = new TextEncoder().encode(Object.values(BUNDLED).join(""));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  // A red line here means: raise EDITION, then put the new digest beside it.
  assert.deepEqual([EDITION, hash.toHex()], [
    "1",
    "9efd048dea4f84fd85183dd9e79dae8993eb5a532854a92b2181f28b68e30a2c",
  ]);
});
