/** `wait_agent`: the model waits for agents to finish. */
import * as v from "valibot";
import { agentAnswer, mayHaveAgents } from "./agent_input.ts";
import { defineTool, failed } from "./tool.ts";

const TIMEOUT_MS_DEFAULT = 30_000;
/** Shorter waits are polling, and every poll costs a model request. */
const TIMEOUT_MS_MIN = 10_000;
const TIMEOUT_MS_MAX = 3_600_000;

export const waitAgent = defineTool({
  name: "wait_agent",
  description:
    "Waits until one of these agents has finished and gives its status with its last message. An empty status means time is up; long waits are better than many.",
  parameters: v.object({
    targets: v.pipe(v.array(v.string()), v.description("Agent ids")),
    timeout_ms: v.optional(
      v.pipe(
        v.number(),
        v.description("Default 30000, at least 10000, at most 3600000"),
      ),
    ),
  }),
  parallel: false,
  isOffered: mayHaveAgents,
  async run({ targets, timeout_ms = TIMEOUT_MS_DEFAULT }, context, signal) {
    if (targets.length === 0) return failed("agent ids must be non-empty");
    if (timeout_ms <= 0) return failed("timeout_ms must be greater than zero");
    const timeoutMs = Math.min(
      Math.max(timeout_ms, TIMEOUT_MS_MIN),
      TIMEOUT_MS_MAX,
    );
    return agentAnswer(
      await context.agents.wait({ agentIds: targets, timeoutMs }, signal),
    );
  },
});
