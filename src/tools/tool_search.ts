/**
 * The search for tools the model was not told of: so many that telling it of all would
 * fill its window. Found ones are declared to it and can be called from then on.
 */
import * as v from "valibot";
import { textMessage } from "@/protocol/response_items.ts";
import {
  type CallableTool,
  decodeArguments,
  failed,
  type ToolOutcome,
} from "./tool.ts";

type Declaration = Readonly<Record<string, unknown>>;

const LIMIT_DEFAULT = 8;
/** More than this and the search would do what it is there to avoid. */
const LIMIT_MAX = 100;

const Arguments = v.object({
  query: v.string(),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMIT_MAX)),
    LIMIT_DEFAULT,
  ),
});

/** How the search is declared: a kind of tool of its own. */
export function declareToolSearch(servers: readonly string[]): Declaration {
  return {
    type: "tool_search",
    execution: "client",
    description: [
      "Finds tools by what they do. There are more tools than you see here; the ones",
      "this finds can be called from your next message on. Look here before you say",
      "that something cannot be done, and before you list MCP resources to find a tool.",
      "",
      "Servers whose tools it finds:",
      ...servers.map((server) => `- ${server}`),
    ].join("\n"),
    parameters: {
      type: "object",
      properties: {
        limit: {
          type: "number",
          description: `How many tools at most; ${LIMIT_DEFAULT} if left out.`,
        },
        query: {
          type: "string",
          description: "What the tool should do, in a few words.",
        },
      },
      required: ["query"],
      additionalProperties: false,
    },
  };
}

/** The search as something that can be called. */
export function toolSearch(
  search: (query: string, limit: number) => readonly Declaration[],
): CallableTool {
  return {
    parallel: true,
    async call(input): Promise<ToolOutcome> {
      const args = decodeArguments(Arguments, input);
      if (!args.ok) {
        // Its output has no place for words, so they follow it.
        const note = textMessage("developer", `tool_search: ${args.message}`);
        return { ...failed(args.message), notes: [note] };
      }
      const tools = search(args.value.query, args.value.limit);
      return { kind: "ok", output: "", tools };
    },
  };
}
