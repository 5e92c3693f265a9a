/**
 * `--remote ws://HOST:PORT`: the agent of an app-server in place of one in this process.
 * What was typed goes with every thread; what configures the agent is the server's.
 */
import { sessionLayer } from "@/config/overrides.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import { PRODUCT } from "@/protocol/version.ts";
import { connectRemoteHost, type RemoteHost } from "@/remote/host.ts";
import { configOptions, sandboxModeOf } from "./config_options.ts";
import { flagValue, hasFlag, type ParsedCommand } from "./parsed.ts";

export interface RemoteOptions {
  readonly approvalPolicy: ApprovalPolicy | undefined;
  /** What starts threads: `exec`, `cli`. */
  readonly source: string;
}

/**
 * Connects to the app-server that was named.
 *
 * @throws CodexError `invalid_input` for what cannot be an address or a token
 */
export async function openRemoteHost(
  parsed: ParsedCommand,
  platform: Platform,
  { approvalPolicy, source }: RemoteOptions,
  signal: AbortSignal,
): Promise<RemoteHost> {
  const address = remoteAddress(flagValue(parsed, "remote") ?? "");
  const { session } = configOptions(parsed, platform);
  return await connectRemoteHost({
    platform,
    address: address.href.replace(/\/$/, ""),
    bearer: remoteToken(parsed, platform, address),
    clientName: `${PRODUCT}_${source}`,
    settings: {
      // A directory of the server's machine: ours says nothing about it.
      cwd: flagValue(parsed, "cd"),
      model: flagValue(parsed, "model"),
      sandboxMode: sandboxModeOf(parsed),
      approvalPolicy,
      config: dotted(sessionLayer(session)),
      isEphemeral: hasFlag(parsed, "ephemeral"),
    },
  }, signal);
}

function remoteAddress(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  // The usual ports are left out of a parsed address, so the text has to say.
  const isWhole = /^wss?:\/\/(\[[0-9a-fA-F:.]+\]|[^/:?#@]+):\d+\/?$/.test(
    given,
  );
  if (url !== undefined && isWhole) return url;
  throw new CodexError(
    "invalid_input",
    `invalid remote address \`${given}\`; expected \`ws://host:port\` or \`wss://host:port\``,
  );
}

function remoteToken(
  parsed: ParsedCommand,
  { env }: Platform,
  address: URL,
): string | undefined {
  const variable = flagValue(parsed, "remote-auth-token-env");
  if (variable === undefined) return undefined;
  const token = env.get(variable)?.trim() ?? "";
  if (token === "") {
    throw new CodexError(
      "invalid_input",
      `Cannot take the token for ${address.host} from \`${variable}\`: the environment variable is not set or empty`,
    );
  }
  if (address.protocol === "wss:" || isLoopback(address.hostname)) return token;
  throw new CodexError(
    "invalid_input",
    `Cannot send a token to ${address.host}: ws:// is not encrypted and others could read it; use wss://, or forward the port to this machine`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Keys of tables by their paths: a table as a whole would replace the server's. */
function dotted(
  table: Readonly<Record<string, unknown>>,
  prefix = "",
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]): [string, unknown][] =>
      typeof value === "object" && value !== null && !Array.isArray(value) &&
        !(value instanceof Date)
        ? Object.entries(
          dotted(value as Record<string, unknown>, `${prefix}${key}.`),
        )
        : [[prefix + key, value]]
    ),
  );
}
