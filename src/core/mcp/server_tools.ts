/**
 * From connected servers to what the model is told and may call: a namespace for each
 * server, a function for each tool, in the order of names so that requests stay the
 * same from run to run.
 */
import type { McpApprovalMode, McpServerConfig } from "@/config/config.ts";
import type { Connection } from "@/mcp/connections.ts";
import { type ModelName, modelNames } from "@/mcp/names.ts";
import type { McpServer, McpTool } from "@/mcp/server.ts";
import { serverTool } from "@/tools/mcp_tool.ts";
import type { CallableTool, ToolSettings } from "@/tools/tool.ts";
import { declareToolSearch, toolSearch } from "@/tools/tool_search.ts";
import type { ServerCallPorts, ServerTools } from "../server_tools.ts";
import { callMcpTool, type CallPorts } from "./call.ts";
import {
  declareFunction,
  declareNamespaces,
  insertSearch,
} from "./declarations.ts";
import { queryResources } from "./resources.ts";
import { ToolIndex } from "./tool_index.ts";

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
  const index = new ToolIndex(tools);
  const search = toolSearch((query, limit) => index.search(query, limit));
  const namespaces = declareNamespaces(tools, declareFunction);
  const searchDeclaration = declareToolSearch(
    [...new Set(tools.map(({ server }) => server.name))].sort(),
  );
  return {
    declare: (registry, settings) =>
      isDeferred(tools.length, settings.toolSearch)
        ? insertSearch(registry, searchDeclaration)
        : [...registry, ...namespaces],
    find(call) {
      // Found or not, a tool that is named properly can be called.
      if (call.type === "tool_search_call") return search;
      return call.type === "function_call" && call.namespace !== undefined
        ? callables.get(keyOf({ ...call, namespace: call.namespace }))
        : undefined;
    },
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

/** From here on, declaring every tool takes more of a window than searching does. */
const MANY_TOOLS = 100;

function isDeferred(
  count: number,
  toolSearch: ToolSettings["toolSearch"],
): boolean {
  if (toolSearch === undefined || count === 0) return false;
  return toolSearch === "always" || count >= MANY_TOOLS;
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

function callable(
  { server, tool, name, isParallel }: KnownTool,
): CallableTool {
  return serverTool({ server: server.name, tool: tool.name }, {
    parallel: isParallel,
    hookName: name.namespace + name.name,
  });
}

function keyOf({ namespace, name }: ModelName): string {
  return `${namespace}\0${name}`;
}

function ownKey(server: string, tool: string): string {
  return `${server}\0${tool}`;
}
