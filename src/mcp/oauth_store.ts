/**
 * The logins to MCP servers: `$CODEX_HOME/.credentials.json`, private to its user, in
 * the reference's shape. A token belongs to one server at one address and is given out
 * for no other. Entries this version cannot read are kept as they are.
 */
import * as v from "valibot";
import { Secret } from "@/auth/secret.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";

const FILE = ".credentials.json";
const PRIVATE_FILE_MODE = 0o600;
/** Hexadecimal digits of the hash in a key. */
const KEY_DIGITS = 16;

/** What is kept of a login. */
export interface StoredLogin {
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly accessToken: Secret;
  readonly refreshToken: Secret | undefined;
  /** Milliseconds since the Unix epoch; undefined: nobody said. */
  readonly expiresAtMs: number | undefined;
  readonly scopes: readonly string[];
  /** Who gave the tokens; a refresh token goes to nobody else. */
  readonly issuer: string | undefined;
  /** The resource they were asked for. */
  readonly resource: string | undefined;
}

/** A server as logins know it. */
export interface LoginTarget {
  readonly name: string;
  readonly url: string;
}

const text = v.nullish(v.string());

const Entry = v.looseObject({
  server_name: v.string(),
  server_url: v.string(),
  client_id: v.string(),
  access_token: v.string(),
  expires_at: v.nullish(v.number()),
  refresh_token: text,
  scopes: v.optional(v.array(v.string()), []),
  // Beyond the reference, which passes over them.
  client_secret: text,
  issuer: text,
  resource: text,
});

const File = v.record(v.string(), v.unknown());

export class LoginStore {
  readonly #files: FileSystem;
  readonly #path: string;

  constructor(files: FileSystem, codexHome: string) {
    this.#files = files;
    this.#path = resolvePath(codexHome, FILE);
  }

  /** The login of that server at that address. @throws CodexError for a broken file */
  async find(target: LoginTarget): Promise<StoredLogin | undefined> {
    const entries = await this.#read();
    const parsed = v.safeParse(Entry, entries[await keyOf(target)]);
    if (!parsed.success) return undefined;
    const entry = parsed.output;
    // The key has a hash of the address; what it says in clear must be the same.
    if (entry.server_url !== target.url) return undefined;
    return {
      clientId: entry.client_id,
      clientSecret: secretOf(entry.client_secret),
      accessToken: new Secret(entry.access_token),
      refreshToken: secretOf(entry.refresh_token),
      expiresAtMs: entry.expires_at ?? undefined,
      scopes: entry.scopes,
      issuer: entry.issuer ?? undefined,
      resource: entry.resource ?? undefined,
    };
  }

  async save(target: LoginTarget, login: StoredLogin): Promise<void> {
    const entries = await this.#read();
    const optional = {
      client_secret: login.clientSecret?.reveal(),
      issuer: login.issuer,
      resource: login.resource,
    };
    await this.#write({
      ...entries,
      [await keyOf(target)]: {
        server_name: target.name,
        server_url: target.url,
        client_id: login.clientId,
        access_token: login.accessToken.reveal(),
        expires_at: login.expiresAtMs ?? null,
        refresh_token: login.refreshToken?.reveal() ?? null,
        scopes: login.scopes,
        ...Object.fromEntries(
          Object.entries(optional).filter(([, value]) => value !== undefined),
        ),
      },
    });
  }

  /** @returns whether there was anything to forget */
  async remove(target: LoginTarget): Promise<boolean> {
    const { [await keyOf(target)]: old, ...rest } = await this.#read();
    if (old === undefined) return false;
    if (Object.keys(rest).length > 0) await this.#write(rest);
    else await this.#files.remove(this.#path);
    return true;
  }

  async #read(): Promise<Readonly<Record<string, unknown>>> {
    const json = await this.#files.readTextIfExists(this.#path);
    if (json === undefined) return {};
    try {
      return v.parse(File, JSON.parse(json));
    } catch (error) {
      // What it holds must not be shown, not even the part that is wrong.
      throw new CodexError(
        "invalid_config",
        `Cannot read the logins to MCP servers: ${this.#path} is not a JSON object; ` +
          "move it away and log in again",
        { cause: error instanceof SyntaxError ? undefined : error },
      );
    }
  }

  async #write(entries: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#files.replaceFile(
      this.#path,
      JSON.stringify(entries),
      PRIVATE_FILE_MODE,
    );
  }
}

function secretOf(value: string | null | undefined): Secret | undefined {
  return value === null || value === undefined ? undefined : new Secret(value);
}

/** `name|` and a piece of the hash of how the server is reached, as the reference's. */
async function keyOf({ name, url }: LoginTarget): Promise<string> {
  const identity = JSON.stringify({ type: "http", url, headers: {} });
  const bytes = new TextEncoder().encode(identity);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0"));
  return `${name}|${hex.join("").slice(0, KEY_DIGITS)}`;
}
