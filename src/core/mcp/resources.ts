/** What servers offer to read, asked for by the model. */
import { boundResult } from "@/mcp/bounded_result.ts";
import { McpRequestError, type McpServer } from "@/mcp/server.ts";
import type { McpResourceOutcome, McpResourceQuery } from "@/tools/tool.ts";
import { type CallPorts, showCall } from "./call.ts";

type Json = Readonly<Record<string, unknown>>;

/** How each query is called: by the model, and on the wire. */
const KINDS = {
  list: {
    tool: "list_mcp_resources",
    method: "resources/list",
    key: "resources",
  },
  templates: {
    tool: "list_mcp_resource_templates",
    method: "resources/templates/list",
    key: "resourceTemplates",
  },
  read: {
    tool: "read_mcp_resource",
    method: "resources/read",
    key: "contents",
  },
} as const;

/** Answers with JSON for the model; shown as an item of the server it is about. */
export async function queryResources(
  ports: CallPorts,
  servers: readonly McpServer[],
  query: McpResourceQuery,
  signal: AbortSignal,
): Promise<McpResourceOutcome> {
  const { tool, method } = KINDS[query.kind];
  const { kind: _, ...fields } = query;
  const call = {
    // Items need a server; what asks all of them is the program's own.
    server: query.server ?? "codex",
    tool,
    arguments: Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ),
  };
  const outcome = await showCall(ports, call, signal, async () => {
    try {
      const json = JSON.stringify(await answer(servers, query, signal));
      const content = [{ type: "text", text: json }];
      return { kind: "result", ...boundResult({ content, isError: false }) };
    } catch (error) {
      if (!(error instanceof McpRequestError)) throw error;
      return { kind: "error", message: `${method} failed: ${error.message}` };
    }
  });
  return outcome.kind === "error"
    ? { kind: "failed", text: outcome.message }
    : { kind: "ok", json: textOf(outcome.content) };
}

async function answer(
  servers: readonly McpServer[],
  query: McpResourceQuery,
  signal: AbortSignal,
): Promise<Json> {
  const { method, key } = KINDS[query.kind];
  if (query.kind === "read") {
    const { uri } = query;
    const server = find(servers, query.server);
    const about = ` (${uri})`;
    const found = await ask(server, method, { uri }, about, signal);
    return { server: server.name, uri, contents: found[key] ?? [] };
  }
  if (query.server === undefined) {
    if (query.cursor !== undefined) {
      throw new McpRequestError("a cursor belongs to one server: name it");
    }
    return { [key]: await listAll(servers, query.kind, signal) };
  }
  const server = find(servers, query.server);
  const params = query.cursor === undefined ? {} : { cursor: query.cursor };
  const found = await ask(server, method, params, "", signal);
  return {
    server: server.name,
    [key]: named(server, found[key]),
    ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }),
  };
}

/** Of every server that answers; one without resources has none to list. */
async function listAll(
  servers: readonly McpServer[],
  kind: "list" | "templates",
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { method, key } = KINDS[kind];
  const lists = await Promise.all(servers.map(async (server) => {
    try {
      return named(server, (await server.resources(method, {}, signal))[key]);
    } catch (error) {
      if (error instanceof McpRequestError) return [];
      throw error;
    }
  }));
  return lists.flat();
}

async function ask(
  server: McpServer,
  method: Parameters<McpServer["resources"]>[0],
  params: Json,
  about: string,
  signal: AbortSignal,
): Promise<Json> {
  try {
    return await server.resources(method, params, signal);
  } catch (error) {
    if (!(error instanceof McpRequestError)) throw error;
    throw new McpRequestError(
      `${method} failed for \`${server.name}\`${about}: ${error.message}`,
    );
  }
}

function find(servers: readonly McpServer[], name: string): McpServer {
  const server = servers.find((candidate) => candidate.name === name);
  if (server !== undefined) return server;
  throw new McpRequestError(`unknown MCP server '${name}'`);
}

function named(server: McpServer, list: unknown): readonly unknown[] {
  return Array.isArray(list)
    ? list.map((entry) => ({ server: server.name, ...entry }))
    : [];
}

function textOf(content: readonly unknown[]): string {
  const [block] = content as readonly { readonly text?: string }[];
  return block?.text ?? "";
}
