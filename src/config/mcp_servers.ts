/** That each `[mcp_servers.<name>]` describes one transport and nothing of another. */
import { ConfigProblem } from "./problem.ts";
import type { ConfigToml } from "./schema.ts";

type McpServers = NonNullable<ConfigToml["mcp_servers"]>;
type McpServer = McpServers[string];

const NOT_FOR_STDIO = [
  "url",
  "bearer_token_env_var",
  "bearer_token",
  "http_headers",
  "env_http_headers",
  "oauth_resource",
] as const;

const NOT_FOR_HTTP = [
  "args",
  "env",
  "env_vars",
  "cwd",
  "bearer_token",
] as const;

/** @throws ConfigProblem */
export function checkMcpServers(servers: McpServers): void {
  for (const [name, server] of Object.entries(servers)) {
    const problem = transportProblem(server);
    if (problem === undefined) continue;
    throw new ConfigProblem(["mcp_servers", name], problem, {
      isLoadFailure: true,
    });
  }
}

function transportProblem(server: McpServer): string | undefined {
  if (server.command !== undefined) {
    const key = NOT_FOR_STDIO.find((key) => server[key] !== undefined);
    return key && `${key} is not supported for stdio`;
  }
  if (server.url === undefined) return "invalid transport";
  const key = NOT_FOR_HTTP.find((key) => server[key] !== undefined);
  return key && `${key} is not supported for streamable_http`;
}
