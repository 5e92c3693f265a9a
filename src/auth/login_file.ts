/**
 * `auth.json`: the stored login, in the form both programs read. Written whole, for
 * its owner alone.
 */
import { ensureCodexHome } from "@/config/codex_home.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";

/** The parts of `auth.json` this program uses. */
export interface StoredLogin {
  readonly auth_mode?: string;
  readonly OPENAI_API_KEY?: string | null;
  readonly tokens?: StoredTokens | null;
  /** When the tokens were obtained, as ISO 8601. */
  readonly last_refresh?: string;
}

export interface StoredTokens {
  readonly id_token?: string;
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly account_id?: string | null;
}

const PRIVATE_FILE_MODE = 0o600;

function pathOf(codexHome: string): string {
  return `${codexHome}/auth.json`;
}

/** Undefined when there is no file. @throws CodexError when it is not JSON */
export async function readLogin(
  files: FileSystem,
  codexHome: string,
): Promise<StoredLogin | undefined> {
  const path = pathOf(codexHome);
  const text = await files.readTextIfExists(path);
  return text === undefined ? undefined : parseLogin(text, path);
}

/** @throws CodexError `storage` */
export async function writeLogin(
  files: FileSystem,
  codexHome: string,
  login: StoredLogin,
): Promise<void> {
  try {
    await ensureCodexHome({ files }, codexHome);
    await files.replaceFile(
      pathOf(codexHome),
      JSON.stringify(login, undefined, 2),
      PRIVATE_FILE_MODE,
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CodexError(
      "storage",
      `Cannot store the login in ${error.path}: ${error.osText}`,
      { cause: error },
    );
  }
}

/** False when there was none. @throws CodexError `storage` */
export async function removeLogin(
  files: FileSystem,
  codexHome: string,
): Promise<boolean> {
  try {
    await files.remove(pathOf(codexHome));
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.kind === "not_found") return false;
    throw new CodexError(
      "storage",
      `Cannot remove the login in ${error.path}: ${error.osText}`,
      { cause: error },
    );
  }
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
