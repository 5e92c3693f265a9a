/**
 * Runs the client scenarios of the protocol's conformance suite and says how many pass.
 * Ends with 1 when one fails that is not known to, or one passes that is known to fail.
 */
import {
  NOT_DONE,
  runScenario,
  SCENARIOS,
} from "@test/support/mcp_conformance.ts";

let passed = 0;
let surprises = 0;
for (const scenario of SCENARIOS) {
  const { isPassed, summary } = await runScenario(scenario);
  const reason = NOT_DONE[scenario];
  if (isPassed) passed++;
  if (isPassed !== (reason === undefined)) surprises++;
  const why = reason === undefined ? "" : ` (${reason})`;
  console.log(`${isPassed ? "pass" : "FAIL"} ${scenario}: ${summary}${why}`);
}
console.log(`${passed} of ${SCENARIOS.length} scenarios pass`);
Deno.exit(surprises === 0 ? 0 : 1);
