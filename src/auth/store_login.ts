/** Tokens of the issuer as a stored login, once they are those of who may log in. */
import type { Config } from "@/config/config.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { claimsOf } from "./claims.ts";
import type { IssuedTokens } from "./issuer.ts";
import { writeLogin } from "./login_file.ts";

export interface StorePorts {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly config: LoginConfig;
}

/** What the configuration says of logins. */
export type LoginConfig = Pick<
  Config,
  | "codexHome"
  | "cliAuthCredentialsStore"
  | "forcedLoginMethod"
  | "forcedChatgptWorkspaceId"
>;

/** @throws CodexError when this kind of login cannot be stored or is forbidden */
export function requireAllowed(
  config: LoginConfig,
  method: "chatgpt" | "api",
): void {
  const { forcedLoginMethod, cliAuthCredentialsStore: store } = config;
  if (forcedLoginMethod !== undefined && forcedLoginMethod !== method) {
    throw new CodexError(
      "unsupported",
      method === "api"
        ? "API key login is disabled. Use ChatGPT login instead."
        : "ChatGPT login is disabled. Use API key login instead.",
    );
  }
  if (store === "file" || store === "auto") return;
  throw new CodexError(
    "unsupported",
    `Cannot log in: this version keeps logins in no ${
      store === "keyring" ? "keyring" : "memory"
    }; set cli_auth_credentials_store = "file" in config.toml`,
  );
}

/** @throws CodexError for the tokens of a workspace that may not be used */
export async function storeTokens(
  { files, clock, config }: StorePorts,
  tokens: IssuedTokens,
  apiKey: string | undefined,
): Promise<void> {
  const accountId = claimsOf(tokens.idToken)?.accountId;
  const { codexHome, forcedChatgptWorkspaceId: workspace } = config;
  if (workspace !== undefined && accountId !== workspace) {
    throw new CodexError(
      "unauthorized",
      `Login is restricted to workspace id ${workspace}`,
    );
  }
  await writeLogin(files, codexHome, {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: apiKey ?? null,
    tokens: {
      id_token: tokens.idToken,
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      account_id: accountId ?? null,
    },
    last_refresh: new Date(clock.now()).toISOString(),
  });
}
