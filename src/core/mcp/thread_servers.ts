/**
 * The MCP servers of one thread: started with it, ended with it. This module brings
 * the client; `host.ts` loads it only when a server is configured.
 */
import { abortable } from "@/async/scope.ts";
import type { Config } from "@/config/config.ts";
import {
  closeConnections,
  type Connection,
  connectServers,
} from "@/mcp/connections.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ServerTools, ThreadServers } from "../server_tools.ts";
import { createServerTools } from "./server_tools.ts";

class ThreadClosed extends Error {
  override readonly name = "ThreadClosed";
}

/**
 * Starts the servers, and waits for the required ones.
 *
 * @throws CodexError `mcp_unavailable` when a required server cannot be used
 */
export async function startThreadServers(
  platform: Platform,
  config: Config,
  signal: AbortSignal,
): Promise<ThreadServers> {
  const servers = new RunningServers(platform, config);
  const hasRequired = Object.values(config.mcpServers).some((server) =>
    server.isEnabled && server.isRequired
  );
  if (!hasRequired) return servers;
  const watch = watchInterrupts(platform);
  try {
    await servers.checkRequired(AbortSignal.any([signal, watch.signal]));
    return servers;
  } catch (error) {
    await servers.close();
    throw error;
  } finally {
    watch.stop();
  }
}

/** No front end listens yet, and an interrupt must not leave servers behind. */
function watchInterrupts({ signals }: Pick<Platform, "signals">): {
  readonly signal: AbortSignal;
  stop(): void;
} {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(
      new CodexError("interrupted", "Interrupted while MCP servers started"),
    );
  const stops = [signals.onInterrupt(abort), signals.onTerminate(abort)];
  return {
    signal: controller.signal,
    stop: () => stops.forEach((stop) => stop()),
  };
}

class RunningServers implements ThreadServers {
  readonly #controller = new AbortController();
  readonly #clock: Platform["clock"];
  readonly #connections: Promise<readonly Connection[]>;
  #tools: Promise<ServerTools> | undefined;
  #warnings: readonly string[] = [];

  constructor(platform: Platform, config: Config) {
    this.#clock = platform.clock;
    this.#connections = connectServers(
      platform,
      config,
      this.#controller.signal,
    );
    // Told to whoever waits for the tools; a thread that is closed first has none.
    this.#connections.catch(() => undefined);
  }

  async checkRequired(signal: AbortSignal): Promise<void> {
    const failures = (await abortable(this.#connections, signal))
      .flatMap((one) =>
        one.kind === "failed" && one.isRequired
          ? [`${one.name}: ${one.reason}`]
          : []
      );
    if (failures.length === 0) return;
    throw new CodexError(
      "mcp_unavailable",
      `required MCP servers failed to initialize: ${failures.join("; ")}`,
    );
  }

  async tools(signal: AbortSignal): Promise<ServerTools> {
    this.#tools ??= this.#createTools();
    return await abortable(this.#tools, signal);
  }

  async #createTools(): Promise<ServerTools> {
    const connections = await this.#connections;
    this.#warnings = connections.flatMap((one) =>
      one.kind === "failed"
        ? [`MCP server "${one.name}" is not available: ${one.reason}`]
        : []
    );
    return await createServerTools(connections, this.#clock);
  }

  takeWarnings(): readonly string[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return warnings;
  }

  async close(): Promise<void> {
    this.#controller.abort(new ThreadClosed("The thread was closed"));
    const connections = await this.#connections.catch(() => []);
    await closeConnections(connections);
  }
}
