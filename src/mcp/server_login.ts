/** What lets us in at a server behind an address: a person's login, or our own. */
import type { AuthProvider } from "@modelcontextprotocol/client";
import type { HttpServer } from "./http_transport.ts";
import { GrantTokens } from "./oauth_grant_tokens.ts";
import { LoginTokens, type TokenPorts } from "./oauth_tokens.ts";

/** Gives each request its token and says what to do when that does not help. */
export interface ServerLogin extends AuthProvider {
  /** What the user can do, when a failure is about who we are; else undefined. */
  advice(error: unknown): string | undefined;
}

export function createLogin(
  ports: TokenPorts,
  name: string,
  server: HttpServer,
): ServerLogin {
  const { oauthClient } = server;
  return oauthClient === undefined || oauthClient.grant === "authorization_code"
    ? new LoginTokens(ports, name, server)
    : new GrantTokens(ports, { name, server, client: oauthClient });
}
