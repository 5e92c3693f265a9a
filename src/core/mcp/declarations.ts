/** How servers' tools are declared: a namespace for each server, a function for each tool. */
import { reduceToolSchema } from "@/mcp/tool_schema.ts";
import type { ToolDeclaration } from "@/model/model.ts";
import type { KnownTool } from "./server_tools.ts";

/** The tools' namespaces, in the order in which the tools bring them. */
export function declareNamespaces(
  tools: readonly KnownTool[],
  declare: (known: KnownTool) => ToolDeclaration,
): readonly ToolDeclaration[] {
  const groups = Map.groupBy(tools, ({ name }) => name.namespace);
  return [...groups].map(([namespace, members]) => ({
    type: "namespace",
    name: namespace,
    description: members[0]?.server.instructions ??
      `Tools in the ${namespace} namespace.`,
    tools: members.map(declare),
  }));
}

export function declareFunction({ tool, name }: KnownTool): ToolDeclaration {
  return {
    type: "function",
    name: name.name,
    description: tool.description,
    strict: false,
    parameters: reduceToolSchema(tool.inputSchema),
  };
}

/** The declaration right behind the last of those that stand before the search. */
export function insertSearch(
  registry: readonly ToolDeclaration[],
  search: ToolDeclaration,
): readonly ToolDeclaration[] {
  const at = registry.findLastIndex(({ name }) =>
    typeof name === "string" && BEFORE_SEARCH.has(name)
  );
  return [...registry.slice(0, at + 1), search, ...registry.slice(at + 1)];
}

const BEFORE_SEARCH: ReadonlySet<string> = new Set([
  "exec_command",
  "write_stdin",
  "shell_command",
  "list_mcp_resources",
  "list_mcp_resource_templates",
  "read_mcp_resource",
  "update_plan",
  "request_user_input",
  "request_permissions",
]);
