/** `codex mcp`: shows the configured MCP servers and edits them in config.toml. */
import { findCodexHome } from "@/config/codex_home.ts";
import type { Config, McpServerConfig, McpTransport } from "@/config/config.ts";
import type { Edit } from "@/config/edit.ts";
import { loadConfig } from "@/config/load.ts";
import { parseToml } from "@/config/toml.ts";
import { valueAt } from "@/config/table.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { configOptions } from "../config_options.ts";
import { authStatuses } from "../mcp_auth.ts";
import {
  describeServer,
  serverJson,
  serversJson,
  serverTables,
} from "../mcp_views.ts";
import {
  flagValue,
  flagValues,
  hasFlag,
  type ParsedCommand,
  positional,
  positionals,
} from "../parsed.ts";

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const text = await answer(parsed, platform);
  platform.terminal.writeOut(text);
  return 0;
}

function answer(parsed: ParsedCommand, platform: Platform): Promise<string> {
  switch (parsed.command.at(-1)) {
    case "add":
      return add(parsed, platform);
    case "remove":
      return remove(parsed, platform);
    case "get":
      return get(parsed, platform);
    case "login":
      return login(parsed, platform);
    case "logout":
      return logout(parsed, platform);
    default:
      return list(parsed, platform);
  }
}

async function list(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<string> {
  const config = await loadConfig(configOptions(parsed, platform));
  const { mcpServers } = config;
  const auth = await authStatuses(platform, config);
  if (hasFlag(parsed, "json")) return serversJson(mcpServers, auth);
  if (Object.keys(mcpServers).length > 0) return serverTables(mcpServers, auth);
  return "No MCP servers configured yet. Try `codex mcp add my-tool -- my-command`.\n";
}

async function get(parsed: ParsedCommand, platform: Platform): Promise<string> {
  const name = nameOf(parsed);
  const config = await loadConfig(configOptions(parsed, platform));
  const server = findServer(config, parsed);
  return hasFlag(parsed, "json")
    ? serverJson(name, server)
    : describeServer(name, server);
}

async function add(parsed: ParsedCommand, platform: Platform): Promise<string> {
  const name = validName(parsed);
  const path = ["mcp_servers", name];
  const env = environmentOf(flagValues(parsed, "env"));
  const [command, ...args] = positionals(parsed, "COMMAND");
  if (command === undefined && Object.keys(env).length > 0) {
    throw new CodexError("invalid_input", "command is required");
  }
  if (command !== undefined && hasFlag(parsed, "bearer-token-env-var")) {
    throw new CodexError(
      "usage",
      "--bearer-token-env-var is for servers with a --url",
    );
  }
  await editFile(platform, [
    // An older entry of that name goes as a whole.
    { kind: "remove", path },
    {
      kind: "addTable",
      path,
      values: command === undefined
        ? httpValues(parsed)
        : { command, ...(args.length === 0 ? {} : { args }) },
    },
    ...(Object.keys(env).length === 0
      ? []
      : [{ kind: "addTable" as const, path: [...path, "env"], values: env }]),
  ]);
  platform.terminal.writeOut(`Added global MCP server '${name}'.\n`);
  if (command !== undefined || hasFlag(parsed, "bearer-token-env-var")) {
    return "";
  }
  const { logInAfterAdding } = await import("../mcp_login.ts");
  return await logInAfterAdding(
    platform,
    await loadConfig(configOptions(parsed, platform)),
    name,
  );
}

function httpValues(parsed: ParsedCommand): Record<string, string> {
  const url = flagValue(parsed, "url") ?? "";
  const variable = flagValue(parsed, "bearer-token-env-var");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CodexError(
      "invalid_input",
      `Cannot add the server: "${url}" is no http or https address`,
    );
  }
  return {
    url,
    ...(variable === undefined ? {} : { bearer_token_env_var: variable }),
  };
}

/** In the order of names; the last value given for a name counts. */
function environmentOf(
  entries: readonly string[],
): Readonly<Record<string, string>> {
  const variables = new Map(entries.map((entry) => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at).trim(), entry.slice(at + 1)];
  }));
  return Object.fromEntries(
    [...variables].sort(([left], [right]) => left < right ? -1 : 1),
  );
}

async function remove(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<string> {
  const name = validName(parsed);
  const path = ["mcp_servers", name];
  const file = resolvePath(await findCodexHome(platform), "config.toml");
  const text = await platform.files.readTextIfExists(file);
  if (valueAt(parseToml(text ?? "", file), path) === undefined) {
    return `No MCP server named '${name}' found.\n`;
  }
  await editFile(platform, [{ kind: "remove", path }]);
  return `Removed global MCP server '${name}'.\n`;
}

async function login(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<string> {
  const config = await loadConfig(configOptions(parsed, platform));
  const server = httpServer(
    findServer(config, parsed),
    "OAuth login is only supported for streamable HTTP servers.",
  );
  const scopes = flagValues(parsed, "scopes")
    .flatMap((value) => value.split(","))
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
  const { logInTo } = await import("../mcp_login.ts");
  const name = nameOf(parsed);
  await logInTo(platform, config, {
    name,
    server,
    scopes: scopes.length === 0 ? undefined : scopes,
  });
  return `Successfully logged in to MCP server '${name}'.\n`;
}

async function logout(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<string> {
  const config = await loadConfig(configOptions(parsed, platform));
  const { url } = httpServer(
    findServer(config, parsed, " in configuration"),
    "OAuth logout is only supported for streamable_http transports.",
  );
  const name = nameOf(parsed);
  const { LoginStore } = await import("@/mcp/oauth_store.ts");
  const store = new LoginStore(platform.files, config.codexHome);
  return await store.remove({ name, url })
    ? `Removed OAuth credentials for '${name}'.\n`
    : `No OAuth credentials stored for '${name}'.\n`;
}

function httpServer(
  { transport }: McpServerConfig,
  problem: string,
): Extract<McpTransport, { kind: "http" }> {
  if (transport.kind === "http") return transport;
  throw new CodexError("unsupported", problem);
}

function nameOf(parsed: ParsedCommand): string {
  return positional(parsed, "NAME") ?? "";
}

/** @throws CodexError for a name that could not be part of a tool's name */
function validName(parsed: ParsedCommand): string {
  const name = nameOf(parsed);
  if (/^[A-Za-z0-9_-]+$/.test(name)) return name;
  throw new CodexError(
    "invalid_input",
    `invalid server name '${name}' (use letters, numbers, '-', '_')`,
  );
}

function findServer(
  { mcpServers }: Pick<Config, "mcpServers">,
  parsed: ParsedCommand,
  where = "",
): McpServerConfig {
  const name = nameOf(parsed);
  const server = Object.hasOwn(mcpServers, name) ? mcpServers[name] : undefined;
  if (server !== undefined) return server;
  throw new CodexError(
    "not_found",
    `No MCP server named '${name}' found${where}.`,
  );
}

async function editFile(
  platform: Platform,
  edits: readonly Edit[],
): Promise<void> {
  // The editor brings a parser that listing does not need.
  const { editConfig } = await import("@/config/edit.ts");
  await editConfig(platform.files, await findCodexHome(platform), edits);
}
