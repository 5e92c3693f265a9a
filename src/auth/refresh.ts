/**
 * New tokens for a stored ChatGPT login. A refresh token is good for one time, and
 * another process may be quicker: what it stored is taken instead.
 */
import { abortable } from "@/async/scope.ts";
import type {
  Clock,
  Environment,
  FileSystem,
  HttpClient,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { claimsOf } from "./claims.ts";
import { CLIENT_ID, ISSUER, RefreshRefused, refreshTokens } from "./issuer.ts";
import { readLogin, type StoredLogin, writeLogin } from "./login_file.ts";

export interface RefreshPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly env: Environment;
  readonly files: FileSystem;
  readonly codexHome: string;
}

/** The request has a time limit of its own. */
const UNTIL_ITS_LIMIT = new AbortController().signal;

/** Refreshes under way in this process, by home: two would use one token twice. */
const underWay = new Map<string, Promise<StoredLogin>>();

/**
 * Once begun, a refresh is brought to its end, whoever gives up waiting: the issuer has
 * taken the old token then, and the new one must not be lost.
 *
 * @param seen the login that is too old, or was refused
 * @throws CodexError `unauthorized` when only a new login helps
 */
export async function refreshLogin(
  ports: RefreshPorts,
  seen: StoredLogin,
  signal: AbortSignal,
): Promise<StoredLogin> {
  signal.throwIfAborted();
  const { codexHome } = ports;
  const refresh = underWay.get(codexHome) ??
    refreshOnce(ports, seen).finally(() => underWay.delete(codexHome));
  underWay.set(codexHome, refresh);
  return await abortable(refresh, signal);
}

async function refreshOnce(
  ports: RefreshPorts,
  seen: StoredLogin,
): Promise<StoredLogin> {
  const stored = await newerThan(ports, seen);
  if (stored !== undefined) return stored;
  const { http, clock, env, files, codexHome } = ports;
  const { tokens } = seen;
  const refreshToken = tokens?.refresh_token;
  if (refreshToken === undefined || refreshToken === "") {
    throw loginAgain("it holds no refresh token");
  }
  try {
    const got = await refreshTokens(
      { http, clock, issuer: ISSUER, clientId: CLIENT_ID },
      env.get("CODEX_REFRESH_TOKEN_URL_OVERRIDE") ?? `${ISSUER}/oauth/token`,
      refreshToken,
      UNTIL_ITS_LIMIT,
    );
    const idToken = got.idToken ?? tokens?.id_token;
    const accountId = tokens?.account_id ?? claimsOf(idToken ?? "")?.accountId;
    const login: StoredLogin = {
      ...seen,
      tokens: {
        ...tokens,
        ...(idToken === undefined ? {} : { id_token: idToken }),
        ...(got.accessToken === undefined
          ? {}
          : { access_token: got.accessToken }),
        refresh_token: got.refreshToken ?? refreshToken,
        account_id: accountId ?? null,
      },
      last_refresh: new Date(clock.now()).toISOString(),
    };
    await writeLogin(files, codexHome, login);
    return login;
  } catch (error) {
    if (!(error instanceof RefreshRefused)) throw error;
    const other = await newerThan(ports, seen);
    if (other !== undefined) return other;
    throw loginAgain(error.message);
  }
}

/** What somebody else stored meanwhile, if it is of the same account. */
async function newerThan(
  { files, codexHome }: RefreshPorts,
  seen: StoredLogin,
): Promise<StoredLogin | undefined> {
  const stored = await readLogin(files, codexHome);
  const isOther = stored?.tokens?.access_token !== undefined &&
    stored.tokens.access_token !== seen.tokens?.access_token &&
    (stored.tokens.account_id ?? null) === (seen.tokens?.account_id ?? null);
  return isOther ? stored : undefined;
}

function loginAgain(reason: string): CodexError {
  return new CodexError(
    "unauthorized",
    `Cannot refresh the login${
      reason === "" ? "" : `: ${reason}`
    }; run \`codex logout\` and \`codex login\` again`,
  );
}
