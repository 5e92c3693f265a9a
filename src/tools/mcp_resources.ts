/** The resources of MCP servers: what they offer, and reading one. */
import * as v from "valibot";
import {
  defineTool,
  failed,
  type McpResourceOutcome,
  type Tool,
  type ToolOutcome,
  type ToolSettings,
} from "./tool.ts";

const server = v.optional(
  v.pipe(v.string(), v.description("Only this server; else all")),
);
const cursor = v.optional(
  v.pipe(v.string(), v.description("From an earlier answer, with its server")),
);

const isOffered = ({ hasMcpServers }: ToolSettings) => hasMcpServers === true;

export const listMcpResources = listing(
  "list_mcp_resources",
  "list",
  "Lists what MCP servers offer to read, such as files or schemas.",
);

export const listMcpResourceTemplates = listing(
  "list_mcp_resource_templates",
  "templates",
  "Lists the patterns of addresses under which MCP servers have more to read.",
);

export const readMcpResource = defineTool({
  name: "read_mcp_resource",
  description: "Reads a resource of an MCP server.",
  parameters: v.object({ server: v.string(), uri: v.string() }),
  parallel: true,
  isOffered,
  run: async (args, context, signal) =>
    outcome(
      await context.queryMcpResources({ kind: "read", ...args }, signal),
    ),
});

/** A tool that lists one kind of thing, of one server or of all. */
function listing(
  name: string,
  kind: "list" | "templates",
  description: string,
): Tool {
  return defineTool({
    name,
    description,
    parameters: v.object({ server, cursor }),
    parallel: true,
    isOffered,
    run: async (args, context, signal) =>
      outcome(
        await context.queryMcpResources({
          kind,
          server: args.server,
          cursor: args.cursor,
        }, signal),
      ),
  });
}

function outcome(answer: McpResourceOutcome): ToolOutcome {
  return answer.kind === "ok"
    ? { kind: "ok", output: answer.json }
    : failed(answer.text);
}
