/** `codex app-server`: the agent for editors and other programs. */
import { withDotEnv } from "@/config/dot_env.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { type ListenAddress, parseListenAddress } from "../listen_address.ts";
import { listenerProofOf } from "../listener_proof_flags.ts";
import { flagValue, type ParsedCommand } from "../parsed.ts";
import { serverServices } from "../server_services.ts";

type WebSocketListenAddress = Extract<ListenAddress, { kind: "websocket" }>;

export async function run(
  parsed: ParsedCommand,
  machine: Platform,
): Promise<number> {
  const address = parseListenAddress(flagValue(parsed, "listen") ?? "stdio://");
  if (address === undefined || address.kind === "off") {
    throw new CodexError(
      "invalid_input",
      "no transport configured; use --listen or enable remote control",
    );
  }
  const platform = await withDotEnv(machine);
  const proof = await listenerProofOf(parsed, platform);
  if (
    address.kind === "websocket" && proof === undefined && !address.isLoopback
  ) {
    throw new CodexError(
      "invalid_input",
      `Cannot listen on ${urlOf(address, address.port)} without --ws-auth: ` +
        "whoever reaches that address could run commands here; say how clients " +
        "prove who they are, or listen on ws://127.0.0.1:PORT",
    );
  }
  const services = await serverServices({ parsed, platform, source: "vscode" });
  try {
    if (address.kind === "websocket") {
      await serve(services, platform, { address, proof });
    } else {
      const { serveStdio } = await import("@/app-server/stdio.ts");
      await serveStdio(services, platform);
    }
  } finally {
    await services.deviceKeys.close();
    await services.commands.close();
    await services.stored.close();
  }
  return 0;
}

async function serve(
  services: AgentServices,
  platform: Platform,
  { address, proof }: {
    readonly address: WebSocketListenAddress;
    readonly proof: Awaited<ReturnType<typeof listenerProofOf>>;
  },
): Promise<void> {
  const [{ serveWebSocket }, { proofProblem }] = await Promise.all([
    import("@/app-server/websocket.ts"),
    import("@/auth/listener_proof.ts"),
  ]);
  await serveWebSocket(services, platform, {
    address,
    checkBearer: proof === undefined
      ? undefined
      : (authorization) => proofProblem(proof, authorization, platform.clock),
    onListening: (port) =>
      platform.terminal.writeErr(bannerOf(urlOf(address, port), address)),
  });
}

function urlOf({ hostname }: WebSocketListenAddress, port: number): string {
  return `ws://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function bannerOf(
  url: string,
  { isLoopback }: WebSocketListenAddress,
): string {
  const web = url.replace("ws:", "http:");
  const lines = [
    "codex app-server (WebSockets)",
    `  listening on: ${url}`,
    `  readyz: ${web}/readyz`,
    `  healthz: ${web}/healthz`,
    ...(isLoopback
      ? [
        "  note: only this machine can connect; forward the port to use it from another",
      ]
      : [
        "  note: what goes over the network is not encrypted here; put TLS in front",
      ]),
  ];
  return `${lines.join("\n")}\n`;
}
