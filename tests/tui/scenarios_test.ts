/**
 * Runs every directory of tests/scenarios/tui: keys and events in, screens out. See the
 * README there. `UPDATE_SCENARIOS=1` writes what is seen as what is expected.
 */
import assert from "node:assert/strict";
import { runScenario } from "@test/support/tui_scenario.ts";

const SCENARIOS = new URL("../scenarios/tui/", import.meta.url).pathname;
const UPDATES = Deno.env.get("UPDATE_SCENARIOS") === "1";

const names = [...Deno.readDirSync(SCENARIOS)]
  .filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => name)
  .sort();

for (const name of names) {
  Deno.test(`tui ${name.replaceAll("_", " ")}`, async () => {
    const steps = await Deno.readTextFile(`${SCENARIOS}${name}/steps.txt`);
    const seen = await runScenario(steps);
    const path = `${SCENARIOS}${name}/screens.txt`;
    if (UPDATES) await Deno.writeTextFile(path, seen);
    assert.equal(seen, await Deno.readTextFile(path));
  });
}
