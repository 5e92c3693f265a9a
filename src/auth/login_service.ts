/** Logins and their end, for whoever shows them to a person. */
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { LoginService } from "@/protocol/logins.ts";
import { startBrowserLogin } from "./browser_login.ts";
import { startDeviceLogin } from "./device_login.ts";
import type { GivenLogin } from "./given_login.ts";
import { CLIENT_ID, ISSUER, issuerOf, revokeToken } from "./issuer.ts";
import { readLogin, removeLogin, writeLogin } from "./login_file.ts";
import { refreshLogin } from "./refresh.ts";
import { type LoginConfig, requireAllowed } from "./store_login.ts";

export interface LoginServicePorts {
  readonly platform: Pick<
    Platform,
    "http" | "clock" | "random" | "files" | "env" | "browsing"
  >;
  /** Read anew for every login. */
  config(): Promise<LoginConfig>;
  /** Where to log in instead of the vendor's own. */
  readonly issuer: string | undefined;
  readonly clientId: string | undefined;
  /** Where front ends' own tokens are kept, in a program that takes some. */
  readonly given?: GivenLogin;
}

/** How long leaving may wait for the issuer to hear of it. */
const REVOKE_MS = 5_000;

export function createLoginService(
  { platform, config, issuer, clientId = CLIENT_ID, given }: LoginServicePorts,
): LoginService {
  const { files, env, clock, http } = platform;
  const requireOwn = () => {
    if (given?.credential === undefined) return;
    throw new CodexError(
      "unsupported",
      "External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it.",
    );
  };
  const portsOf = async () => ({
    ...platform,
    issuer: issuerOf(issuer),
    clientId,
    config: await config(),
  });
  return {
    async storeApiKey(key) {
      requireOwn();
      if (key.trim() === "") {
        throw new CodexError("invalid_input", "The API key must not be empty");
      }
      const settings = await config();
      requireAllowed(settings, "api");
      await writeLogin(files, settings.codexHome, {
        auth_mode: "apikey",
        OPENAI_API_KEY: key,
      });
    },
    async useTokens(tokens, renew) {
      const { forcedLoginMethod, forcedChatgptWorkspaceId: workspace } =
        await config();
      if (forcedLoginMethod === "api") {
        throw new CodexError(
          "unsupported",
          "External ChatGPT auth is disabled. Use API key login instead.",
        );
      }
      if (workspace !== undefined && workspace !== tokens.accountId) {
        throw new CodexError(
          "unauthorized",
          `Login is restricted to workspace id ${workspace}`,
        );
      }
      given?.give(tokens, renew);
    },
    async startBrowser(originator, signal) {
      requireOwn();
      return await startBrowserLogin(await portsOf(), originator, signal);
    },
    async startDevice(signal) {
      requireOwn();
      return await startDeviceLogin(await portsOf(), signal);
    },
    openBrowser: (url) => platform.browsing.open(new URL(url)),
    async refresh(signal) {
      const { codexHome } = await config();
      const login = await readLogin(files, codexHome);
      if (login?.tokens == null || login.auth_mode === "apikey") return;
      await refreshLogin({ ...platform, codexHome }, login, signal);
    },
    async logOut(signal) {
      given?.takeBack();
      const { codexHome } = await config();
      const token = await refreshTokenIn(codexHome);
      const wasThere = await removeLogin(files, codexHome);
      if (token !== undefined) await revoke(token, signal);
      return wasThere;
    },
  };

  /** A file that cannot be read is removed all the same. */
  async function refreshTokenIn(
    codexHome: string,
  ): Promise<string | undefined> {
    try {
      return (await readLogin(files, codexHome))?.tokens?.refresh_token;
    } catch (error) {
      if (!(error instanceof CodexError)) throw error;
      return undefined;
    }
  }

  /** Best effort: what is forgotten here is forgotten, whatever the issuer says. */
  async function revoke(token: string, signal: AbortSignal): Promise<void> {
    try {
      await revokeToken(
        { http, clock, issuer: ISSUER, clientId },
        env.get("CODEX_REVOKE_TOKEN_URL_OVERRIDE") ?? `${ISSUER}/oauth/revoke`,
        token,
        AbortSignal.any([signal, clock.timeout(REVOKE_MS)]),
      );
    } catch (error) {
      signal.throwIfAborted();
      const isExpected = error instanceof CodexError ||
        (error instanceof DOMException && error.name === "TimeoutError");
      if (!isExpected) throw error;
    }
  }
}
