/** What the agent sees of an MCP server, however it is reached. */
import type { McpElicitation } from "@/protocol/events.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import type { ToolResult } from "./bounded_result.ts";

/** What a tool says of itself; unset hints are unset, not false. */
export interface ToolHints {
  readonly readOnlyHint?: boolean | undefined;
  readonly destructiveHint?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
}

export interface McpTool {
  /** As the server calls it. */
  readonly name: string;
  /** For a person, when the server gives one. */
  readonly title: string | undefined;
  readonly description: string;
  readonly inputSchema: unknown;
  readonly hints: ToolHints;
  /** All the server says of it, for front ends that show more. */
  readonly declaration: unknown;
}

export type CallAnswer =
  | ({ readonly kind: "result" } & ToolResult)
  /** The server refused, died or was too slow; in words for the model. */
  | { readonly kind: "error"; readonly message: string };

export interface CallRequest {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
  /** Sent along as `_meta`. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Told how far the server says it is, in words; as often as the server likes. */
  onProgress?(message: string): void;
}

/** The resource lists of a server, as it gave them. */
export type ResourceMethod =
  | "resources/list"
  | "resources/templates/list"
  | "resources/read";

export interface McpServer {
  readonly name: string;
  readonly instructions: string | undefined;
  /** Those the configuration lets through, as last read. */
  readonly tools: readonly McpTool[];
  /**
   * Reads the tools again if the server said that they changed.
   *
   * @returns whether there is another list now
   */
  refreshTools(signal: AbortSignal): Promise<boolean>;
  /** Rejects only when the signal aborts; the server is told. */
  call(request: CallRequest, signal: AbortSignal): Promise<CallAnswer>;
  /** @throws McpRequestError with the reason */
  resources(
    method: ResourceMethod,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** What the user should know, such as a restart; given out once. */
  takeNotices(): readonly string[];
  /** Ends it; resolves when nothing of it is left. */
  close(): Promise<void>;
}

export interface Question {
  readonly server: string;
  readonly elicitation: McpElicitation;
  /** Why the answer before this one could not be taken. */
  readonly problem: string | undefined;
}

/** Answers what a server asks the user; `signal` ends the question. */
export type AskUser = (
  question: Question,
  signal: AbortSignal,
) => Promise<ElicitationAnswer>;

/** A server that cannot be used, with the reason. */
export class McpStartError extends Error {
  override readonly name = "McpStartError";
}

/** A request the server did not answer with a result. */
export class McpRequestError extends Error {
  override readonly name = "McpRequestError";
}
