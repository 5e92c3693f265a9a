/**
 * The MCP servers of one thread: started with it, ended with it. This module brings
 * the client; `host.ts` loads it only when a server is configured.
 */
import type { TimeHold } from "@/async/time_hold.ts";
import { abortable } from "@/async/scope.ts";
import type { Config } from "@/config/config.ts";
import {
  closeConnections,
  type Connection,
  connectServers,
} from "@/mcp/connections.ts";
import { callTool, findServer, readResource } from "@/mcp/direct.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type {
  DirectToolCall,
  DirectToolResult,
  ResourceContents,
} from "@/protocol/mcp_access.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import type { ServerTools, ThreadServers } from "../server_tools.ts";
import { Elicitations } from "./elicitations.ts";
import { createServerTools, type ThreadCallPorts } from "./server_tools.ts";

class ThreadClosed extends Error {
  override readonly name = "ThreadClosed";
}

export interface ThreadServersPorts {
  readonly platform: Platform;
  readonly config: Config;
  /** Stops the time of calls. */
  readonly toolTime: TimeHold;
  /** Counts for questions servers ask outside of any call. */
  approvalPolicy(): ApprovalPolicy;
  emit(event: ThreadEvent): Promise<void>;
}

/**
 * Starts the servers, and waits for the required ones.
 *
 * @throws CodexError `mcp_unavailable` when a required server cannot be used
 */
export async function startThreadServers(
  ports: ThreadServersPorts,
  signal: AbortSignal,
): Promise<ThreadServers> {
  const { platform, config } = ports;
  const servers = new RunningServers(ports);
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
  readonly #common: ThreadCallPorts;
  readonly #connections: Promise<readonly Connection[]>;
  #tools: Promise<ServerTools> | undefined;
  #warnings: string[] = [];
  /** What is being told of the servers: a slow front end holds up no server. */
  #telling: Promise<void> = Promise.resolve();

  constructor(
    { platform, config, toolTime, approvalPolicy, emit }: ThreadServersPorts,
  ) {
    const elicitations = new Elicitations(emit, approvalPolicy);
    this.#common = {
      clock: platform.clock,
      files: platform.files,
      codexHome: config.codexHome,
      elicitations,
    };
    this.#connections = connectServers(
      platform,
      {
        mcpServers: config.mcpServers,
        cwd: config.cwd,
        codexHome: config.codexHome,
        toolTime,
        ask: (question, signal) => elicitations.ask(question, signal),
        onStatus: (status) => {
          this.#telling = this.#telling.then(() =>
            emit({ type: "mcpServerStatus", ...status })
          );
        },
      },
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
    if (this.#tools === undefined) this.#tools = this.#createTools();
    else if (await this.#haveChanged(signal)) {
      this.#tools = createServerTools(await this.#connections, this.#common);
    }
    return await abortable(this.#tools, signal);
  }

  async #createTools(): Promise<ServerTools> {
    const connections = await this.#connections;
    this.#warnings.push(
      ...connections.flatMap((one) =>
        one.kind === "failed"
          ? [`MCP server "${one.name}" is not available: ${one.reason}`]
          : []
      ),
    );
    return await createServerTools(connections, this.#common);
  }

  /** Reads the tools again of servers that said theirs changed. */
  async #haveChanged(signal: AbortSignal): Promise<boolean> {
    const connections = await abortable(this.#connections, signal);
    const changes = await Promise.all(
      connections.map((one) =>
        one.kind === "ready" && one.server.refreshTools(signal)
      ),
    );
    for (const one of connections) {
      if (one.kind === "ready") {
        this.#warnings.push(...one.server.takeNotices());
      }
    }
    return changes.some((hasChanged) => hasChanged);
  }

  async readResource(
    server: string,
    uri: string,
    signal: AbortSignal,
  ): Promise<ResourceContents> {
    const connections = await abortable(this.#connections, signal);
    return await readResource(findServer(connections, server), uri, signal);
  }

  async callTool(
    call: DirectToolCall,
    threadId: ThreadId,
    signal: AbortSignal,
  ): Promise<DirectToolResult> {
    const connections = await abortable(this.#connections, signal);
    const server = findServer(connections, call.server);
    return await callTool(server, call, threadId, signal);
  }

  answer(requestId: string, answer: ElicitationAnswer): void {
    this.#common.elicitations.answer(requestId, answer);
  }

  takeWarnings(): readonly string[] {
    return this.#warnings.splice(0);
  }

  async close(): Promise<void> {
    this.#controller.abort(new ThreadClosed("The thread was closed"));
    const connections = await this.#connections.catch(() => []);
    await closeConnections(connections);
    await this.#telling;
  }
}
