/**
 * From connected servers to what the model is told and may call: a namespace for each
 * server, a function for each tool, in the order of names so that requests stay the
 * same from run to run.
 */
import type { McpApprovalMode, McpServerConfig } from "@/config/config.ts";
import type { Connection } from "@/mcp/connections.ts";
import { type ModelName, modelNames } from "@/mcp/names.ts";
import type { McpServer, McpTool } from "@/mcp/server.ts";
import { reduceToolSchema } from "@/mcp/tool_schema.ts";
import type { ToolDeclaration } from "@/model/model.ts";
import { serverTool } from "@/tools/mcp_tool.ts";
import type { CallableTool } from "@/tools/tool.ts";
import type { ServerCallPorts, ServerTools } from "../server_tools.ts";
import { callMcpTool, type CallPorts } from "./call.ts";
import { queryResources } from "./resources.ts";

/** A tool with all that deciding about it and calling it takes. */
export interface KnownTool {
  readonly server: McpServer;
  readonly tool: McpTool;
  readonly name: ModelName;
  readonly mode: McpApprovalMode;
  readonly isParallel: boolean;
}

/** What the calls of a thread have in common. */
export type ThreadCallPorts = Omit<CallPorts, keyof ServerCallPorts>;

export async function createServerTools(
  connections: readonly Connection[],
  common: ThreadCallPorts,
): Promise<ServerTools> {
  const tools = await nameTools(connections);
  const servers = connections.flatMap((one) =>
    one.kind === "ready" ? [one.server] : []
  );
  const callables = new Map(
    tools.map((known) => [keyOf(known.name), callable(known)]),
  );
  const byOwnName = new Map(
    tools.map((known) => [ownKey(known.server.name, known.tool.name), known]),
  );
  return {
    declarations: declare(tools),
    find: (call) =>
      call.type === "function_call" && call.namespace !== undefined
        ? callables.get(keyOf({ ...call, namespace: call.namespace }))
        : undefined,
    powers: (ports) => ({
      callMcpTool: (call, signal) =>
        callMcpTool(
          { ...ports, ...common },
          byOwnName.get(ownKey(call.server, call.tool)),
          call,
          signal,
        ),
      queryMcpResources: (query, signal) =>
        queryResources({ ...ports, ...common }, servers, query, signal),
    }),
  };
}

/** The tools in the order of their names. */
async function nameTools(
  connections: readonly Connection[],
): Promise<readonly KnownTool[]> {
  const found = connections.flatMap((one) =>
    one.kind === "ready"
      ? one.server.tools.map((tool) => ({
        server: one.server,
        tool,
        mode: approvalMode(one.config, tool.name),
        isParallel: one.config.isParallel,
      }))
      : []
  );
  const names = await modelNames(
    found.map(({ server, tool }) => ({ server: server.name, tool: tool.name })),
  );
  return found
    .flatMap((one, at) => {
      const name = names[at];
      return name === undefined ? [] : [{ ...one, name }];
    })
    .sort((left, right) => keyOf(left.name) < keyOf(right.name) ? -1 : 1);
}

function approvalMode(config: McpServerConfig, tool: string): McpApprovalMode {
  const modes = config.toolApprovalModes;
  const own = Object.hasOwn(modes, tool) ? modes[tool] : undefined;
  return own ?? config.approvalMode;
}

function callable({ server, tool, isParallel }: KnownTool): CallableTool {
  return serverTool({ server: server.name, tool: tool.name }, {
    parallel: isParallel,
  });
}

function declare(tools: readonly KnownTool[]): readonly ToolDeclaration[] {
  const groups = Map.groupBy(tools, ({ name }) => name.namespace);
  return [...groups].map(([namespace, members]) => ({
    type: "namespace",
    name: namespace,
    description: members[0]?.server.instructions ??
      `Tools in the ${namespace} namespace.`,
    tools: members.map(({ tool, name }) => ({
      type: "function",
      name: name.name,
      description: tool.description,
      strict: false,
      parameters: reduceToolSchema(tool.inputSchema),
    })),
  }));
}

function keyOf({ namespace, name }: ModelName): string {
  return `${namespace}\0${name}`;
}

function ownKey(server: string, tool: string): string {
  return `${server}\0${tool}`;
}
