/** Who we are to an authorization server, and whether it is the right one. */
import type { OAuthServerInfo } from "@modelcontextprotocol/client";
import { Secret } from "@/auth/secret.ts";
import type { Environment } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";

/** The authorization server's own name for itself. */
export function issuerOf(
  { authorizationServerMetadata, authorizationServerUrl }: OAuthServerInfo,
): string {
  return authorizationServerMetadata?.issuer ?? authorizationServerUrl;
}

/** People leave out the slash at the end, and URLs put it back. */
export function isSameIssuer(left: string, right: string): boolean {
  return left.replace(/\/$/, "") === right.replace(/\/$/, "");
}

/** What a variable holds that the configuration names. @throws CodexError without it */
export function secretFrom(
  env: Environment,
  variable: string,
  server: string,
): Secret {
  const value = env.get(variable);
  if (value !== undefined && value !== "") return new Secret(value);
  throw new CodexError(
    "unauthorized",
    `Cannot say who we are to MCP server "${server}": the environment variable ` +
      `${variable} is not set; its [mcp_servers.${server}.oauth] names it`,
  );
}
