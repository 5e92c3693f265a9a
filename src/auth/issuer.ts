/**
 * The vendor's issuer of logins, as requests: OAuth 2.0 with a public client (RFC
 * 6749), its own two steps for devices, and revocation (RFC 7009). What it answers is
 * believed only as far as it is what it should be; no answer is shown whole.
 */
import { type HttpClient, HttpError } from "@/platform/platform.ts";
import type { Clock } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { printable } from "@/text/ansi.ts";

/** The vendor's issuer. */
export const ISSUER = "https://auth.openai.com";
/** What the vendor calls this kind of program; public, as there is no secret in it. */
export const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

export interface IssuerPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Without a final slash. */
  readonly issuer: string;
  readonly clientId: string;
}

export interface IssuedTokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface DeviceCode {
  readonly deviceAuthId: string;
  readonly userCode: string;
  readonly intervalMs: number;
}

/** Refused for good: only a new login helps. */
export class RefreshRefused extends Error {
  override readonly name = "RefreshRefused";
}

/** How long the issuer may take to answer. */
const REQUEST_MS = 30_000;
/** More than any answer of an issuer; a longer one is not read. */
const ANSWER_CHARS_MAX = 1 << 20;
/** Characters of a reason that came from elsewhere. */
const REASON_CHARS_MAX = 300;

type Fields = Readonly<Record<string, unknown>>;

/**
 * An issuer somebody named.
 *
 * @throws CodexError unless what goes there is encrypted or stays on this machine
 */
export function issuerOf(named: string | undefined): string {
  if (named === undefined || named === "") return ISSUER;
  const url = URL.canParse(named) ? new URL(named) : undefined;
  const isLoopback = url?.protocol === "http:" &&
    ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url?.protocol === "https:" || isLoopback) {
    return named.replace(/\/+$/, "");
  }
  throw new CodexError(
    "invalid_input",
    `Cannot log in at "${named}": the issuer must be an https:// address (or http:// on this machine)`,
  );
}

export async function exchangeCode(
  ports: IssuerPorts,
  { code, redirectUri, verifier }: {
    readonly code: string;
    readonly redirectUri: string;
    readonly verifier: string;
  },
  signal: AbortSignal,
): Promise<IssuedTokens> {
  const what = "Token exchange failed";
  const answer = await postForm(ports, what, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: ports.clientId,
    code_verifier: verifier,
  }, signal);
  const { id_token, access_token, refresh_token } = requireOk(answer, what);
  if (isText(id_token) && isText(access_token) && isText(refresh_token)) {
    return {
      idToken: id_token,
      accessToken: access_token,
      refreshToken: refresh_token,
    };
  }
  throw failed(`${what}: the answer holds no tokens`);
}

/** An API key for who logged in; undefined when they get none. */
export async function exchangeForKey(
  ports: IssuerPorts,
  idToken: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { ok, fields } = await postForm(ports, "Key exchange failed", {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    client_id: ports.clientId,
    requested_token: "openai-api-key",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  }, signal);
  const { access_token } = fields;
  return ok && isText(access_token) ? access_token : undefined;
}

export async function requestDeviceCode(
  ports: IssuerPorts,
  signal: AbortSignal,
): Promise<DeviceCode> {
  const what = "failed to request device code";
  const answer = await postJson(
    ports,
    what,
    `${ports.issuer}/api/accounts/deviceauth/usercode`,
    { client_id: ports.clientId },
    signal,
  );
  if (answer.status === 404) {
    throw new CodexError(
      "unsupported",
      "device code login is not enabled for this Codex server. Use the browser login or verify the server URL.",
    );
  }
  const fields = requireOk(answer, what);
  const { device_auth_id, interval } = fields;
  const code = fields["user_code"] ?? fields["usercode"];
  if (!isText(device_auth_id) || !isText(code)) {
    throw failed(`${what}: the answer holds no code`);
  }
  return {
    deviceAuthId: device_auth_id,
    userCode: code,
    intervalMs: intervalOf(interval),
  };
}

/** The code to exchange; undefined while the person has not typed theirs. */
export async function pollDevice(
  ports: IssuerPorts,
  { deviceAuthId, userCode }: DeviceCode,
  signal: AbortSignal,
): Promise<{ readonly code: string; readonly verifier: string } | undefined> {
  const what = "device auth failed";
  const answer = await postJson(
    ports,
    what,
    `${ports.issuer}/api/accounts/deviceauth/token`,
    { device_auth_id: deviceAuthId, user_code: userCode },
    signal,
  );
  if (answer.status === 403 || answer.status === 404) return undefined;
  const { authorization_code, code_verifier } = requireOk(answer, what);
  if (isText(authorization_code) && isText(code_verifier)) {
    return { code: authorization_code, verifier: code_verifier };
  }
  throw failed(`${what}: the answer holds no code`);
}

/**
 * New tokens for an old one; what is not renewed is not in the answer.
 *
 * @throws RefreshRefused, CodexError
 */
export async function refreshTokens(
  ports: IssuerPorts,
  url: string,
  refreshToken: string,
  signal: AbortSignal,
): Promise<Partial<IssuedTokens>> {
  const what = "Cannot refresh the login";
  const answer = await postJson(ports, what, url, {
    client_id: ports.clientId,
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  }, signal);
  // RFC 6749, section 5.2: such an answer is about the token, not about the moment.
  if (answer.status === 400 || answer.status === 401) {
    throw new RefreshRefused(reasonOf(answer));
  }
  const { id_token, access_token, refresh_token } = requireOk(answer, what);
  return {
    ...(isText(id_token) ? { idToken: id_token } : {}),
    ...(isText(access_token) ? { accessToken: access_token } : {}),
    ...(isText(refresh_token) ? { refreshToken: refresh_token } : {}),
  };
}

/** Makes a token worthless, and with it those that came of it. */
export async function revokeToken(
  ports: IssuerPorts,
  url: string,
  refreshToken: string,
  signal: AbortSignal,
): Promise<void> {
  const what = "Cannot revoke the login";
  const answer = await postJson(ports, what, url, {
    token: refreshToken,
    token_type_hint: "refresh_token",
    client_id: ports.clientId,
  }, signal);
  requireOk(answer, what);
}

interface IssuerAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  /** Empty when the answer is no JSON object. */
  readonly fields: Fields;
}

function postForm(
  ports: IssuerPorts,
  what: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IssuerAnswer> {
  return post(ports, what, {
    url: `${ports.issuer}/oauth/token`,
    type: "application/x-www-form-urlencoded",
    body: new URLSearchParams(form).toString(),
  }, signal);
}

function postJson(
  ports: IssuerPorts,
  what: string,
  url: string,
  fields: Fields,
  signal: AbortSignal,
): Promise<IssuerAnswer> {
  const body = JSON.stringify(fields);
  return post(ports, what, { url, type: "application/json", body }, signal);
}

async function post(
  { http, clock }: IssuerPorts,
  what: string,
  { url, type, body }: {
    readonly url: string;
    readonly type: string;
    readonly body: string;
  },
  signal: AbortSignal,
): Promise<IssuerAnswer> {
  const limit = clock.timeout(REQUEST_MS);
  const either = AbortSignal.any([signal, limit]);
  try {
    const response = await http.send({
      method: "POST",
      url,
      headers: { "content-type": type, accept: "application/json" },
      body,
    }, either);
    const { ok, status, statusText } = response;
    const fields = fieldsOf(await boundedText(response));
    return { ok, status, statusText, fields };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) {
      throw failed(`${what}: no answer from ${url} in ${REQUEST_MS / 1000} s`);
    }
    if (!(error instanceof HttpError)) throw error;
    throw failed(`${what}: error sending request for url (${url})`);
  }
}

async function boundedText(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_CHARS_MAX) return "";
  }
  return text;
}

function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    // An object that came as JSON has nothing but names and values.
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {
    // A page of some proxy; the status says what there is to say.
  }
  return {};
}

function requireOk(answer: IssuerAnswer, what: string): Fields {
  if (answer.ok) return answer.fields;
  const { status, statusText } = answer;
  const reason = reasonOf(answer);
  throw failed(
    `${what}: the issuer answered ${`${status} ${statusText}`.trim()}${
      reason === "" ? "" : `: ${reason}`
    }`,
  );
}

/** In its own form, or in that of RFC 6749, section 5.2. */
function reasonOf({ fields }: IssuerAnswer): string {
  const { error, error_description } = fields;
  const inner = typeof error === "object" && error !== null
    // As above.
    ? (error as Fields)["message"] ?? (error as Fields)["code"]
    : error;
  const reason = [error_description, inner].find(isText) ?? "";
  return printable(reason, "plain").slice(0, REASON_CHARS_MAX);
}

function intervalOf(value: unknown): number {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 1 ? seconds * 1000 : 5_000;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function failed(message: string): CodexError {
  return new CodexError("unauthorized", message);
}
