/** `close_agent`: the model ends an agent it needs no longer. */
import * as v from "valibot";
import { agentAnswer, mayHaveAgents } from "./agent_input.ts";
import { defineTool } from "./tool.ts";

export const closeAgent = defineTool({
  name: "close_agent",
  description:
    "Ends an agent and everything it started, and gives the status it had.",
  parameters: v.object({
    target: v.pipe(v.string(), v.description("Agent id")),
  }),
  parallel: false,
  isOffered: mayHaveAgents,
  async run({ target }, context, signal) {
    return agentAnswer(await context.agents.close(target, signal));
  },
});
