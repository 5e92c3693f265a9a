/**
 * Runs the client scenarios of the protocol's conformance suite and says how many pass.
 * Ends with 1 when one does not.
 */
import { runScenario, SCENARIOS } from "@test/support/mcp_conformance.ts";

let passed = 0;
for (const scenario of SCENARIOS) {
  const { isPassed, summary } = await runScenario(scenario);
  if (isPassed) passed++;
  console.log(`${isPassed ? "pass" : "FAIL"} ${scenario}: ${summary}`);
}
console.log(`${passed} of ${SCENARIOS.length} scenarios pass`);
Deno.exit(passed === SCENARIOS.length ? 0 : 1);
