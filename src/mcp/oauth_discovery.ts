/**
 * Whether and where a server wants a login: it is asked without one, then for its
 * metadata (RFC 9728, RFC 8414) at the places the protocol names.
 */
import {
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  IssuerMismatchError,
  type OAuthServerInfo,
} from "@modelcontextprotocol/client";
import type { Environment, HttpClient, Platform } from "@/platform/platform.ts";
import { VERSION } from "@/protocol/version.ts";
import {
  fetchDocument,
  type HttpServer,
  serverHeaders,
} from "./http_transport.ts";

/** What a server says of logins to it. */
export interface LoginNeeds {
  readonly info: OAuthServerInfo;
  /** It turned us away; without that and without metadata there is nothing to log in to. */
  readonly isRequired: boolean;
  readonly resourceMetadataUrl: URL | undefined;
  /** The scopes it asked for when it turned us away. */
  readonly scope: string | undefined;
}

export interface DiscoveryPorts {
  readonly http: HttpClient;
  readonly env: Environment;
}

/** @throws HttpError when the server cannot be reached, IssuerMismatchError for a lie */
export async function discoverLogin(
  ports: DiscoveryPorts,
  name: string,
  server: HttpServer,
  limit: () => AbortSignal,
): Promise<LoginNeeds> {
  const fetchFn = fetchDocument(ports.http, limit);
  const challenge = await ports.http.send({
    method: "POST",
    url: server.url,
    headers: {
      ...serverHeaders(name, server, ports.env),
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify(GREETING),
  }, limit());
  // Its head says it all; the body may be a stream without end.
  await challenge.body?.cancel();
  const isRequired = challenge.status === 401;
  const { resourceMetadataUrl, scope } = isRequired
    ? extractWWWAuthenticateParams(challenge)
    : {};
  const info = await discoverInfo(server.url, {
    fetchFn,
    ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
  });
  return { info, isRequired, resourceMetadataUrl, scope };
}

type InfoOptions = NonNullable<Parameters<typeof discoverOAuthServerInfo>[1]>;

/**
 * A server of before RFC 9728 names no issuer, so its own origin stands for one; its
 * metadata may then name an issuer below that origin, and none elsewhere.
 */
async function discoverInfo(
  url: string,
  options: InfoOptions,
): Promise<OAuthServerInfo> {
  try {
    return await discoverOAuthServerInfo(url, options);
  } catch (error) {
    if (!(error instanceof IssuerMismatchError)) throw error;
    const info = await discoverOAuthServerInfo(url, {
      ...options,
      skipIssuerMetadataValidation: true,
    });
    const issuer = info.authorizationServerMetadata?.issuer ?? "";
    const isOwn = info.resourceMetadata === undefined &&
      URL.canParse(issuer) && new URL(issuer).origin === new URL(url).origin;
    if (!isOwn) throw error;
    return info;
  }
}

/** What the server asked for, else what it says it has. */
export function discoveredScopes(
  { scope, info }: LoginNeeds,
): readonly string[] | undefined {
  if (scope !== undefined) return scope.split(" ");
  return info.resourceMetadata === undefined
    ? info.authorizationServerMetadata?.scopes_supported
    : info.resourceMetadata.scopes_supported;
}

/** Whether there is something to log in to. */
export function supportsLogin({ info, isRequired }: LoginNeeds): boolean {
  return info.authorizationServerMetadata !== undefined || isRequired;
}

/** Whether it can be seen that a server wants a login; one that is silent wants none. */
export async function wantsLogin(
  ports: DiscoveryPorts & Pick<Platform, "log">,
  name: string,
  server: HttpServer,
  limit: () => AbortSignal,
): Promise<boolean> {
  try {
    return supportsLogin(await discoverLogin(ports, name, server, limit));
  } catch (error) {
    ports.log.warn("mcp", () => `${name}: no word about logins: ${error}`);
    return false;
  }
}

const GREETING = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "codex-mcp-client", title: "Codex", version: VERSION },
  },
};
