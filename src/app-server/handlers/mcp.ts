/** MCP servers, as clients look at them and use them. */
import { CodexError } from "@/protocol/errors.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { decode } from "@/protocol/decode.ts";
import type { ResourceContents } from "@/protocol/mcp_access.ts";
import { ResourceContent } from "@/protocol/rpc/mcp.ts";
import type { McpLogins } from "../mcp_logins.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";

type Names =
  | "config/mcpServer/reload"
  | "mcpServer/oauth/login"
  | "mcpServer/resource/read"
  | "mcpServer/tool/call"
  | "mcpServerStatus/list";

export function mcpHandlers(
  { mcp }: AgentServices,
  table: ThreadTable,
  logins: McpLogins,
): Pick<Handlers, Names> {
  return {
    async "mcpServerStatus/list"({ cursor, limit, detail }, { signal }) {
      const names = await mcp.names();
      const start = startOf(cursor ?? undefined, names.length);
      const end = Math.min(
        start + Math.max(limit ?? names.length, 1),
        names.length,
      );
      return {
        data: await mcp.status(
          names.slice(start, end),
          detail ?? "full",
          signal,
        ),
        nextCursor: end < names.length ? String(end) : null,
      };
    },
    async "mcpServer/resource/read"({ server, uri, threadId }, { signal }) {
      const contents = threadId == null
        ? await mcp.readResource(server, uri, signal)
        : await accessOf(table, threadId, server)
          .readResource(server, uri, signal);
      return { contents: contentsOf(contents, server) };
    },
    async "mcpServer/tool/call"(request, { signal }) {
      const { threadId, server, tool } = request;
      const { content, meta, ...rest } = await accessOf(
        table,
        threadId,
        server,
      ).callTool({
        server,
        tool,
        arguments: request.arguments,
        meta: request._meta,
      }, signal);
      return {
        ...rest,
        content: [...content],
        ...(meta === undefined ? {} : { _meta: meta }),
      };
    },
    async "mcpServer/oauth/login"({ name, scopes, timeoutSecs }) {
      return {
        authorizationUrl: await logins.start({
          name,
          scopes: scopes ?? undefined,
          timeoutMs: timeoutSecs == null ? undefined : timeoutSecs * 1000,
        }),
      };
    },
    async "config/mcpServer/reload"() {
      await Promise.all(
        table.all().map((thread) => thread.submit({ type: "reloadServers" })),
      );
      return {};
    },
  };
}

/** Cursors are places in the list, as the reference has them. */
function startOf(cursor: string | undefined, count: number): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) throw refused(`invalid cursor: ${cursor}`);
  const start = Number(cursor);
  if (start <= count) return start;
  throw refused(`cursor ${cursor} exceeds total MCP servers ${count}`);
}

function accessOf(table: ThreadTable, threadId: string, server: string) {
  const access = table.get(threadId).mcp;
  if (access !== undefined) return access;
  throw new CodexError("mcp_unavailable", `unknown MCP server '${server}'`);
}

function contentsOf(contents: ResourceContents, server: string) {
  return contents.map((one) => {
    const decoded = decode(ResourceContent, one);
    if (decoded.ok) return decoded.value;
    throw new CodexError(
      "mcp_unavailable",
      `Cannot pass on the answer of MCP server "${server}": a part of it is neither text nor data`,
    );
  });
}
