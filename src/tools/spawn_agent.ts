/** `spawn_agent`: the model starts another agent beside itself. */
import * as v from "valibot";
import { REASONING_EFFORTS } from "@/protocol/policy.ts";
import {
  agentAnswer,
  decodeInput,
  inputParameters,
  mayHaveAgents,
} from "./agent_input.ts";
import description from "./spawn_agent.md" with { type: "text" };
import { defineTool, failed } from "./tool.ts";

export const spawnAgent = defineTool({
  name: "spawn_agent",
  description: ({ agentRoles = [] }) =>
    [
      description.trim(),
      ...agentRoles.map((role) => `- ${role.name}: ${role.description}`),
    ].join("\n"),
  parameters: v.object({
    ...inputParameters,
    agent_type: v.optional(v.string()),
    fork_context: v.optional(
      v.pipe(v.boolean(), v.description("Give it this conversation")),
    ),
    model: v.optional(
      v.pipe(v.string(), v.description("Another model; normally left out")),
    ),
    reasoning_effort: v.optional(v.picklist(REASONING_EFFORTS)),
  }),
  parallel: false,
  isOffered: mayHaveAgents,
  async run(args, context, signal) {
    const decoded = decodeInput(args);
    if (!decoded.ok) return failed(decoded.text);
    return agentAnswer(
      await context.agents.spawn({
        input: decoded.input,
        role: args.agent_type,
        forksContext: args.fork_context ?? false,
        model: args.model,
        effort: args.reasoning_effort,
      }, signal),
    );
  },
});
