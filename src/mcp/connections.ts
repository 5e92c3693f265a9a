/** All servers of a thread: started side by side, ended together. */
import type { TimeHold } from "@/async/time_hold.ts";
import type { Config, McpServerConfig } from "@/config/config.ts";
import { type ConnectPorts, connectServer } from "./connect.ts";
import { type AskUser, type McpServer, McpStartError } from "./server.ts";

export type Connection =
  | {
    readonly kind: "ready";
    readonly server: McpServer;
    readonly config: McpServerConfig;
  }
  | {
    readonly kind: "failed";
    readonly name: string;
    readonly reason: string;
    readonly isRequired: boolean;
  };

export type ServersRequest =
  & Pick<Config, "mcpServers" | "cwd" | "codexHome">
  & {
    /** Answers the servers' questions to the user. */
    readonly ask: AskUser;
    /** Stops the time of requests to them. */
    readonly toolTime?: TimeHold | undefined;
    /** Told how far each server has come; connecting does not wait for it. */
    onStatus(status: ServerStatus): void;
  };

export interface ServerStatus {
  readonly name: string;
  readonly status: "starting" | "ready" | "failed" | "cancelled";
  readonly error?: string;
}

/**
 * Starts every enabled server. A server that cannot be used is told of, not thrown.
 * Rejects only when the signal aborts, with nothing left running.
 */
export async function connectServers(
  ports: ConnectPorts,
  { mcpServers, onStatus, ...common }: ServersRequest,
  signal: AbortSignal,
): Promise<readonly Connection[]> {
  const enabled = Object.entries(mcpServers).filter(([, config]) =>
    config.isEnabled
  );
  const settled = await Promise.allSettled(
    enabled.map(([name, config]) =>
      connect(ports, { name, config, ...common }, onStatus, signal)
    ),
  );
  const failure = settled.find((one) => one.status === "rejected");
  const connections = settled.flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : []
  );
  if (failure === undefined) return connections;
  await closeConnections(connections);
  throw failure.reason;
}

/** Ends the servers; resolves when none is left. */
export async function closeConnections(
  connections: readonly Connection[],
): Promise<void> {
  await Promise.all(
    connections.map((one) =>
      one.kind === "ready" ? one.server.close() : undefined
    ),
  );
}

async function connect(
  ports: ConnectPorts,
  request: Parameters<typeof connectServer>[1],
  onStatus: ServersRequest["onStatus"],
  signal: AbortSignal,
): Promise<Connection> {
  const { name, config } = request;
  onStatus({ name, status: "starting" });
  try {
    const server = await connectServer(ports, request, signal);
    onStatus({ name, status: "ready" });
    return { kind: "ready", server, config };
  } catch (error) {
    if (!(error instanceof McpStartError)) {
      onStatus({ name, status: "cancelled" });
      throw error;
    }
    onStatus({ name, status: "failed", error: error.message });
    const { isRequired } = config;
    return { kind: "failed", name, reason: error.message, isRequired };
  }
}
