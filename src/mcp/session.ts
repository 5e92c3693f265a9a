/**
 * One connection to a server, from its start to its end: what the SDK does, with our
 * processes, our HTTP and our limits. A session that has ended stays ended; `connect.ts`
 * opens another. This module brings the SDK; nothing loads it unless a server is
 * configured.
 */
import {
  Client,
  type Progress,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import * as v from "valibot";
import { abortable } from "@/async/scope.ts";
import { Deadline } from "@/async/deadline.ts";
import type { TimeHold } from "@/async/time_hold.ts";
import type { McpServerConfig } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, type Platform } from "@/platform/platform.ts";
import { VERSION } from "@/protocol/version.ts";
import { duration, isAnswer, reasonOf, RequestTimeout } from "./failures.ts";
import { createHttpTransport, hasOwnAuthorization } from "./http_transport.ts";
import { attachInbound, type InboundPorts } from "./inbound.ts";
import { McpStartError, type McpTool } from "./server.ts";
import { createLogin, type ServerLogin } from "./server_login.ts";
import { serverEnvironment } from "./server_environment.ts";
import type { ServerLog } from "./server_log.ts";
import { StdioTransport } from "./stdio_transport.ts";
import { ignoreProgress, listTools, type RequestOptions } from "./tool_list.ts";

export type ConnectPorts = Pick<
  Platform,
  "processes" | "clock" | "env" | "host" | "http" | "log" | "files"
>;

export interface SessionRequest {
  readonly name: string;
  readonly config: McpServerConfig;
  /** Where a server's relative directory starts. */
  readonly cwd: string;
  readonly codexHome: string;
  readonly log: ServerLog;
  /** Stops the time of requests while somebody else asks the user something. */
  readonly toolTime?: TimeHold | undefined;
  ask: InboundPorts["ask"];
  toolsChanged(): void;
}

const STARTUP_MS_DEFAULT = 30_000;
const TOOL_MS_DEFAULT = 120_000;
/** How long a turn may wait for a list of tools that changed. */
const REREAD_MS = 10_000;
/** Longer timers fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** How long a server behind an address may take to hear that we are done. */
const GOODBYE_MS = 500;

/** The first is what we ask for; the others are taken when a server offers them. */
const PROTOCOL_VERSIONS = [
  "2025-06-18",
  "2025-11-25",
  "2025-03-26",
  "2024-11-05",
];

/**
 * Starts a server and shakes hands.
 *
 * @throws McpStartError with the reason, for the user
 */
export async function openSession(
  ports: ConnectPorts,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<Session> {
  const { name, config, codexHome } = request;
  const login = config.transport.kind === "http"
    ? createLogin({ ...ports, codexHome }, name, config.transport)
    : undefined;
  const transport = createTransport(ports, request, login);
  const limitMs = Math.min(
    config.startupTimeoutMs ?? STARTUP_MS_DEFAULT,
    TIMER_MS_MAX,
  );
  const patience = AbortSignal.any([signal, ports.clock.timeout(limitMs)]);
  const client = createClient();
  const session = new Session(ports.clock, request, {
    client,
    transport,
    login,
  });
  try {
    const options = { timeout: limitMs, signal: patience };
    await abortable(client.connect(transport, options), patience);
    await abortable(session.readFirstTools(options), patience);
    return session;
  } catch (error) {
    await transport.close();
    signal.throwIfAborted();
    const reason = patience.aborted
      ? timeoutText(name, limitMs)
      : session.loginAdvice(error) ?? startFailure(error, transport);
    throw new McpStartError(reason, { cause: error });
  }
}

function createTransport(
  ports: ConnectPorts,
  { name, config, cwd, log }: SessionRequest,
  login: ServerLogin | undefined,
): Transport {
  const { transport } = config;
  if (transport.kind === "http") {
    return createHttpTransport(name, transport, { ...ports, login });
  }
  return new StdioTransport(
    {
      processes: ports.processes,
      clock: ports.clock,
      logStray: (line) => log.debug(() => `no message: ${line}`),
      logWords: (text) => log.debug(() => text.trimEnd()),
    },
    {
      argv: [transport.command, ...transport.args],
      cwd: resolvePath(cwd, transport.cwd ?? "."),
      env: serverEnvironment(transport, ports.env.all(), ports.host.os),
    },
  );
}

function createClient(): Client {
  return new Client(
    { name: "codex-mcp-client", title: "Codex", version: VERSION },
    {
      capabilities: { elicitation: { form: {} } },
      supportedProtocolVersions: PROTOCOL_VERSIONS,
      // What a tool says of its own output is no reason to throw the output away.
      jsonSchemaValidator: ACCEPT_ALL,
    },
  );
}

const ACCEPT_ALL = {
  getValidator: () => (input: unknown) => ({
    valid: true as const,
    // The caller names the type it wants and checks nothing.
    data: input as never,
    errorMessage: undefined,
  }),
};

const AnyResult = v.record(v.string(), v.unknown());

const CallResult = v.object({
  content: v.optional(v.array(v.unknown()), []),
  structuredContent: v.optional(v.unknown()),
  isError: v.fallback(v.optional(v.boolean(), false), false),
  _meta: v.optional(v.unknown()),
});

export type RawCallResult = v.InferOutput<typeof CallResult>;

interface Link {
  readonly client: Client;
  readonly transport: Transport;
  /** Of a server behind an address. */
  readonly login: ServerLogin | undefined;
}

export class Session {
  readonly #clock: ConnectPorts["clock"];
  readonly #request: SessionRequest;
  readonly #link: Link;
  readonly #toolMs: number;
  /** The requests whose time stands still while the user is asked something. */
  readonly #running = new Set<Deadline>();
  #isClosed = false;
  #tools: readonly McpTool[] = [];

  constructor(
    clock: ConnectPorts["clock"],
    request: SessionRequest,
    link: Link,
  ) {
    const { config, log, ask, toolsChanged } = request;
    this.#clock = clock;
    this.#request = request;
    this.#link = link;
    this.#toolMs = Math.min(
      config.toolTimeoutMs ?? TOOL_MS_DEFAULT,
      TIMER_MS_MAX,
    );
    link.client.onclose = () => {
      this.#isClosed = true;
    };
    link.client.onerror = (error) => log.debug(() => error.message);
    attachInbound(link.client, {
      log,
      ask: (elicitation, problem, signal) =>
        this.#whileAsked(() => ask(elicitation, problem, signal)),
      toolsChanged,
    });
  }

  /** The server has gone, or was closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get instructions(): string | undefined {
    return this.#link.client.getInstructions();
  }

  /** As last read, all of them. */
  get tools(): readonly McpTool[] {
    return this.#tools;
  }

  /** Reads the tools within the time a start may take. */
  async readFirstTools(options: RequestOptions): Promise<void> {
    this.#tools = await listTools(this.#link.client, options);
  }

  /** Reads the tools anew. */
  async readTools(signal: AbortSignal): Promise<void> {
    this.#tools = await this.#withDeadline(
      "tools/list",
      signal,
      (options) => listTools(this.#link.client, options),
      Math.min(this.#toolMs, REREAD_MS),
    );
  }

  call(
    params: Record<string, unknown>,
    onProgress: (message: string) => void,
    signal: AbortSignal,
  ): Promise<RawCallResult> {
    return this.#withDeadline(
      "tools/call",
      signal,
      (options) =>
        this.#link.client.request(
          { method: "tools/call", params },
          CallResult,
          {
            ...options,
            onprogress: (progress) => onProgress(progressText(progress)),
          },
        ),
    );
  }

  request(
    method: string,
    params: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.#withDeadline(
      method,
      signal,
      (options) =>
        this.#link.client.request({ method, params }, AnyResult, {
          ...options,
          onprogress: ignoreProgress,
        }),
    );
  }

  /** What the user can do, when it is a login that a failure is about. */
  loginAdvice(error: unknown): string | undefined {
    const { transport } = this.#request.config;
    if (transport.kind !== "http" || hasOwnAuthorization(transport)) {
      return undefined;
    }
    return this.#link.login?.advice(error);
  }

  /** Ends it; resolves when nothing of it is left. */
  async close(): Promise<void> {
    const { transport } = this.#link;
    if (transport instanceof StreamableHTTPClientTransport) {
      // It is told that its session is over, if it listens.
      await abortable(
        transport.terminateSession(),
        this.#clock.timeout(GOODBYE_MS),
      ).catch(() => undefined);
    }
    await transport.close();
  }

  async #withDeadline<T>(
    method: string,
    signal: AbortSignal,
    run: (options: RequestOptions) => Promise<T>,
    ms = this.#toolMs,
  ): Promise<T> {
    using deadline = new Deadline(
      this.#clock,
      ms,
      () => new RequestTimeout(method, ms),
    );
    const { signal: late } = deadline;
    this.#running.add(deadline);
    using _watch = this.#request.toolTime?.watch(deadline);
    try {
      // The SDK's own timer cannot be put on hold; ours ends the request by its signal,
      // and the server is told either way.
      return await run({
        timeout: TIMER_MS_MAX,
        signal: AbortSignal.any([signal, late]),
      });
    } catch (error) {
      if (late.aborted && !signal.aborted) throw late.reason;
      throw error;
    } finally {
      this.#running.delete(deadline);
    }
  }

  /** A person who is asked something must not cost the server its time. */
  async #whileAsked<T>(ask: () => Promise<T>): Promise<T> {
    const pauses = [...this.#running].map((deadline) => deadline.pause());
    try {
      return await ask();
    } finally {
      for (const pause of pauses) pause[Symbol.dispose]();
    }
  }
}

/** Characters of one word about progress; it is shown on a line. */
const PROGRESS_CHARS_MAX = 500;

/** What the server says, else the share that is done. */
function progressText({ message, progress, total }: Progress): string {
  if (message !== undefined && message !== "") {
    return message.slice(0, PROGRESS_CHARS_MAX);
  }
  return total === undefined ? String(progress) : `${progress}/${total}`;
}

/** The client closes itself after any failure, so the failure tells which it was. */
function startFailure(error: unknown, transport: Transport): string {
  if (
    isAnswer(error) || error instanceof FileError ||
    !(transport instanceof StdioTransport)
  ) return reasonOf(error);
  const { lastWords } = transport;
  return lastWords === ""
    ? "it ended before it was ready"
    : `it ended before it was ready; its last words: ${lastWords}`;
}

function timeoutText(name: string, limitMs: number): string {
  return `timed out after ${duration(limitMs)}; if it needs longer, set ` +
    `startup_timeout_sec in [mcp_servers.${name}]`;
}
