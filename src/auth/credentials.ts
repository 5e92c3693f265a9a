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
  ProcessSpawner,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { Secret } from "./secret.ts";

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
        ? await requiredLogin(ports, provider)
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
): Promise<Credential | undefined> {
  const login = await storedLogin(ports);
  if (login !== undefined || !provider.isDefaultBaseUrl) return login;
  throw new CodexError(
    "missing_credentials",
    "Not logged in: set CODEX_API_KEY to a key of the provider, or configure a model " +
      "provider of your own (OPENAI_API_KEY alone is not used)",
  );
}

async function storedLogin(
  ports: CredentialPorts,
): Promise<Credential | undefined> {
  const environmentKey = ports.env.get("CODEX_API_KEY")?.trim();
  if (environmentKey) return key(environmentKey);
  const stored = await readLogin(ports.files, ports.codexHome);
  if (stored === undefined) return undefined;
  if (
    stored.tokens?.access_token !== undefined && stored.auth_mode !== "apikey"
  ) {
    const { access_token: token, account_id: accountId } = stored.tokens;
    return {
      kind: "chatgpt",
      bearer: new Secret(token),
      ...(accountId === undefined ? {} : { accountId }),
    };
  }
  return stored.OPENAI_API_KEY ? key(stored.OPENAI_API_KEY) : undefined;
}

/** The parts of `auth.json` this program uses. */
export interface StoredLogin {
  readonly auth_mode?: string;
  readonly OPENAI_API_KEY?: string | null;
  readonly tokens?: {
    readonly id_token?: string;
    readonly access_token?: string;
    readonly account_id?: string;
  } | null;
}

/** Undefined when there is no file. @throws CodexError when it is not JSON */
export async function readLogin(
  files: FileSystem,
  codexHome: string,
): Promise<StoredLogin | undefined> {
  const path = `${codexHome}/auth.json`;
  const text = await files.readTextIfExists(path);
  return text === undefined ? undefined : parseLogin(text, path);
}

function parseLogin(text: string, path: string): StoredLogin {
  try {
    const value: unknown = JSON.parse(text);
    // Every field is checked where it is used; a wrong type only loses the login.
    if (typeof value === "object" && value !== null) {
      return value as StoredLogin;
    }
  } catch {
    // Said below, without the text: it may hold half a key.
  }
  throw new CodexError(
    "missing_credentials",
    `Cannot read the stored login "${path}": it is not JSON; run \`codex login\` again`,
  );
}
