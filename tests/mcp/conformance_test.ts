/** The protocol's own conformance suite judges this client; without it these are left out. */
import assert from "node:assert/strict";
import {
  isSuiteInstalled,
  runScenario,
  SCENARIOS,
} from "@test/support/mcp_conformance.ts";

const whenInstalled = { ignore: !await isSuiteInstalled() };

for (const scenario of SCENARIOS) {
  Deno.test(
    `conformance scenario ${scenario} passes`,
    whenInstalled,
    async () => {
      const { isPassed, summary } = await runScenario(scenario);
      assert.ok(isPassed, summary);
    },
  );
}
