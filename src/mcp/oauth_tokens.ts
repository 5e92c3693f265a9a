/**
 * The token a server behind an address is sent: that of the user's login, refreshed
 * before it grows too old or when the server turns it away. Several programs may share
 * a login, so the file has the last word.
 */
import { OAuthError, refreshAuthorization } from "@modelcontextprotocol/client";
import { Secret } from "@/auth/secret.ts";
import type { Environment, Platform } from "@/platform/platform.ts";
import { loginAdvice, LoginNeeded } from "./failures.ts";
import type { ServerLogin } from "./server_login.ts";
import { isSameIssuer, issuerOf, secretFrom } from "./oauth_client.ts";
import { fetchDocument, type HttpServer } from "./http_transport.ts";
import { discoverLogin } from "./oauth_discovery.ts";
import {
  LoginStore,
  type LoginTarget,
  type StoredLogin,
} from "./oauth_store.ts";

export type TokenPorts = Pick<Platform, "http" | "env" | "clock" | "files"> & {
  readonly codexHome: string;
};

/** A token this close to its end is not worth sending. */
const EXPIRY_MARGIN_MS = 30_000;
/** How long each request of a refresh may take. */
const REFRESH_MS = 15_000;

/** The login of one server, for the SDK's transport. */
export class LoginTokens implements ServerLogin {
  readonly #ports: TokenPorts;
  readonly #target: LoginTarget;
  readonly #server: HttpServer;
  readonly #store: LoginStore;
  #current: StoredLogin | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(ports: TokenPorts, name: string, server: HttpServer) {
    this.#ports = ports;
    this.#server = server;
    this.#target = { name, url: server.url };
    this.#store = new LoginStore(ports.files, ports.codexHome);
  }

  /** Undefined without a login: the server may not want one. */
  async token(): Promise<string | undefined> {
    this.#current ??= await this.#store.find(this.#target);
    if (this.#current !== undefined && this.#isOld(this.#current)) {
      await this.#renew();
    }
    return this.#current?.accessToken.reveal();
  }

  advice(error: unknown): string | undefined {
    const granted = this.#current?.scopes ?? [];
    const advice = loginAdvice(error, this.#target.name, granted);
    // The user may make another login before the next request.
    if (advice !== undefined) this.#current = undefined;
    return advice;
  }

  /** @throws LoginNeeded when only the user can help */
  async onUnauthorized(
    { response }: { readonly response: Response },
  ): Promise<void> {
    // Nobody reads on in what turned us away, and the SDK leaves it open on a failure.
    await response.body?.cancel();
    await this.#renew();
  }

  #isOld({ expiresAtMs, refreshToken }: StoredLogin): boolean {
    return expiresAtMs !== undefined && refreshToken !== undefined &&
      expiresAtMs - EXPIRY_MARGIN_MS < this.#ports.clock.now();
  }

  /** Requests that find the token too old together refresh it once. */
  #renew(): Promise<void> {
    return this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
  }

  async #refresh(): Promise<void> {
    const known = await this.#store.find(this.#target);
    const before = this.#current;
    this.#current = known;
    // Another program was quicker.
    if (
      known !== undefined && !this.#isOld(known) &&
      known.accessToken.reveal() !== before?.accessToken.reveal()
    ) return;
    if (known?.refreshToken === undefined) {
      throw new LoginNeeded(this.#target.name);
    }
    try {
      this.#current = await this.#exchange(known, known.refreshToken);
    } catch (error) {
      if (error instanceof LoginNeeded || error instanceof OAuthError) {
        throw new LoginNeeded(this.#target.name);
      }
      throw error;
    }
    await this.#store.save(this.#target, this.#current);
  }

  async #exchange(
    known: StoredLogin,
    refreshToken: Secret,
  ): Promise<StoredLogin> {
    const limit = () => this.#ports.clock.timeout(REFRESH_MS);
    const { name } = this.#target;
    const { info } = await discoverLogin(
      this.#ports,
      name,
      this.#server,
      limit,
    );
    const metadata = info.authorizationServerMetadata;
    const issuer = issuerOf(info);
    // A server that was taken over may name its own; the token is not for that one.
    if (known.issuer !== undefined && known.issuer !== issuer) {
      throw new LoginNeeded(name);
    }
    const secret = known.clientSecret ??
      configuredSecret(this.#ports.env, this.#target, this.#server, known);
    const tokens = await refreshAuthorization(info.authorizationServerUrl, {
      ...(metadata === undefined ? {} : { metadata }),
      clientInformation: {
        client_id: known.clientId,
        ...(secret === undefined ? {} : { client_secret: secret.reveal() }),
      },
      refreshToken: refreshToken.reveal(),
      ...resourceOf(known, this.#server),
      fetchFn: fetchDocument(this.#ports.http, limit),
    });
    const { access_token, refresh_token, expires_in, scope } = tokens;
    return {
      ...known,
      accessToken: new Secret(access_token),
      refreshToken: refresh_token === undefined
        ? refreshToken
        : new Secret(refresh_token),
      expiresAtMs: expires_in === undefined
        ? undefined
        : this.#ports.clock.now() + expires_in * 1000,
      scopes: scope === undefined ? known.scopes : scope.split(" "),
      issuer,
    };
  }
}

/** The secret of a client that was known before the login. */
function configuredSecret(
  env: Environment,
  { name }: LoginTarget,
  { oauthClient }: HttpServer,
  { clientId, issuer }: StoredLogin,
): Secret | undefined {
  if (oauthClient?.grant !== "authorization_code") return undefined;
  const { id, secretEnvVar } = oauthClient;
  const isOurs = id === clientId && secretEnvVar !== undefined &&
    isSameIssuer(oauthClient.issuer ?? "", issuer ?? "");
  return isOurs ? secretFrom(env, secretEnvVar, name) : undefined;
}

function resourceOf(
  known: StoredLogin,
  server: HttpServer,
): { readonly resource?: URL | string } {
  const resource = known.resource ?? server.oauthResource;
  return resource === undefined ? {} : { resource };
}
