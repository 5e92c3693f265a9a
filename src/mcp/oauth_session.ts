/** What one login knows between its steps, as the SDK asks for it. */
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
  StoredOAuthClientInformation,
} from "@modelcontextprotocol/client";
import { Secret } from "@/auth/secret.ts";
import type { StoredLogin } from "./oauth_store.ts";

export interface LoginFacts {
  readonly redirectUrl: string;
  readonly state: string;
  readonly resource: string | undefined;
  readonly discovery: OAuthDiscoveryState;
  /** Who we are, when the configuration says so. */
  readonly client: StoredOAuthClientInformation | undefined;
  /** The address of a document that says who we are. */
  readonly clientMetadataUrl: string | undefined;
}

/** What one login knows between its steps; nothing of it outlives the login. */
export class LoginSession implements OAuthClientProvider {
  readonly #facts: LoginFacts;
  #client: StoredOAuthClientInformation | undefined;
  #verifier = "";
  #authorizationUrl: URL | undefined;
  #resource: string | undefined;

  constructor(facts: LoginFacts) {
    this.#facts = facts;
    const { resource, client, clientMetadataUrl } = facts;
    this.#client = client;
    if (clientMetadataUrl !== undefined) {
      this.clientMetadataUrl = clientMetadataUrl;
    }
    if (resource !== undefined) {
      this.validateResourceURL = async () => new URL(resource);
    }
  }

  get redirectUrl(): string {
    return this.#facts.redirectUrl;
  }

  get callbackPath(): string {
    return new URL(this.redirectUrl).pathname;
  }

  get clientMetadata() {
    return {
      client_name: "Codex",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: this.#authMethod(),
    };
  }

  get authorizationUrl(): URL {
    if (this.#authorizationUrl === undefined) {
      throw new Error("the authorization server named no page to log in on");
    }
    return this.#authorizationUrl;
  }

  state(): string {
    return this.#facts.state;
  }

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client;
  }

  /** An older login is no part of this one, and the new one is given out by `login`. */
  tokens() {
    return undefined;
  }

  saveTokens(): void {}

  /** Who we are to the authorization server. */
  get client(): StoredOAuthClientInformation {
    if (this.#client === undefined) {
      throw new Error("the authorization server registered no client");
    }
    return this.#client;
  }

  get resource(): string | undefined {
    return this.#resource;
  }

  redirectToAuthorization(url: URL): void {
    this.#authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  discoveryState(): OAuthDiscoveryState {
    return this.#facts.discovery;
  }

  saveDiscoveryState(): void {}

  /** The SDK offers it where the server takes such documents. */
  clientMetadataUrl?: string;

  /** The user's word counts; without it the server's own must be for its address. */
  validateResourceURL?: NonNullable<OAuthClientProvider["validateResourceURL"]>;

  saveResourceUrl(resource: string): void {
    this.#resource = resource;
  }

  /** What there is to keep once the code was exchanged. */
  login(
    { access_token, refresh_token, expires_in, scope }: OAuthTokens,
    nowMs: number,
    asked: readonly string[],
  ): StoredLogin {
    const { client_id, client_secret } = this.client;
    const { authorizationServerUrl, authorizationServerMetadata } =
      this.#facts.discovery;
    return {
      clientId: client_id,
      // A secret of the configuration stays where it is.
      clientSecret: this.#facts.client === undefined
        ? secretOf(client_secret)
        : undefined,
      accessToken: new Secret(access_token),
      refreshToken: secretOf(refresh_token),
      expiresAtMs: expires_in === undefined
        ? undefined
        : nowMs + expires_in * 1000,
      scopes: scope === undefined ? asked : scope.split(" "),
      issuer: authorizationServerMetadata?.issuer ?? authorizationServerUrl,
      resource: this.#resource,
    };
  }

  /** None, as for every program on a user's machine, unless the server wants a secret. */
  #authMethod(): string {
    const methods = this.#facts.discovery.authorizationServerMetadata
      ?.token_endpoint_auth_methods_supported;
    if (methods === undefined || methods.includes("none")) return "none";
    return methods.find((method) => method.startsWith("client_secret_")) ??
      "none";
  }
}

function secretOf(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : new Secret(value);
}
