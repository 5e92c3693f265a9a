/**
 * A login in the user's browser: authorization code with PKCE (RFC 7636). The browser
 * comes back to one port of the loopback, which the issuer knows; whoever comes back
 * must bring the state that was sent along, so nobody else's answer is taken.
 */
import {
  AddressInUse,
  type Browsing,
  type HttpClient,
  HttpError,
  type LoopbackListener,
  type LoopbackRequest,
  type Random,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { uuidV4 } from "@/protocol/ids.ts";
import type { BrowserLogin } from "@/protocol/logins.ts";
import { printable } from "@/text/ansi.ts";
import {
  exchangeCode,
  exchangeForKey,
  type IssuedTokens,
  type IssuerPorts,
} from "./issuer.ts";
import { pendingLogin } from "./pending_login.ts";
import { requireAllowed, type StorePorts, storeTokens } from "./store_login.ts";

export type BrowserLoginPorts = IssuerPorts & StorePorts & {
  readonly browsing: Browsing;
  readonly random: Random;
};

/** The port the issuer lets browsers come back to. */
const PORT = 1455;
/** Another login may hold the port; it is asked to let go, and given this long. */
const PORT_TRIES = 10;
const PORT_PAUSE_MS = 200;
const STATE_BYTES = 32;
const VERIFIER_BYTES = 64;
/** Characters of a reason the browser brought. */
const REASON_CHARS_MAX = 300;
const SCOPES =
  "openid profile email offline_access api.connectors.read api.connectors.invoke";

interface Attempt {
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** @throws CodexError when it cannot begin */
export async function startBrowserLogin(
  ports: BrowserLoginPorts,
  originator: string,
  signal: AbortSignal,
): Promise<BrowserLogin> {
  requireAllowed(ports.config, "chatgpt");
  const listener = await listen(ports, signal);
  try {
    const attempt: Attempt = {
      state: base64url(ports.random.bytes(STATE_BYTES)),
      verifier: base64url(ports.random.bytes(VERIFIER_BYTES)),
      redirectUri: `http://localhost:${listener.port}/auth/callback`,
    };
    const url = await authorizeUrl(ports, attempt, originator);
    const login = pendingLogin(
      uuidV4(ports.random.bytes(16)),
      async (end) => {
        await using held = listener;
        await serve(ports, held, attempt, end);
      },
      signal,
    );
    return { ...login, url, port: listener.port };
  } catch (error) {
    await listener[Symbol.asyncDispose]();
    throw error;
  }
}

async function listen(
  { browsing, http, clock }: BrowserLoginPorts,
  signal: AbortSignal,
): Promise<LoopbackListener> {
  for (let attempt = 1;; attempt++) {
    try {
      return browsing.listen(PORT);
    } catch (error) {
      if (!(error instanceof AddressInUse)) throw error;
      if (attempt > PORT_TRIES) {
        throw new CodexError(
          "invalid_input",
          `Port 127.0.0.1:${PORT} is already in use`,
        );
      }
    }
    if (attempt === 1) await askToLetGo(http, signal);
    await clock.sleep(PORT_PAUSE_MS, signal);
  }
}

/** Logins of both programs end when they are asked to. */
async function askToLetGo(
  http: HttpClient,
  signal: AbortSignal,
): Promise<void> {
  try {
    const response = await http.send({
      method: "GET",
      url: `http://127.0.0.1:${PORT}/cancel`,
      headers: {},
    }, signal);
    await response.body?.cancel();
  } catch (error) {
    // Whatever listens there is no login; the next try says so.
    if (!(error instanceof HttpError)) throw error;
  }
}

async function authorizeUrl(
  { issuer, clientId, config }: BrowserLoginPorts,
  { state, verifier, redirectUri }: Attempt,
  originator: string,
): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(verifier),
  );
  const { forcedChatgptWorkspaceId: workspace } = config;
  const query: Readonly<Record<string, string>> = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: SCOPES,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    id_token_add_organizations: "true",
    codex_cli_simplified_flow: "true",
    state,
    originator,
    ...(workspace === undefined ? {} : { allowed_workspace_id: workspace }),
  };
  const pairs = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${issuer}/oauth/authorize?${pairs.join("&")}`;
}

/** Answers the browser until the login is done or has failed. */
async function serve(
  ports: BrowserLoginPorts,
  listener: LoopbackListener,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    const request = await listener.next(signal);
    switch (request.url.pathname) {
      case "/auth/callback":
        // Nothing is learnt, and nothing ends, by what somebody else sends here.
        if (request.url.searchParams.get("state") === attempt.state) {
          return await finish(ports, request, attempt, signal);
        }
        request.respond(400, "State mismatch");
        break;
      case "/cancel":
        request.respond(200, "Login cancelled");
        throw new CodexError("unauthorized", "Login cancelled");
      default:
        request.respond(404, "Not Found");
    }
  }
}

async function finish(
  ports: BrowserLoginPorts,
  request: LoopbackRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  try {
    const code = codeOf(request.url.searchParams);
    const tokens = await exchangeCode(ports, { ...attempt, code }, signal);
    await storeTokens(ports, tokens, await keyFor(ports, tokens, signal));
    request.respond(
      200,
      "You are logged in. You can close this page and go back to Codex.",
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    request.respond(
      200,
      `The login did not succeed: ${reason}\n\nGo back to Codex to try again.`,
    );
    throw error;
  }
}

/** A key is had by some accounts only; the login is as good without one. */
async function keyFor(
  ports: BrowserLoginPorts,
  { idToken }: IssuedTokens,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await exchangeForKey(ports, idToken, signal);
  } catch (error) {
    if (!(error instanceof CodexError)) throw error;
    return undefined;
  }
}

/** @throws CodexError with what the issuer sent instead */
function codeOf(query: URLSearchParams): string {
  const error = query.get("error");
  if (error !== null) {
    const reason = query.get("error_description") || error;
    throw new CodexError(
      "unauthorized",
      `Sign-in failed: ${
        printable(reason, "plain").slice(0, REASON_CHARS_MAX)
      }`,
    );
  }
  const code = query.get("code") ?? "";
  if (code !== "") return code;
  throw new CodexError(
    "unauthorized",
    "Missing authorization code. Sign-in could not be completed.",
  );
}

/** RFC 7636, appendix A: without padding. */
function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
