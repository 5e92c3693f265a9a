/** `codex exec-server`: processes and files of this machine, for an agent on another. */
import { fileHandlers } from "@/app-server/handlers/files.ts";
import { withDotEnv } from "@/config/dot_env.ts";
import type { FileAnswers } from "@/exec-server/session.ts";
import { RPC_INVALID_PARAMS, RpcError } from "@/jsonrpc/peer.ts";
import type { Platform } from "@/platform/platform.ts";
import { decode } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import { uuidV7 } from "@/protocol/ids.ts";
import { CLIENT_METHODS } from "@/protocol/rpc/methods.ts";
import { parseListenAddress } from "../listen_address.ts";
import { flagValue, type ParsedCommand } from "../parsed.ts";
import { serverServices } from "../server_services.ts";

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const given = flagValue(parsed, "listen") ?? "ws://127.0.0.1:0";
  const address = parseListenAddress(given);
  if (address?.kind !== "websocket") {
    throw new CodexError(
      "invalid_input",
      `unsupported --listen URL \`${given}\`; expected \`ws://IP:PORT\``,
    );
  }
  if (!address.isLoopback) {
    throw new CodexError(
      "invalid_input",
      `Cannot listen on ${given}: whoever reaches that address could run commands ` +
        "here, and clients prove nothing; listen on ws://127.0.0.1:PORT and forward the port",
    );
  }
  const platform = await withDotEnv(machine);
  const { serveExec } = await import("@/exec-server/server.ts");
  const services = await serverServices({ parsed, platform, source: "vscode" });
  const { hostname } = address;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  try {
    await serveExec({
      address,
      signals: platform.signals,
      clock: platform.clock,
      commands: services.commands,
      files: fileAnswers(platform),
      newSessionId: () =>
        uuidV7(platform.clock.now(), platform.random.bytes(10)),
      log: (text) => platform.log.error("codex::exec_server", () => text),
      onListening: (port) =>
        platform.terminal.writeOut(`ws://${host}:${port}\n`),
    });
    return 0;
  } finally {
    await services.deviceKeys.close();
    await services.commands.close();
    await services.stored.close();
  }
}

/** Files are worked on as for clients of the app-server, in the same words. */
function fileAnswers({ host }: Platform): FileAnswers {
  const handlers = fileHandlers(host.uid);
  return (method, params, signal) => {
    if (!Object.hasOwn(handlers, method)) return undefined;
    // The names of the table are methods of the protocol.
    const name = method as keyof typeof handlers;
    const decoded = decode(CLIENT_METHODS[name].params, params);
    if (!decoded.ok) {
      return Promise.reject(new RpcError(RPC_INVALID_PARAMS, decoded.message));
    }
    const handler = handlers[name] as (
      params: unknown,
      call: { readonly signal: AbortSignal },
    ) => Promise<unknown>;
    return handler(decoded.value, { signal });
  };
}
