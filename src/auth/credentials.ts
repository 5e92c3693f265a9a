/**
 * Which credential proves who asks. A provider uses its own; the stored login goes to
 * the vendor's provider and to no other, so a key never reaches a server it was not
 * given for.
 */
import type { ProviderConfig } from "@/config/config.ts";
import type {
  ChildProcess,
  Clock,
  Environment,
  FileSystem,
  HttpClient,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { claimsOf } from "./claims.ts";
import { readLogin, type StoredLogin } from "./login_file.ts";
import { Secret } from "./secret.ts";

/** Tokens older than this are renewed; as the reference does. */
const REFRESH_AFTER_MS = 8 * 24 * 60 * 60_000;

export interface Credential {
  readonly bearer: Secret;
  /** Set for a ChatGPT login. */
  readonly accountId?: string;
  readonly kind: "key" | "chatgpt";
}

export interface CredentialPorts {
  readonly env: Environment;
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly codexHome: string;
}

/**
 * The credential for a provider; undefined when it needs none.
 *
 * @throws CodexError `missing_credentials` when it needs one that is not there
 */
export async function findCredential(
  ports: CredentialPorts,
  provider: ProviderConfig,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const { auth } = provider;
  switch (auth.kind) {
    case "environment":
      return key(requiredVariable(ports.env, auth.variable, auth.instructions));
    case "bearer":
      return key(auth.token);
    case "command":
      return key(await commandOutput(ports, auth, signal));
    case "none":
      return undefined;
    case "login":
      return provider.requiresLogin
        ? await requiredLogin(ports, provider, signal)
        : undefined;
  }
}

/** The headers a credential is sent as. */
export function credentialHeaders(
  credential: Credential | undefined,
): Readonly<Record<string, string>> {
  if (credential === undefined) return {};
  return {
    authorization: `Bearer ${credential.bearer.reveal()}`,
    ...(credential.accountId === undefined
      ? {}
      : { "chatgpt-account-id": credential.accountId }),
  };
}

function key(value: string): Credential {
  return { kind: "key", bearer: new Secret(value) };
}

function requiredVariable(
  env: Environment,
  variable: string,
  instructions: string | undefined,
): string {
  const value = env.get(variable);
  if (value !== undefined && value.trim() !== "") return value;
  const advice = instructions === undefined ? "" : ` ${instructions}`;
  throw new CodexError(
    "missing_credentials",
    `Missing environment variable: \`${variable}\`.${advice}`,
  );
}

async function commandOutput(
  ports: CredentialPorts,
  auth: Extract<ProviderConfig["auth"], { kind: "command" }>,
  signal: AbortSignal,
): Promise<string> {
  const name = auth.argv[0] ?? "";
  const child = ports.processes.spawn({
    argv: auth.argv,
    cwd: auth.cwd,
    env: ports.env.all(),
    stdin: "null",
    newGroup: true,
  });
  const limit = AbortSignal.any([signal, ports.clock.timeout(auth.timeoutMs)]);
  const stop = () => child.kill("SIGKILL");
  limit.addEventListener("abort", stop, { once: true });
  try {
    const [output, { code }] = await Promise.all([textOf(child), child.exit]);
    signal.throwIfAborted();
    if (limit.aborted) {
      throw failure(name, `it took longer than ${auth.timeoutMs} ms`);
    }
    if (code !== 0) throw failure(name, `it exited with code ${code}`);
    if (output.trim() === "") throw failure(name, "it printed nothing");
    return output.trim();
  } finally {
    limit.removeEventListener("abort", stop);
  }
}

async function textOf(child: ChildProcess): Promise<string> {
  const [output] = await Promise.all([
    new Response(child.stdout).text(),
    child.stderr.cancel(),
  ]);
  return output;
}

function failure(command: string, reason: string): CodexError {
  return new CodexError(
    "missing_credentials",
    `Cannot get a token from the provider's auth command "${command}": ${reason}`,
  );
}

/** The vendor's own server answers nobody unknown, so a run without a login ends here. */
async function requiredLogin(
  ports: CredentialPorts,
  provider: ProviderConfig,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const login = await storedLogin(ports, signal);
  if (login !== undefined || !provider.isDefaultBaseUrl) return login;
  throw new CodexError(
    "missing_credentials",
    "Not logged in: run `codex login`, set CODEX_API_KEY to a key of the provider, or " +
      "configure a model provider of your own (OPENAI_API_KEY alone is not used)",
  );
}

async function storedLogin(
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const environmentKey = ports.env.get("CODEX_API_KEY")?.trim();
  if (environmentKey) return key(environmentKey);
  const stored = await readLogin(ports.files, ports.codexHome);
  if (stored === undefined) return undefined;
  return isChatgpt(stored)
    ? chatgpt(await freshLogin(ports, stored, signal))
    : stored.OPENAI_API_KEY
    ? key(stored.OPENAI_API_KEY)
    : undefined;
}

function isChatgpt({ auth_mode, tokens }: StoredLogin): boolean {
  return tokens?.access_token !== undefined && auth_mode !== "apikey";
}

function chatgpt({ tokens }: StoredLogin): Credential {
  const accountId = tokens?.account_id;
  return {
    kind: "chatgpt",
    bearer: new Secret(tokens?.access_token ?? ""),
    ...(accountId == null ? {} : { accountId }),
  };
}

/** Renewed when it is old; one that still holds is used if that cannot be done now. */
async function freshLogin(
  ports: CredentialPorts,
  stored: StoredLogin,
  signal: AbortSignal,
): Promise<StoredLogin> {
  const now = ports.clock.now();
  const expiresMs = claimsOf(stored.tokens?.access_token ?? "")?.expiresMs;
  const isExpired = expiresMs !== undefined && expiresMs <= now;
  const refreshedMs = Date.parse(stored.last_refresh ?? "");
  const isOld = now - refreshedMs > REFRESH_AFTER_MS;
  if (!isExpired && !isOld) return stored;
  try {
    const { refreshLogin } = await import("./refresh.ts");
    return await refreshLogin(ports, stored, signal);
  } catch (error) {
    if (isExpired || !(error instanceof CodexError)) throw error;
    return stored;
  }
}

/**
 * After a server refused the stored login: true when there is another one now, so that
 * asking again makes sense.
 *
 * @throws CodexError `unauthorized` when only a new login helps
 */
export async function renewLogin(
  ports: CredentialPorts,
  refused: Credential,
  signal: AbortSignal,
): Promise<boolean> {
  if (refused.kind !== "chatgpt") return false;
  const stored = await readLogin(ports.files, ports.codexHome);
  if (stored === undefined || !isChatgpt(stored)) return false;
  // Somebody else was quicker.
  if (stored.tokens?.access_token !== refused.bearer.reveal()) return true;
  const { refreshLogin } = await import("./refresh.ts");
  await refreshLogin(ports, stored, signal);
  return true;
}
