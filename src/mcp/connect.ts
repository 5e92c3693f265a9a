/**
 * Connects to one MCP server: starts it, shakes hands, reads its tools, and gives back
 * an `McpServer`. This module brings the SDK; nothing loads it unless a server is
 * configured.
 */
import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import * as v from "valibot";
import { abortable } from "@/async/scope.ts";
import type { McpServerConfig } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import { FileError, HttpError, type Platform } from "@/platform/platform.ts";
import { VERSION } from "@/protocol/version.ts";
import { boundResult } from "./bounded_result.ts";
import { createHttpTransport } from "./http_transport.ts";
import {
  type CallAnswer,
  McpRequestError,
  type McpServer,
  McpStartError,
  type McpTool,
} from "./server.ts";
import { serverEnvironment } from "./server_environment.ts";
import { StdioTransport } from "./stdio_transport.ts";

export type ConnectPorts = Pick<
  Platform,
  "processes" | "clock" | "env" | "host" | "http" | "log"
>;

export interface ConnectRequest {
  readonly name: string;
  readonly config: McpServerConfig;
  /** Where a server's relative directory starts. */
  readonly cwd: string;
}

const STARTUP_MS_DEFAULT = 30_000;
const TOOL_MS_DEFAULT = 120_000;
/** Longer timers fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** A list that never ends is no list. */
const PAGES_MAX = 64;

/** How long a server behind an address may take to hear that we are done. */
const GOODBYE_MS = 500;

/** The first is what we ask for; the others are taken when a server offers them. */
const PROTOCOL_VERSIONS = [
  "2025-06-18",
  "2025-11-25",
  "2025-03-26",
  "2024-11-05",
];

/** JSON-RPC 2.0: the method does not exist. */
const METHOD_NOT_FOUND = -32601;

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
  const transport = createTransport(ports, request);
  const limitMs = Math.min(
    request.config.startupTimeoutMs ?? STARTUP_MS_DEFAULT,
    TIMER_MS_MAX,
  );
  const patience = AbortSignal.any([signal, ports.clock.timeout(limitMs)]);
  const client = createClient();
  const link = { client, transport, isClosed: false };
  client.onclose = () => {
    link.isClosed = true;
  };
  client.onerror = (error) =>
    ports.log.debug("mcp", () => `${request.name}: ${error.message}`);
  try {
    const options = { timeout: limitMs, signal: patience };
    await abortable(client.connect(transport, options), patience);
    const tools = await abortable(listTools(client, options), patience);
    return new ConnectedServer(
      request,
      link,
      tools,
      () => ports.clock.timeout(GOODBYE_MS),
    );
  } catch (error) {
    await transport.close();
    signal.throwIfAborted();
    const reason = patience.aborted
      ? timeoutText(request.name, limitMs)
      : startFailure(error, transport);
    throw new McpStartError(reason, { cause: error });
  }
}

function createTransport(
  ports: ConnectPorts,
  { name, config, cwd }: ConnectRequest,
): Transport {
  const { transport } = config;
  if (transport.kind === "http") {
    return createHttpTransport(name, transport, ports);
  }
  return new StdioTransport(
    {
      processes: ports.processes,
      clock: ports.clock,
      logStray: (line) =>
        ports.log.debug(
          "mcp",
          () => `${name}: no message: ${JSON.stringify(line.slice(0, 200))}`,
        ),
    },
    {
      argv: [transport.command, ...transport.args],
      cwd: resolvePath(cwd, transport.cwd ?? "."),
      env: serverEnvironment(transport, ports.env.all(), ports.host.os),
    },
  );
}

function createClient(): Client {
  const client = new Client(
    { name: "codex-mcp-client", title: "Codex", version: VERSION },
    {
      capabilities: { elicitation: { form: {} } },
      supportedProtocolVersions: PROTOCOL_VERSIONS,
      // What a tool says of its own output is no reason to throw the output away.
      jsonSchemaValidator: ACCEPT_ALL,
    },
  );
  // Nobody is asked on a server's behalf yet.
  client.setRequestHandler(
    "elicitation/create",
    async () => ({ action: "decline" as const }),
  );
  return client;
}

const ACCEPT_ALL = {
  getValidator: () => (input: unknown) => ({
    valid: true as const,
    // The caller names the type it wants and checks nothing.
    data: input as never,
    errorMessage: undefined,
  }),
};

// Loose on purpose: one odd tool must not cost the others.
const ToolPage = v.object({
  tools: v.array(v.unknown()),
  nextCursor: v.nullish(v.string()),
});

const hint = v.fallback(v.optional(v.boolean()), undefined);

const DeclaredTool = v.object({
  name: v.string(),
  description: v.fallback(v.optional(v.string(), ""), ""),
  inputSchema: v.optional(v.unknown()),
  annotations: v.fallback(
    v.optional(
      v.object({
        readOnlyHint: hint,
        destructiveHint: hint,
        openWorldHint: hint,
      }),
      {},
    ),
    {},
  ),
});

const AnyResult = v.record(v.string(), v.unknown());

const CallResult = v.object({
  content: v.optional(v.array(v.unknown()), []),
  structuredContent: v.optional(v.unknown()),
  isError: v.fallback(v.optional(v.boolean(), false), false),
});

interface RequestOptions {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

async function listTools(
  client: Client,
  options: RequestOptions,
): Promise<readonly McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await client.request(
      {
        method: "tools/list",
        params: cursor === undefined ? {} : { cursor },
      },
      ToolPage,
      { ...options, onprogress: ignoreProgress },
    ).catch((error: unknown) => {
      if (isMethodNotFound(error)) return { tools: [] };
      throw error;
    });
    tools.push(...answer.tools.flatMap(toolOf));
    const next = "nextCursor" in answer
      ? answer.nextCursor ?? undefined
      : undefined;
    if (next === undefined || next === cursor) break;
    cursor = next;
  }
  return tools;
}

/** Asking for progress gives every request a token, as servers expect of this client. */
function ignoreProgress(): void {}

function isMethodNotFound(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === METHOD_NOT_FOUND;
}

function toolOf(value: unknown): readonly McpTool[] {
  const parsed = v.safeParse(DeclaredTool, value);
  if (!parsed.success) return [];
  const { name, description, inputSchema, annotations } = parsed.output;
  return [{ name, description, inputSchema, hints: annotations }];
}

interface Link {
  readonly client: Client;
  readonly transport: Transport;
  /** The server has gone, or was closed. */
  readonly isClosed: boolean;
}

class ConnectedServer implements McpServer {
  readonly name: string;
  readonly instructions: string | undefined;
  readonly tools: readonly McpTool[];
  readonly #link: Link;
  readonly #toolMs: number;
  readonly #patience: () => AbortSignal;

  constructor(
    { name, config }: ConnectRequest,
    link: Link,
    tools: readonly McpTool[],
    patience: () => AbortSignal,
  ) {
    this.name = name;
    this.instructions = link.client.getInstructions();
    this.tools = tools.filter((tool) => isEnabled(config, tool.name));
    this.#link = link;
    this.#patience = patience;
    this.#toolMs = Math.min(
      config.toolTimeoutMs ?? TOOL_MS_DEFAULT,
      TIMER_MS_MAX,
    );
  }

  async call(
    request: Parameters<McpServer["call"]>[0],
    signal: AbortSignal,
  ): Promise<CallAnswer> {
    const { tool, arguments: args, meta } = request;
    try {
      const answer = await this.#link.client.request(
        {
          method: "tools/call",
          params: {
            _meta: meta,
            name: tool,
            ...(args === undefined ? {} : { arguments: args }),
          },
        },
        CallResult,
        this.#options(signal),
      );
      const { structuredContent, ...rest } = answer;
      const bounded = boundResult(
        structuredContent === undefined ? rest : { ...rest, structuredContent },
      );
      return { kind: "result", ...bounded };
    } catch (error) {
      signal.throwIfAborted();
      return {
        kind: "error",
        message: `tool call failed for \`${this.name}/${tool}\`\n\n` +
          `Caused by:\n    ${this.#reasonOf(error, "tools/call")}`,
      };
    }
  }

  async resources(
    method: Parameters<McpServer["resources"]>[0],
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.#link.client.request(
        { method, params: { ...params } },
        AnyResult,
        this.#options(signal),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw new McpRequestError(this.#reasonOf(error, method), {
        cause: error,
      });
    }
  }

  close(): Promise<void> {
    return endSession(this.#link.transport, this.#patience);
  }

  #options(signal: AbortSignal) {
    return { signal, timeout: this.#toolMs, onprogress: ignoreProgress };
  }

  #reasonOf(error: unknown, method: string): string {
    if (this.#link.isClosed) return "Transport closed";
    return error instanceof SdkError &&
        error.code === SdkErrorCode.RequestTimeout
      ? `timed out awaiting ${method} after ${duration(this.#toolMs)}`
      : reasonOf(error);
  }
}

/** A server behind an address is told that its session is over, if it listens. */
async function endSession(
  transport: Transport,
  patience: () => AbortSignal,
): Promise<void> {
  if (transport instanceof StreamableHTTPClientTransport) {
    await abortable(transport.terminateSession(), patience())
      .catch(() => undefined);
  }
  await transport.close();
}

function isEnabled(config: McpServerConfig, tool: string): boolean {
  return (config.enabledTools?.includes(tool) ?? true) &&
    !(config.disabledTools?.includes(tool) ?? false);
}

/** The client closes itself after any failure, so the failure tells which it was. */
function startFailure(error: unknown, transport: Transport): string {
  const isAnswer = error instanceof ProtocolError ||
    (error instanceof SdkError && error.code !== SdkErrorCode.ConnectionClosed);
  if (
    isAnswer || error instanceof FileError ||
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

function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.osText;
  if (error instanceof HttpError) return rootMessage(error);
  if (error instanceof ProtocolError) {
    const data = error.data === undefined
      ? ""
      : `(${JSON.stringify(error.data)})`;
    return `Mcp error: ${error.code}: ${error.message}${data}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** What `fetch` says first is only that it failed. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error
    ? rootMessage(error.cause)
    : error.message;
}

/** `500ms`, `1.5s`, `120s` */
function duration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
