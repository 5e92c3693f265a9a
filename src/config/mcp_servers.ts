/**
 * `[mcp_servers.<name>]`: that each table describes one transport and nothing of
 * another, and what it means.
 */
import type {
  Config,
  McpEnvVar,
  McpServerConfig,
  McpTransport,
} from "./config.ts";
import { oauthClientOf, oauthProblem } from "./mcp_oauth.ts";
import { ConfigProblem } from "./problem.ts";
import type { ConfigToml } from "./schema.ts";

type McpServers = NonNullable<ConfigToml["mcp_servers"]>;
type McpServer = McpServers[string];
type RawEnvVar = NonNullable<McpServer["env_vars"]>[number];

const NOT_FOR_STDIO = [
  "url",
  "bearer_token_env_var",
  "bearer_token",
  "http_headers",
  "env_http_headers",
  "oauth_resource",
  "oauth",
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
    for (const entry of server.env_vars ?? []) checkEnvVar(name, entry);
    const problem = transportProblem(server);
    if (problem !== undefined) {
      throw new ConfigProblem(["mcp_servers", name], problem, {
        isLoadFailure: true,
      });
    }
    const flaw = server.oauth && oauthProblem(server.oauth);
    if (flaw === undefined) continue;
    throw new ConfigProblem(["mcp_servers", name, "oauth"], flaw, {
      isLoadFailure: true,
    });
  }
}

function checkEnvVar(server: string, entry: RawEnvVar): void {
  if (typeof entry === "string") return;
  const { name, source, ...rest } = entry;
  const isEnvVar = typeof name === "string" &&
    (source === undefined || typeof source === "string") &&
    Object.keys(rest).length === 0;
  if (!isEnvVar) {
    throw new ConfigProblem(
      ["mcp_servers", server, "env_vars"],
      "data did not match any variant of untagged enum McpServerEnvVar",
      { isLoadFailure: true },
    );
  }
  if (source === undefined || isEnvSource(source)) return;
  throw new ConfigProblem(
    ["mcp_servers", server],
    `unsupported env_vars source \`${source}\`; expected \`local\` or \`remote\``,
    { isLoadFailure: true },
  );
}

function isEnvSource(value: unknown): value is "local" | "remote" {
  return value === "local" || value === "remote";
}

function envVarOf(entry: RawEnvVar): McpEnvVar {
  if (typeof entry === "string") return entry;
  const { name, source } = entry;
  return {
    name: String(name),
    ...(isEnvSource(source) ? { source } : {}),
  };
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

/** The servers, in the order of their names. The tables were checked. */
export function resolveMcpServers(servers: McpServers): Config["mcpServers"] {
  const sorted = Object.entries(servers).sort(byName);
  return Object.fromEntries(
    sorted.map(([name, server]) => [name, resolveServer(server)]),
  );
}

function resolveServer(server: McpServer): McpServerConfig {
  const tools = Object.entries(server.tools ?? {});
  return {
    transport: transportOf(server),
    isEnabled: server.enabled ?? true,
    isRequired: server.required ?? false,
    startupTimeoutMs: milliseconds(server.startup_timeout_sec) ??
      server.startup_timeout_ms,
    toolTimeoutMs: milliseconds(server.tool_timeout_sec),
    enabledTools: server.enabled_tools,
    disabledTools: server.disabled_tools,
    approvalMode: server.default_tools_approval_mode ?? "auto",
    toolApprovalModes: Object.fromEntries(
      tools.flatMap(([name, { approval_mode }]) =>
        approval_mode === undefined ? [] : [[name, approval_mode]]
      ),
    ),
    isParallel: server.supports_parallel_tool_calls ?? false,
  };
}

function transportOf(server: McpServer): McpTransport {
  if (server.command !== undefined) {
    return {
      kind: "stdio",
      command: server.command,
      args: server.args ?? [],
      env: sorted(server.env),
      envVars: (server.env_vars ?? []).map(envVarOf),
      cwd: server.cwd,
    };
  }
  return {
    kind: "http",
    // Checked: what has no command has an address.
    url: server.url ?? "",
    bearerTokenEnvVar: server.bearer_token_env_var,
    headers: sorted(server.http_headers),
    envHeaders: sorted(server.env_http_headers),
    scopes: server.scopes,
    oauthResource: server.oauth_resource,
    oauthClient: oauthClientOf(server.oauth),
  };
}

function sorted(
  map: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  return map && Object.fromEntries(Object.entries(map).sort(byName));
}

function byName(
  [left]: readonly [string, unknown],
  [right]: readonly [string, unknown],
): number {
  return left < right ? -1 : 1;
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
