/** `send_input`: the model tells a running or finished agent more. */
import * as v from "valibot";
import {
  agentAnswer,
  decodeInput,
  inputParameters,
  mayHaveAgents,
} from "./agent_input.ts";
import { defineTool, failed } from "./tool.ts";

export const sendInput = defineTool({
  name: "send_input",
  description:
    "Tells an agent more. It reads that at its next step, or at once with interrupt; a finished agent starts again.",
  parameters: v.object({
    target: v.pipe(v.string(), v.description("Agent id")),
    ...inputParameters,
    interrupt: v.optional(
      v.pipe(v.boolean(), v.description("Stop what it is doing first")),
    ),
  }),
  parallel: false,
  isOffered: mayHaveAgents,
  async run(args, context, signal) {
    const decoded = decodeInput(args);
    if (!decoded.ok) return failed(decoded.text);
    return agentAnswer(
      await context.agents.send({
        agentId: args.target,
        input: decoded.input,
        interrupts: args.interrupt ?? false,
      }, signal),
    );
  },
});
