/**
 * A login to an MCP server: authorization code with PKCE (OAuth 2.1) through the user's
 * browser, which comes back to a port only this machine can reach. The SDK speaks to the
 * authorization server; what is asked, shown, waited for and kept is here.
 */
import {
  auth,
  exchangeAuthorization,
  OAuthError,
  type OAuthTokens,
} from "@modelcontextprotocol/client";
import type { McpOAuthConfig } from "@/config/config.ts";
import {
  HttpError,
  type LoopbackListener,
  type LoopbackRequest,
  type Platform,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { printable } from "@/text/ansi.ts";
import { fetchDocument, type HttpServer } from "./http_transport.ts";
import {
  discoveredScopes,
  discoverLogin,
  type LoginNeeds,
  supportsLogin,
} from "./oauth_discovery.ts";
import { isSameIssuer, issuerOf, secretFrom } from "./oauth_client.ts";
import { type LoginFacts, LoginSession } from "./oauth_session.ts";
import { LoginStore, type StoredLogin } from "./oauth_store.ts";

export type LoginPorts =
  & Pick<
    Platform,
    "http" | "env" | "clock" | "random" | "files" | "browsing" | "log"
  >
  & {
    readonly codexHome: string;
    /** Tells the user what to do. */
    show(text: string): void;
  };

export interface LoginRequest {
  readonly name: string;
  readonly server: HttpServer;
  readonly oauth: McpOAuthConfig;
  /** In place of what is configured or discovered. */
  readonly scopes: readonly string[] | undefined;
}

/** Characters of a reason that came from elsewhere. */
const REASON_CHARS_MAX = 500;
/** How long a person may take. */
const CONSENT_MS = 5 * 60_000;
/** How long each request to a server may take. */
const REQUEST_MS = 30_000;
/** Unguessable, so that nobody else's answer passes for the one that is waited for. */
const STATE_BYTES = 32;
const CALLBACK_PATH = "/callback";

/**
 * Logs in and keeps the tokens.
 *
 * @throws CodexError with what to do
 */
export async function logIn(
  ports: LoginPorts,
  request: LoginRequest,
  signal: AbortSignal,
): Promise<void> {
  const { name, server, oauth } = request;
  const grant = server.oauthClient?.grant ?? "authorization_code";
  if (grant !== "authorization_code") {
    throw new CodexError(
      "unsupported",
      `Cannot log in to "${name}": nobody needs to, its tokens come by the grant ` +
        `"${grant}" whenever they are needed`,
    );
  }
  if (oauth.store === "keyring") {
    throw new CodexError(
      "unsupported",
      `Cannot log in to "${name}": this version keeps no tokens in the keyring; set ` +
        'mcp_oauth_credentials_store = "file" in config.toml',
    );
  }
  const limit = () =>
    AbortSignal.any([signal, ports.clock.timeout(REQUEST_MS)]);
  try {
    const needs = await discover(ports, name, server, limit);
    const login = await obtain(ports, request, needs, limit, signal);
    await new LoginStore(ports.files, ports.codexHome)
      .save({ name, url: server.url }, login);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CodexError) throw error;
    throw new CodexError(
      "unauthorized",
      `Cannot log in to "${name}": ${wordsOf(error)}`,
    );
  }
}

/** As the reference has it, a server nobody can reach supports nothing, either. */
async function discover(
  ports: LoginPorts,
  name: string,
  server: HttpServer,
  limit: () => AbortSignal,
): Promise<LoginNeeds> {
  const needs = await discoverLogin(ports, name, server, limit).catch(
    (error: unknown) => {
      if (!(error instanceof HttpError)) throw error;
      ports.log.warn("mcp", () => `${name}: ${error.message}`);
    },
  );
  if (needs !== undefined && supportsLogin(needs)) return needs;
  throw new CodexError("unsupported", "No authorization support detected");
}

async function obtain(
  ports: LoginPorts,
  request: LoginRequest,
  needs: LoginNeeds,
  limit: () => AbortSignal,
  signal: AbortSignal,
): Promise<StoredLogin> {
  const explicit = request.scopes ?? request.server.scopes;
  const scopes = explicit ?? discoveredScopes(needs);
  try {
    return await authorize(
      ports,
      { ...request, scopes },
      needs,
      limit,
      signal,
    );
  } catch (error) {
    const isRefused = error instanceof ProviderRefusal &&
      error.code === "invalid_scope";
    if (!isRefused || explicit !== undefined || scopes === undefined) {
      throw error;
    }
    ports.show(
      "OAuth provider rejected discovered scopes. Retrying without scopes…\n",
    );
    const plain = { ...request, scopes: undefined };
    return await authorize(ports, plain, withoutScopes(needs), limit, signal);
  }
}

/** The SDK asks for every scope a server says it has, unless it says nothing. */
function withoutScopes(needs: LoginNeeds): LoginNeeds {
  const { resourceMetadata, ...info } = needs.info;
  if (resourceMetadata === undefined) return needs;
  const { scopes_supported: _, ...rest } = resourceMetadata;
  return { ...needs, info: { ...info, resourceMetadata: rest } };
}

async function authorize(
  ports: LoginPorts,
  request: LoginRequest,
  needs: LoginNeeds,
  limit: () => AbortSignal,
  signal: AbortSignal,
): Promise<StoredLogin> {
  const { name, server, oauth, scopes } = request;
  await using listener = listen(ports, oauth.callbackPort);
  const session = new LoginSession({
    redirectUrl: oauth.callbackUrl ??
      `http://127.0.0.1:${listener.port}${CALLBACK_PATH}`,
    state: base64Url(ports.random.bytes(STATE_BYTES)),
    resource: server.oauthResource,
    ...knownClient(ports, request, needs),
    discovery: {
      ...needs.info,
      ...(needs.resourceMetadataUrl === undefined
        ? {}
        : { resourceMetadataUrl: String(needs.resourceMetadataUrl) }),
    },
  });
  const options = {
    serverUrl: server.url,
    fetchFn: fetchDocument(ports.http, limit),
    ...(scopes === undefined || scopes.length === 0
      ? {}
      : { scope: scopes.join(" ") }),
  };
  await auth(session, options);
  show(ports, name, session.authorizationUrl);
  const patience = AbortSignal.any([signal, ports.clock.timeout(CONSENT_MS)]);
  const answer = await awaitConsent(listener, session, patience).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (!patience.aborted) throw error;
      throw new Error("timed out waiting for the browser; run the login again");
    },
  );
  const tokens = await exchange(session, needs, answer, options.fetchFn);
  return session.login(tokens, ports.clock.now(), scopes ?? []);
}

/** Who we are by configuration. @throws CodexError when that is for another server */
function knownClient(
  { env }: LoginPorts,
  { name, server: { oauthClient } }: LoginRequest,
  { info }: LoginNeeds,
): Pick<LoginFacts, "client" | "clientMetadataUrl"> {
  if (oauthClient?.grant !== "authorization_code") {
    return { client: undefined, clientMetadataUrl: undefined };
  }
  const { id, metadataUrl, secretEnvVar, issuer } = oauthClient;
  const found = issuerOf(info);
  if (issuer !== undefined && !isSameIssuer(issuer, found)) {
    throw new CodexError(
      "unauthorized",
      `Cannot log in to "${name}": its logins are with ${
        printable(found, "plain")
      }, and the configuration says ${issuer}; nothing was sent there`,
    );
  }
  return {
    clientMetadataUrl: metadataUrl,
    client: id === undefined ? undefined : {
      client_id: id,
      issuer: found,
      ...(secretEnvVar === undefined
        ? {}
        : { client_secret: secretFrom(env, secretEnvVar, name).reveal() }),
    },
  };
}

/**
 * Once, whatever comes back: the SDK's `auth` would send a refused code again, and
 * print what the server said of it.
 */
function exchange(
  session: LoginSession,
  { info }: LoginNeeds,
  { authorizationCode, iss }: Consent,
  fetchFn: ReturnType<typeof fetchDocument>,
): Promise<OAuthTokens> {
  const { authorizationServerUrl, authorizationServerMetadata } = info;
  return exchangeAuthorization(authorizationServerUrl, {
    ...(authorizationServerMetadata === undefined
      ? {}
      : { metadata: authorizationServerMetadata }),
    ...(session.resource === undefined ? {} : { resource: session.resource }),
    ...(iss === undefined ? {} : { iss }),
    clientInformation: session.client,
    authorizationCode,
    codeVerifier: session.codeVerifier(),
    redirectUri: session.redirectUrl,
    fetchFn,
  });
}

function listen(ports: LoginPorts, port: number | undefined): LoopbackListener {
  try {
    return ports.browsing.listen(port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `cannot listen on 127.0.0.1:${port ?? 0}: ${reason}; set another ` +
        "mcp_oauth_callback_port",
    );
  }
}

function show(ports: LoginPorts, name: string, url: URL): void {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Error(
      `the authorization server's address "${url.protocol}" is none for a browser`,
    );
  }
  ports.show(
    `Authorize \`${name}\` by opening this URL in your browser:\n${
      printable(url.href, "plain")
    }\n\n`,
  );
  if (!ports.browsing.open(url)) {
    ports.show(
      "(Browser launch failed; please copy the URL above manually.)\n",
    );
  }
}

interface Consent {
  readonly authorizationCode: string;
  readonly iss?: string;
}

/** The authorization server said no, with a code of RFC 6749, section 4.1.2.1. */
class ProviderRefusal extends Error {
  override readonly name = "ProviderRefusal";
  readonly code: string;

  constructor(code: string) {
    super(`OAuth provider returned \`${code}\``);
    this.code = code;
  }
}

/** Waits for the one request that carries our state; others change nothing. */
async function awaitConsent(
  listener: LoopbackListener,
  session: LoginSession,
  signal: AbortSignal,
): Promise<Consent> {
  while (true) {
    const request = await listener.next(signal);
    const consent = readConsent(request, session);
    if (consent === undefined) {
      request.respond(400, "Invalid OAuth callback");
      continue;
    }
    if (consent instanceof ProviderRefusal) {
      request.respond(400, consent.message);
      throw consent;
    }
    request.respond(200, "Authentication complete. You may close this window.");
    return consent;
  }
}

function readConsent(
  { url }: LoopbackRequest,
  session: LoginSession,
): Consent | ProviderRefusal | undefined {
  const { searchParams } = url;
  if (url.pathname !== session.callbackPath) return undefined;
  if (searchParams.get("state") !== session.state()) return undefined;
  const error = searchParams.get("error");
  if (error !== null) {
    // A word of the standard, or not worth repeating.
    return new ProviderRefusal(
      /^[a-z_]{1,40}$/.test(error) ? error : "an error it cannot name",
    );
  }
  const code = searchParams.get("code");
  const iss = searchParams.get("iss");
  if (code === null) return undefined;
  return { authorizationCode: code, ...(iss === null ? {} : { iss }) };
}

/** The reason without what an answer may hold: servers put tokens where they like. */
function wordsOf(error: unknown): string {
  if (error instanceof OAuthError) {
    return `the authorization server said \`${error.code}\``;
  }
  const message = error instanceof Error ? error.message : String(error);
  return printable(message.slice(0, REASON_CHARS_MAX), "plain");
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
