/** What a person asks of connected servers themselves, without the model. */
import { CodexError } from "@/protocol/errors.ts";
import type {
  DirectToolCall,
  DirectToolResult,
  ResourceContents,
} from "@/protocol/mcp_access.ts";
import type { Connection } from "./connections.ts";
import { McpRequestError, type McpServer } from "./server.ts";

type Json = Readonly<Record<string, unknown>>;

/** A list that never ends is no list. */
const PAGES_MAX = 64;
/** More than anyone looks through. */
const ENTRIES_MAX = 10_000;

/** @throws CodexError `mcp_unavailable` */
export function findServer(
  connections: readonly Connection[],
  name: string,
): McpServer {
  for (const one of connections) {
    if (one.kind === "ready" && one.server.name === name) return one.server;
    if (one.kind === "failed" && one.name === name) {
      throw unavailable(`failed to get client: ${one.reason}`);
    }
  }
  throw unavailable(`unknown MCP server '${name}'`);
}

/** @throws CodexError `mcp_unavailable` */
export async function readResource(
  server: McpServer,
  uri: string,
  signal: AbortSignal,
): Promise<ResourceContents> {
  try {
    const { contents } = await server.resources(
      "resources/read",
      { uri },
      signal,
    );
    return Array.isArray(contents) ? contents : [];
  } catch (error) {
    if (!(error instanceof McpRequestError)) throw error;
    throw unavailable(
      `resources/read failed for \`${server.name}\` (${uri}): ${error.message}`,
    );
  }
}

/** @throws CodexError `mcp_unavailable` */
export async function callTool(
  server: McpServer,
  { tool, arguments: given, meta }: DirectToolCall,
  threadId: string,
  signal: AbortSignal,
): Promise<DirectToolResult> {
  if (given != null && !isObject(given)) {
    throw unavailable(
      `tool call failed for \`${server.name}/${tool}\`: MCP tool arguments must be a JSON object, got ${
        JSON.stringify(given)
      }`,
    );
  }
  await server.refreshTools(signal);
  // What the configuration does not let through is not there for anybody.
  if (!server.tools.some(({ name }) => name === tool)) {
    throw unavailable(
      `tool call failed for \`${server.name}/${tool}\`: the server has no such tool, or the configuration leaves it out`,
    );
  }
  const answer = await server.call({
    tool,
    arguments: given ?? undefined,
    meta: { ...(isObject(meta) ? meta : {}), threadId },
  }, signal);
  if (answer.kind === "error") throw unavailable(answer.message);
  const { kind: _, ...result } = answer;
  return result;
}

/** Every page of a list; empty for a server that has no such list. */
export async function listAll(
  server: McpServer,
  method: "resources/list" | "resources/templates/list",
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const key = method === "resources/list" ? "resources" : "resourceTemplates";
  const entries: unknown[] = [];
  let cursor: unknown;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await pageOf(server, method, cursor, signal);
    const list = answer[key];
    if (Array.isArray(list)) entries.push(...list);
    const next = answer["nextCursor"];
    if (next == null || next === cursor || entries.length >= ENTRIES_MAX) break;
    cursor = next;
  }
  return entries.slice(0, ENTRIES_MAX);
}

async function pageOf(
  server: McpServer,
  method: "resources/list" | "resources/templates/list",
  cursor: unknown,
  signal: AbortSignal,
): Promise<Json> {
  try {
    const params = cursor === undefined ? {} : { cursor };
    return await server.resources(method, params, signal);
  } catch (error) {
    // Most servers have no resources, and say so in many ways.
    if (error instanceof McpRequestError) return {};
    throw error;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unavailable(message: string): CodexError {
  return new CodexError("mcp_unavailable", message);
}
