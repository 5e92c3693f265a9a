/** `codex login` and `codex logout`. */
import { CODE_MINUTES } from "@/auth/device_login.ts";
import { readLogin } from "@/auth/login_file.ts";
import { createLoginService } from "@/auth/login_service.ts";
import { findCodexHome } from "@/config/codex_home.ts";
import { loadConfig } from "@/config/load.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { LoginService, PendingLogin } from "@/protocol/logins.ts";
import { PRODUCT } from "@/protocol/version.ts";
import { configOptions } from "../config_options.ts";
import { flagValue, hasFlag, type ParsedCommand } from "../parsed.ts";

/** More than any key; a whole file piped by mistake is not read to its end. */
const KEY_BYTES_MAX = 64 << 10;
/** What is shown of a key: enough to know it again, and of a short one nothing. */
const KEY_START = 8;
const KEY_END = 5;

export async function run(
  parsed: ParsedCommand,
  platform: Platform,
): Promise<number> {
  const { terminal } = platform;
  const say = (text: string) => terminal.writeErr(`${text}\n`);
  // An interrupt ends the program, and whatever it waits for.
  const { signal } = new AbortController();
  const service = createLoginService({
    platform,
    config: () => loadConfig(configOptions(parsed, platform)),
    issuer: flagValue(parsed, "experimental_issuer"),
    clientId: flagValue(parsed, "experimental_client-id"),
  });
  switch (parsed.command.at(-1)) {
    case "status":
      return await showStatus(platform, say);
    case "logout":
      say(
        await service.logOut(signal)
          ? "Successfully logged out"
          : "Not logged in",
      );
      return 0;
  }
  const login = await begin(parsed, platform, service, signal);
  if (login !== undefined) {
    const outcome = await login.outcome;
    if (outcome.kind === "failed") {
      say(`Error logging in: ${outcome.reason}`);
      return 1;
    }
  }
  say("Successfully logged in");
  return 0;
}

/** Undefined when it is done already. */
async function begin(
  parsed: ParsedCommand,
  platform: Platform,
  service: LoginService,
  signal: AbortSignal,
): Promise<PendingLogin | undefined> {
  const { terminal } = platform;
  if (hasFlag(parsed, "device-auth")) {
    const login = await service.startDevice(signal);
    terminal.writeOut(deviceText(login));
    return login;
  }
  if (hasFlag(parsed, "api-key")) {
    throw new CodexError(
      "invalid_input",
      "The --api-key flag is no longer supported. Pipe the key instead, e.g. `printenv OPENAI_API_KEY | codex login --with-api-key`.",
    );
  }
  if (hasFlag(parsed, "with-api-key")) {
    await service.storeApiKey(await readKey(platform));
    return undefined;
  }
  const login = await service.startBrowser(`${PRODUCT}_cli`, signal);
  terminal.writeErr(browserText(login));
  service.openBrowser(login.url);
  return login;
}

function browserText(
  { url, port }: { readonly url: string; readonly port: number },
): string {
  return [
    `Starting local login server on http://localhost:${port}.`,
    "If your browser did not open, navigate to this URL to authenticate:",
    "",
    url,
    "",
    "On a remote or headless machine? Use `codex login --device-auth` instead.",
    "",
  ].join("\n");
}

function deviceText(
  { url, code }: { readonly url: string; readonly code: string },
): string {
  return [
    "To log in with ChatGPT, on any device:",
    "",
    "1. Open this address and sign in:",
    `   ${url}`,
    "",
    `2. Type this code; it is good for ${CODE_MINUTES} minutes:`,
    `   ${code}`,
    "",
    "Only type it if it was you who started this login, and give it to nobody.",
    "",
    "",
  ].join("\n");
}

/** @throws CodexError when there is none */
async function readKey({ terminal }: Platform): Promise<string> {
  if (terminal.stdinIsTty) {
    throw new CodexError(
      "invalid_input",
      "--with-api-key expects the API key on stdin. Try piping it, e.g. `printenv OPENAI_API_KEY | codex login --with-api-key`.",
    );
  }
  terminal.writeErr("Reading API key from stdin...\n");
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of terminal.readStdin()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > KEY_BYTES_MAX) {
      throw new CodexError(
        "invalid_input",
        `Cannot use standard input as an API key: it is longer than ${KEY_BYTES_MAX} characters`,
      );
    }
  }
  const key = text.trim();
  if (key !== "") return key;
  throw new CodexError("invalid_input", "No API key provided via stdin.");
}

async function showStatus(
  platform: Platform,
  say: (text: string) => void,
): Promise<number> {
  const login = await readLogin(
    platform.files,
    await findCodexHome(platform),
  );
  if (login?.tokens?.access_token && login.auth_mode !== "apikey") {
    say("Logged in using ChatGPT");
    return 0;
  }
  if (!login?.OPENAI_API_KEY) {
    say("Not logged in");
    return 1;
  }
  say(`Logged in using an API key - ${masked(login.OPENAI_API_KEY)}`);
  return 0;
}

function masked(key: string): string {
  return key.length <= KEY_START + KEY_END
    ? "***"
    : `${key.slice(0, KEY_START)}***${key.slice(-KEY_END)}`;
}
