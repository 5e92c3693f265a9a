/** MCP servers as a front end uses them itself, without the model. */
import type { LoginOutcome } from "./logins.ts";
import type { McpServerStatus } from "./rpc/mcp.ts";

export interface DirectToolCall {
  readonly server: string;
  readonly tool: string;
  readonly arguments: unknown;
  /** Sent along as `_meta`, when it is an object. */
  readonly meta: unknown;
}

export interface DirectToolResult {
  readonly content: readonly unknown[];
  readonly structuredContent?: unknown;
  readonly isError: boolean;
  readonly meta?: unknown;
}

/** What a resource holds, part by part, as the server says it. */
export type ResourceContents = readonly unknown[];

/** The servers of one thread. Methods throw a `CodexError` `mcp_unavailable`. */
export interface ThreadMcpAccess {
  readResource(
    server: string,
    uri: string,
    signal: AbortSignal,
  ): Promise<ResourceContents>;
  /** The front end's own call: nobody is asked whether it may be made. */
  callTool(
    call: DirectToolCall,
    signal: AbortSignal,
  ): Promise<DirectToolResult>;
}

/** How much of each server is asked for. */
export type McpStatusDetail = "full" | "toolsAndAuthOnly";

export interface McpLoginRequest {
  readonly name: string;
  readonly scopes: readonly string[] | undefined;
  /** How long a person may take. */
  readonly timeoutMs: number | undefined;
}

export interface McpLogin {
  /** For the person to open. */
  readonly url: string;
  /** Never rejects; nothing is left running by then. */
  readonly outcome: Promise<LoginOutcome>;
}

/** The configured servers, started for a question and ended after it. */
export interface McpService {
  /** Every configured server's name, in order. */
  names(): Promise<readonly string[]>;
  status(
    names: readonly string[],
    detail: McpStatusDetail,
    signal: AbortSignal,
  ): Promise<McpServerStatus[]>;
  /** @throws CodexError `mcp_unavailable` */
  readResource(
    server: string,
    uri: string,
    signal: AbortSignal,
  ): Promise<ResourceContents>;
  /** @throws CodexError when it cannot begin */
  startLogin(request: McpLoginRequest, signal: AbortSignal): Promise<McpLogin>;
}
