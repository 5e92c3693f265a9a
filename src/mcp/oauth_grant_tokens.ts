/**
 * Tokens this program gets without a person: by what it was given to prove who it is
 * (RFC 6749, section 4.4; RFC 7523), or by the word of the user's identity provider
 * (RFC 8693, then RFC 7523). They are held in memory and asked for anew when they are
 * old. The MCP server says which authorization server it trusts; only the configured
 * one is ever shown a proof.
 */
import {
  ClientCredentialsProvider,
  CrossAppAccessProvider,
  fetchToken,
  InsecureTokenEndpointError,
  OAuthError,
  PrivateKeyJwtProvider,
  requestJwtAuthorizationGrant,
  selectResourceURL,
} from "@modelcontextprotocol/client";
import { Secret } from "@/auth/secret.ts";
import type { McpGrantClient } from "@/config/config.ts";
import { HttpError } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { printable } from "@/text/ansi.ts";
import { isUnauthorized, missesScopes, reasonOf } from "./failures.ts";
import { fetchDocument, type HttpServer } from "./http_transport.ts";
import { isSameIssuer, issuerOf, secretFrom } from "./oauth_client.ts";
import { discoveredScopes, discoverLogin } from "./oauth_discovery.ts";
import type { TokenPorts } from "./oauth_tokens.ts";
import type { ServerLogin } from "./server_login.ts";

/** A token this close to its end is not worth sending. */
const EXPIRY_MARGIN_MS = 30_000;
/** How long each request for a token may take. */
const REQUEST_MS = 15_000;

/** A server and who we are to those who give out its tokens. */
export interface GrantTarget {
  readonly name: string;
  readonly server: HttpServer;
  readonly client: McpGrantClient;
}

interface HeldToken {
  readonly value: Secret;
  /** Milliseconds since the Unix epoch; undefined: nobody said. */
  readonly expiresAtMs: number | undefined;
}

/** Nobody gave us a token; the message says who would not, and why. */
class GrantRefused extends Error {
  override readonly name = "GrantRefused";
}

type GrantProvider =
  | ClientCredentialsProvider
  | CrossAppAccessProvider
  | PrivateKeyJwtProvider;

/** The tokens of one server, for the SDK's transport. */
export class GrantTokens implements ServerLogin {
  readonly #ports: TokenPorts;
  readonly #target: GrantTarget;
  #held: HeldToken | undefined;
  #asking: Promise<void> | undefined;

  constructor(ports: TokenPorts, target: GrantTarget) {
    this.#ports = ports;
    this.#target = target;
  }

  /** Undefined before the server wanted one. */
  async token(): Promise<string | undefined> {
    if (this.#held !== undefined && this.#isOld(this.#held)) await this.#ask();
    return this.#held?.value.reveal();
  }

  /** @throws GrantRefused */
  async onUnauthorized(
    { response }: { readonly response: Response },
  ): Promise<void> {
    // Nobody reads on in what turned us away, and the SDK leaves it open on a failure.
    await response.body?.cancel();
    await this.#ask();
  }

  advice(error: unknown): string | undefined {
    return isUnauthorized(error) || missesScopes(error)
      ? "it does not take the token its authorization server gave us for it; ask " +
        `whoever runs it what client "${this.#target.client.id}" may do`
      : undefined;
  }

  #isOld({ expiresAtMs }: HeldToken): boolean {
    return expiresAtMs !== undefined &&
      expiresAtMs - EXPIRY_MARGIN_MS < this.#ports.clock.now();
  }

  /** Requests that need a token together ask for it once. */
  #ask(): Promise<void> {
    return this.#asking ??= this.#obtain().then((token) => {
      this.#held = token;
    }).finally(() => {
      this.#asking = undefined;
    });
  }

  async #obtain(): Promise<HeldToken> {
    const { name, server, client } = this.#target;
    const limit = () => this.#ports.clock.timeout(REQUEST_MS);
    const needs = await discoverLogin(this.#ports, name, server, limit);
    const { info } = needs;
    const issuer = issuerOf(info);
    if (!isSameIssuer(issuer, client.issuer)) {
      throw new GrantRefused(
        `its tokens come from ${printable(issuer, "plain")}, and the ` +
          `configuration says ${client.issuer}; nothing was sent there`,
      );
    }
    const fetchFn = fetchDocument(this.#ports.http, limit);
    const scope = (server.scopes ?? discoveredScopes(needs))?.join(" ");
    try {
      const provider = this.#provider(fetchFn);
      const resource = server.oauthResource === undefined
        ? await selectResourceURL(server.url, provider, info.resourceMetadata)
        : new URL(server.oauthResource);
      if (provider instanceof CrossAppAccessProvider) {
        provider.saveAuthorizationServerUrl(issuer);
        provider.saveResourceUrl?.(String(resource ?? server.url));
      }
      const metadata = info.authorizationServerMetadata;
      const { access_token, expires_in } = await fetchToken(
        provider,
        info.authorizationServerUrl,
        {
          ...(metadata === undefined ? {} : { metadata }),
          ...(resource === undefined ? {} : { resource }),
          ...(scope === undefined || scope === "" ? {} : { scope }),
          fetchFn,
        },
      );
      return {
        value: new Secret(access_token),
        expiresAtMs: expires_in === undefined
          ? undefined
          : this.#ports.clock.now() + expires_in * 1000,
      };
    } catch (error) {
      throw refusal(error, client);
    }
  }

  #provider(fetchFn: ReturnType<typeof fetchDocument>): GrantProvider {
    const { name, client } = this.#target;
    const secret = (variable: string) =>
      secretFrom(this.#ports.env, variable, name).reveal();
    const common = { clientId: client.id, expectedIssuer: client.issuer };
    if (client.grant === "client_credentials") {
      const { proof } = client;
      return proof.kind === "secret"
        ? new ClientCredentialsProvider({
          ...common,
          clientSecret: secret(proof.envVar),
        })
        : new PrivateKeyJwtProvider({
          ...common,
          privateKey: secret(proof.envVar),
          algorithm: proof.algorithm,
        });
    }
    const { provider, idTokenEnvVar, secretEnvVar } = client;
    return new CrossAppAccessProvider({
      ...common,
      clientSecret: secret(secretEnvVar),
      fetchFn,
      assertion: async ({ authorizationServerUrl, resourceUrl, scope }) => {
        const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
          tokenEndpoint: provider.tokenEndpoint,
          audience: authorizationServerUrl,
          resource: resourceUrl,
          idToken: secret(idTokenEnvVar),
          clientId: provider.clientId,
          ...(scope === undefined ? {} : { scope }),
          fetchFn,
        });
        return jwtAuthGrant;
      },
    });
  }
}

/** The reason without what an answer may hold: servers put tokens where they like. */
function refusal(error: unknown, client: McpGrantClient): Error {
  if (error instanceof CodexError) return error;
  if (
    error instanceof HttpError || error instanceof InsecureTokenEndpointError
  ) {
    return new GrantRefused(reasonOf(error), { cause: error });
  }
  if (error instanceof OAuthError) {
    return new GrantRefused(`the authorization server said \`${error.code}\``);
  }
  const message = error instanceof Error ? error.message : "";
  const word = /^Token exchange failed: ([a-z_]{1,40})\b/.exec(message)?.[1];
  if (word !== undefined) {
    return new GrantRefused(`the identity provider said \`${word}\``);
  }
  const hint = client.grant === "client_credentials" &&
      client.proof.kind === "key"
    ? `; ${client.proof.envVar} must hold a PKCS #8 key in PEM for ${client.proof.algorithm}`
    : "";
  return new GrantRefused(
    `its authorization server's answer was no token${hint}`,
    { cause: error },
  );
}
