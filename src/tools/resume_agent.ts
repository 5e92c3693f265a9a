/** `resume_agent`: the model reopens an agent it had closed. */
import * as v from "valibot";
import { agentAnswer, mayHaveAgents } from "./agent_input.ts";
import { defineTool } from "./tool.ts";

export const resumeAgent = defineTool({
  name: "resume_agent",
  description:
    "Reopens a closed agent with all it knew, so that it can be told more.",
  parameters: v.object({
    id: v.pipe(v.string(), v.description("Agent id")),
  }),
  parallel: false,
  isOffered: mayHaveAgents,
  async run({ id }, context, signal) {
    return agentAnswer(await context.agents.resume(id, signal));
  },
});
