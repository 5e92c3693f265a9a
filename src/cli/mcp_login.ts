/** Logins to MCP servers from the command line. Brings the protocol's client. */
import type { Config } from "@/config/config.ts";
import { logIn, type LoginRequest } from "@/mcp/oauth_login.ts";
import { wantsLogin } from "@/mcp/oauth_discovery.ts";
import type { Platform } from "@/platform/platform.ts";

/** A server that takes longer to say what it wants is as good as silent. */
const DISCOVERY_MS = 5_000;

/** Logs in and tells where the tokens are, when they are not where they were wanted. */
export async function logInTo(
  platform: Platform,
  { codexHome, mcpOAuth }: Config,
  request: Omit<LoginRequest, "oauth">,
): Promise<void> {
  const show = (text: string) => platform.terminal.writeOut(text);
  await logIn(
    { ...platform, codexHome, show },
    { ...request, oauth: mcpOAuth },
    // An interrupt ends the program, and the wait with it.
    new AbortController().signal,
  );
  if (mcpOAuth.store === "auto") {
    platform.terminal.writeErr(
      `The tokens are in ${codexHome}/.credentials.json; this version does not use the keyring.\n`,
    );
  }
}

/** Logs in to a server that was just added, if it wants that; gives what to print. */
export async function logInAfterAdding(
  platform: Platform,
  config: Config,
  name: string,
): Promise<string> {
  const transport = config.mcpServers[name]?.transport;
  if (transport?.kind !== "http") return "";
  const limit = platform.clock.timeout(DISCOVERY_MS);
  if (!await wantsLogin(platform, name, transport, () => limit)) return "";
  platform.terminal.writeOut("Detected OAuth support. Starting OAuth flow…\n");
  await logInTo(platform, config, {
    name,
    server: transport,
    scopes: undefined,
  });
  return "Successfully logged in.\n";
}
