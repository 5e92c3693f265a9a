/**
 * A thread's MCP servers, for threads that live long: they can be read anew from the
 * configuration. Their client is loaded when there is a server.
 */
import type { Config } from "@/config/config.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type {
  DirectToolCall,
  DirectToolResult,
  ResourceContents,
} from "@/protocol/mcp_access.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import {
  NO_SERVER_TOOLS,
  type ServerTools,
  type ThreadServers,
} from "./server_tools.ts";

export interface ReloadPorts {
  /** The configuration as it is now. @throws CodexError */
  config(): Promise<Config>;
  /** Undefined when it names no server. */
  start(
    config: Config,
    signal: AbortSignal,
  ): Promise<ThreadServers | undefined>;
  emit(event: ThreadEvent): Promise<void>;
}

export class ReloadableServers implements ThreadServers {
  readonly #ports: ReloadPorts;
  readonly #lifetime: AbortSignal;
  #current: ThreadServers | undefined;
  #isStale = false;
  /** Whoever asks while the servers change waits for the new ones. */
  #replacing: Promise<void> = Promise.resolve();

  /** @param lifetime ends what is started later */
  constructor(
    ports: ReloadPorts,
    current: ThreadServers | undefined,
    lifetime: AbortSignal,
  ) {
    this.#ports = ports;
    this.#current = current;
    this.#lifetime = lifetime;
  }

  /** From the next turn on, the servers are those of the configuration then. */
  reload(): void {
    this.#isStale = true;
  }

  async tools(signal: AbortSignal): Promise<ServerTools> {
    if (this.#isStale) {
      this.#isStale = false;
      this.#replacing = this.#replacing.then(() => this.#replace());
    }
    await this.#replacing;
    return await this.#current?.tools(signal) ?? NO_SERVER_TOOLS;
  }

  async readResource(
    server: string,
    uri: string,
    signal: AbortSignal,
  ): Promise<ResourceContents> {
    return await this.#some(server).readResource(server, uri, signal);
  }

  async callTool(
    call: DirectToolCall,
    threadId: string,
    signal: AbortSignal,
  ): Promise<DirectToolResult> {
    return await this.#some(call.server).callTool(call, threadId, signal);
  }

  answer(requestId: string, answer: ElicitationAnswer): void {
    this.#current?.answer(requestId, answer);
  }

  takeWarnings(): readonly string[] {
    return this.#current?.takeWarnings() ?? [];
  }

  async close(): Promise<void> {
    // One that cannot be ended was told to whoever asked for tools.
    await this.#replacing.catch(() => undefined);
    await this.#current?.close();
  }

  /** A configuration that cannot be used costs no server: those that run stay. */
  async #replace(): Promise<void> {
    try {
      const config = await this.#ports.config();
      await this.#current?.close();
      this.#current = undefined;
      this.#current = await this.#ports.start(config, this.#lifetime);
    } catch (error) {
      if (!(error instanceof CodexError)) throw error;
      const message = `Cannot read the MCP servers anew: ${error.message}`;
      await this.#ports.emit({ type: "warning", message });
    }
  }

  #some(name: string): ThreadServers {
    if (this.#current !== undefined) return this.#current;
    throw new CodexError("mcp_unavailable", `unknown MCP server '${name}'`);
  }
}
