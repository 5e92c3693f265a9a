/** The protocol's own conformance suite judges this client; without it these are left out. */
import assert from "node:assert/strict";
import {
  isSuiteInstalled,
  NOT_DONE,
  runScenario,
  SCENARIOS,
} from "@test/support/mcp_conformance.ts";

const whenInstalled = { ignore: !await isSuiteInstalled() };

for (const scenario of SCENARIOS) {
  const reason = NOT_DONE[scenario];
  const outcome = reason === undefined ? "passes" : "fails as is known";
  Deno.test(
    `conformance scenario ${scenario} ${outcome}`,
    whenInstalled,
    async () => {
      const { isPassed, summary } = await runScenario(scenario);
      assert.equal(isPassed, reason === undefined, summary);
    },
  );
}
