/**
 * How configured MCP servers are shown: as tables, as indented lines, as JSON. Pure.
 * What may be a secret is masked in the forms for people; JSON is for programs.
 */
import type { Config, McpServerConfig, McpTransport } from "@/config/config.ts";

type Servers = Config["mcpServers"];
type Stdio = Extract<McpTransport, { kind: "stdio" }>;
type Http = Extract<McpTransport, { kind: "http" }>;
type Row = readonly string[];

const MASK = "*****";

/** How a server knows us. */
export type AuthStatus =
  | "unsupported"
  | "not_logged_in"
  | "bearer_token"
  | "o_auth";

export type AuthStatuses = Readonly<Record<string, AuthStatus>>;

/** The servers as one table for each kind of transport. */
export function serverTables(servers: Servers, auth: AuthStatuses): string {
  const stdio: Row[] = [];
  const http: Row[] = [];
  for (const [name, server] of Object.entries(servers)) {
    const state = [
      server.isEnabled ? "enabled" : "disabled",
      AUTH_LABELS[auth[name] ?? "unsupported"],
    ];
    const { transport } = server;
    if (transport.kind === "stdio") {
      stdio.push([name, ...stdioCells(transport), ...state]);
    } else http.push([name, ...httpCells(transport), ...state]);
  }
  const tables = [
    stdio.length === 0 ? "" : table([STDIO_HEADINGS, ...stdio]),
    http.length === 0 ? "" : table([HTTP_HEADINGS, ...http]),
  ];
  return tables.filter((text) => text !== "").join("\n");
}

const STDIO_HEADINGS = [
  "Name",
  "Command",
  "Args",
  "Env",
  "Cwd",
  "Status",
  "Auth",
];
const HTTP_HEADINGS = [
  "Name",
  "Url",
  "Bearer Token Env Var",
  "Status",
  "Auth",
];

const AUTH_LABELS: Readonly<Record<AuthStatus, string>> = {
  unsupported: "Unsupported",
  not_logged_in: "Not logged in",
  bearer_token: "Bearer token",
  o_auth: "OAuth",
};

function stdioCells(transport: Stdio): Row {
  return [
    transport.command,
    orDash(transport.args.join(" ")),
    maskedEnvironment(transport),
    transport.cwd ?? "-",
  ];
}

function httpCells({ url, bearerTokenEnvVar }: Http): Row {
  return [url, bearerTokenEnvVar ?? "-"];
}

function maskedEnvironment({ env, envVars }: Stdio): string {
  const names = [
    ...Object.keys(env ?? {}),
    ...envVars.map((one) => typeof one === "string" ? one : one.name),
  ];
  return orDash(names.map((name) => `${name}=${MASK}`).join(", "));
}

/** Rows as columns two spaces apart; the last one is padded, too. */
function table(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}\n`
  ).join("");
}

/** One server in indented lines, with the command that removes it. */
export function describeServer(name: string, server: McpServerConfig): string {
  if (!server.isEnabled) return `${name} (disabled)\n`;
  const { transport } = server;
  const lines: (readonly [string, string | undefined])[] = [
    ["enabled", "true"],
    ["enabled_tools", listText(server.enabledTools)],
    ["disabled_tools", listText(server.disabledTools)],
    ...(transport.kind === "stdio"
      ? stdioLines(transport)
      : httpLines(transport)),
    ["startup_timeout_sec", secondsText(server.startupTimeoutMs)],
    ["tool_timeout_sec", secondsText(server.toolTimeoutMs)],
    ["remove", `codex mcp remove ${name}`],
  ];
  return `${name}\n${
    lines.flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${value}\n`]
    ).join("")
  }`;
}

function stdioLines(
  transport: Stdio,
): readonly (readonly [string, string])[] {
  return [
    ["transport", "stdio"],
    ["command", transport.command],
    ["args", orDash(transport.args.join(" "))],
    ["cwd", transport.cwd ?? "-"],
    ["env", maskedEnvironment(transport)],
  ];
}

function httpLines(transport: Http): readonly (readonly [string, string])[] {
  return [
    ["transport", "streamable_http"],
    ["url", transport.url],
    ["bearer_token_env_var", transport.bearerTokenEnvVar ?? "-"],
    ["http_headers", pairsText(transport.headers, () => MASK)],
    // The names of variables are no secrets.
    ["env_http_headers", pairsText(transport.envHeaders, (name) => name)],
  ];
}

function pairsText(
  map: Readonly<Record<string, string>> | undefined,
  show: (value: string) => string,
): string {
  const pairs = Object.entries(map ?? {});
  return orDash(
    pairs.map(([key, value]) => `${key}=${show(value)}`).join(", "),
  );
}

function listText(names: readonly string[] | undefined): string | undefined {
  if (names === undefined) return undefined;
  return names.length === 0 ? "[]" : names.join(", ");
}

function secondsText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : String(ms / 1000);
}

function orDash(text: string): string {
  return text === "" ? "-" : text;
}

/** All servers for a program. */
export function serversJson(servers: Servers, auth: AuthStatuses): string {
  return json(
    Object.entries(servers).map(([name, server]) => ({
      ...identity(name, server),
      ...timeouts(server),
      auth_status: auth[name] ?? "unsupported",
    })),
  );
}

/** One server for a program. */
export function serverJson(name: string, server: McpServerConfig): string {
  return json({
    ...identity(name, server),
    enabled_tools: server.enabledTools ?? null,
    disabled_tools: server.disabledTools ?? null,
    ...timeouts(server),
  });
}

function identity(name: string, server: McpServerConfig): object {
  return {
    name,
    enabled: server.isEnabled,
    disabled_reason: null,
    transport: transportJson(server.transport),
  };
}

function transportJson(transport: McpTransport): object {
  return transport.kind === "stdio"
    ? {
      type: "stdio",
      command: transport.command,
      args: transport.args,
      env: transport.env ?? null,
      env_vars: transport.envVars,
      cwd: transport.cwd ?? null,
    }
    : {
      type: "streamable_http",
      url: transport.url,
      bearer_token_env_var: transport.bearerTokenEnvVar ?? null,
      http_headers: transport.headers ?? null,
      env_http_headers: transport.envHeaders ?? null,
    };
}

function timeouts(server: McpServerConfig): object {
  return {
    startup_timeout_sec: seconds(server.startupTimeoutMs),
    tool_timeout_sec: seconds(server.toolTimeoutMs),
  };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}

/** Indented JSON in which seconds have a point, as programs know them: `12.0`. */
function json(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/^( +"\w+_timeout_sec": \d+)(,?)$/gm, "$1.0$2")}\n`;
}
