/**
 * A configured server as the agent uses it: connected when it is given out, and
 * connected again when it has died or forgotten its session, a limited number of times.
 */
import { abortable } from "@/async/scope.ts";
import type { TimeHold } from "@/async/time_hold.ts";
import type { McpServerConfig } from "@/config/config.ts";
import { boundResult } from "./bounded_result.ts";
import { isSessionExpired, reasonOf } from "./failures.ts";
import {
  type AskUser,
  type CallAnswer,
  type CallRequest,
  McpRequestError,
  type McpServer,
  McpStartError,
  type McpTool,
  type ResourceMethod,
} from "./server.ts";
import { ServerLog } from "./server_log.ts";
import { type ConnectPorts, openSession, type Session } from "./session.ts";

export type { ConnectPorts } from "./session.ts";

export interface ConnectRequest {
  readonly name: string;
  readonly config: McpServerConfig;
  /** Where a server's relative directory starts. */
  readonly cwd: string;
  /** Where logins are kept. */
  readonly codexHome: string;
  /** Answers the server's questions to the user. */
  readonly ask: AskUser;
  /** Stops the time of its requests. */
  readonly toolTime?: TimeHold | undefined;
}

/** A server that dies this often has something else wrong than bad luck. */
const RESTARTS_MAX = 3;

/**
 * Starts a server and reads its tools.
 *
 * @throws McpStartError with the reason, for the user
 */
export async function connectServer(
  ports: ConnectPorts,
  request: ConnectRequest,
  signal: AbortSignal,
): Promise<McpServer> {
  const server = new ConnectedServer(ports, request);
  await server.open(signal);
  return server;
}

/** More than any note beside a result; a longer one is left out. */
const META_CHARS_MAX = 64 * 1024;

function isSmall(meta: unknown): boolean {
  return meta !== undefined && JSON.stringify(meta).length <= META_CHARS_MAX;
}

class ServerClosed extends Error {
  override readonly name = "ServerClosed";
}

class ConnectedServer implements McpServer {
  readonly name: string;
  readonly #ports: ConnectPorts;
  readonly #request: ConnectRequest;
  readonly #log: ServerLog;
  readonly #lifetime = new AbortController();
  #session: Session | undefined;
  #reopening: Promise<Session> | undefined;
  #restarts = 0;
  #areToolsStale = false;
  #notices: string[] = [];

  constructor(ports: ConnectPorts, request: ConnectRequest) {
    this.name = request.name;
    this.#ports = ports;
    this.#request = request;
    this.#log = new ServerLog(ports.log, request.name);
  }

  get instructions(): string | undefined {
    return this.#session?.instructions;
  }

  get tools(): readonly McpTool[] {
    const { config } = this.#request;
    return (this.#session?.tools ?? []).filter((tool) =>
      isEnabled(config, tool.name)
    );
  }

  async open(signal: AbortSignal): Promise<void> {
    this.#session = await openSession(this.#ports, {
      ...this.#request,
      log: this.#log,
      ask: (elicitation, problem, asked) =>
        this.#request.ask(
          { server: this.name, elicitation, problem },
          AbortSignal.any([asked, this.#lifetime.signal]),
        ),
      toolsChanged: () => {
        this.#areToolsStale = true;
      },
    }, signal);
  }

  async refreshTools(signal: AbortSignal): Promise<boolean> {
    const session = this.#session;
    if (!this.#areToolsStale || session === undefined || session.isClosed) {
      return false;
    }
    // Before the answer: what changes while it travels is read the next time.
    this.#areToolsStale = false;
    try {
      await session.readTools(signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.#notices.push(
        `MCP server "${this.name}" said that its tools changed but did not list them: ${
          reasonOf(error)
        }`,
      );
      return false;
    }
  }

  async call(request: CallRequest, signal: AbortSignal): Promise<CallAnswer> {
    const { tool, arguments: args, meta, onProgress } = request;
    const params = {
      _meta: meta,
      name: tool,
      ...(args === undefined ? {} : { arguments: args }),
    };
    try {
      const answer = await this.#attempt(
        (session) => session.call(params, onProgress ?? ignore, signal),
        signal,
      );
      const { structuredContent, _meta: meta, ...rest } = answer;
      const bounded = boundResult(
        structuredContent === undefined ? rest : { ...rest, structuredContent },
      );
      return {
        kind: "result",
        ...bounded,
        ...(isSmall(meta) ? { meta } : {}),
      };
    } catch (error) {
      signal.throwIfAborted();
      return {
        kind: "error",
        message: `tool call failed for \`${this.name}/${tool}\`\n\n` +
          `Caused by:\n    ${this.#reason(error)}`,
      };
    }
  }

  async resources(
    method: ResourceMethod,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.#attempt(
        (session) => session.request(method, { ...params }, signal),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw new McpRequestError(this.#reason(error), { cause: error });
    }
  }

  takeNotices(): readonly string[] {
    return this.#notices.splice(0);
  }

  async close(): Promise<void> {
    this.#lifetime.abort(new ServerClosed("Transport closed"));
    await this.#reopening?.catch(() => undefined);
    await this.#session?.close();
  }

  /**
   * Runs a request on a session that lives. What was under way when a server died is
   * not repeated: it may have been done. A server that forgot its session did nothing,
   * so it is asked again in a new one.
   */
  async #attempt<T>(
    run: (session: Session) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const session = await this.#liveSession(signal);
    try {
      return await run(session);
    } catch (error) {
      if (!isSessionExpired(error) || signal.aborted) {
        // What the SDK says of a connection that ended depends on when it ended.
        if (session.isClosed && !signal.aborted) {
          throw new ServerClosed("Transport closed");
        }
        throw error;
      }
      return await run(await this.#reopen(session, signal));
    }
  }

  async #liveSession(signal: AbortSignal): Promise<Session> {
    const session = this.#session;
    this.#lifetime.signal.throwIfAborted();
    if (session !== undefined && !session.isClosed) return session;
    if (this.#restarts >= RESTARTS_MAX) {
      throw new ServerClosed(
        `Transport closed; the server ended ${
          RESTARTS_MAX + 1
        } times and is not started again in this thread`,
      );
    }
    return await this.#reopen(session, signal);
  }

  /** A new session in place of one that ended; calls that come together share it. */
  async #reopen(
    old: Session | undefined,
    signal: AbortSignal,
  ): Promise<Session> {
    if (this.#session !== old && this.#session !== undefined) {
      return this.#session;
    }
    this.#reopening ??= this.#replace(old).finally(() => {
      this.#reopening = undefined;
    });
    return await abortable(this.#reopening, signal);
  }

  async #replace(old: Session | undefined): Promise<Session> {
    const hadEnded = old?.isClosed ?? true;
    await old?.close();
    if (hadEnded) this.#restarts++;
    await this.open(this.#lifetime.signal);
    const { name } = this;
    this.#notices.push(
      hadEnded
        ? `MCP server "${name}" had ended and was started again (${this.#restarts} of ${RESTARTS_MAX} times)`
        : `MCP server "${name}" had forgotten its session and was connected again`,
    );
    // Whatever it offers now is told with the next turn.
    this.#areToolsStale = true;
    if (this.#session === undefined) throw new ServerClosed("Transport closed");
    return this.#session;
  }

  #reason(error: unknown): string {
    if (error instanceof McpStartError) {
      return `Transport closed; the server could not be started again: ${error.message}`;
    }
    const advice = this.#session?.loginAdvice(error);
    if (advice === undefined) return reasonOf(error);
    // The model cannot log in; whoever watches can.
    this.#notices.push(`MCP server "${this.name}" cannot be used: ${advice}`);
    return advice;
  }
}

function ignore(): void {}

function isEnabled(config: McpServerConfig, tool: string): boolean {
  return (config.enabledTools?.includes(tool) ?? true) &&
    !(config.disabledTools?.includes(tool) ?? false);
}
