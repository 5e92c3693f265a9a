/**
 * How each configured MCP server knows us, as `codex mcp list` tells it: by a token of
 * the configuration, by a login, not yet, or not at all.
 */
import type { Config, McpServerConfig } from "@/config/config.ts";
import type { Platform } from "@/platform/platform.ts";
import type { AuthStatus, AuthStatuses } from "./mcp_views.ts";

/** A server that takes longer to say what it wants is as good as silent. */
const DISCOVERY_MS = 5_000;

/** The servers are asked side by side; one that does not answer wants no login. */
export async function authStatuses(
  platform: Platform,
  config: Config,
): Promise<AuthStatuses> {
  const statuses = await Promise.all(
    Object.entries(config.mcpServers).map(async ([name, server]) =>
      [name, await statusOf(platform, config, name, server)] as const
    ),
  );
  return Object.fromEntries(statuses);
}

async function statusOf(
  platform: Platform,
  { codexHome }: Config,
  name: string,
  { transport, isEnabled }: McpServerConfig,
): Promise<AuthStatus> {
  if (!isEnabled || transport.kind === "stdio") return "unsupported";
  if (transport.bearerTokenEnvVar !== undefined) return "bearer_token";
  const grant = transport.oauthClient?.grant ?? "authorization_code";
  if (grant !== "authorization_code") return "o_auth";
  const { LoginStore } = await import("@/mcp/oauth_store.ts");
  const store = new LoginStore(platform.files, codexHome);
  const login = await store.find({ name, url: transport.url });
  if (login !== undefined) return "o_auth";
  // Asking brings the protocol's client, which no other listing needs.
  const { wantsLogin } = await import("@/mcp/oauth_discovery.ts");
  const limit = platform.clock.timeout(DISCOVERY_MS);
  return await wantsLogin(platform, name, transport, () => limit)
    ? "not_logged_in"
    : "unsupported";
}
