/**
 * The tools of a thread's MCP servers, as the rest of core sees them. What implements
 * this is loaded only when a server is configured.
 */
import type { ToolDeclaration } from "@/model/model.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type {
  DirectToolCall,
  DirectToolResult,
  ResourceContents,
} from "@/protocol/mcp_access.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ToolCallItem } from "@/protocol/response_items.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import type { CallableTool, ToolContext, ToolSettings } from "@/tools/tool.ts";
import type { ApprovalBroker } from "./approvals/broker.ts";
import type { ThreadSettings } from "./settings.ts";

/** What one call of a server's tool is done with. */
export interface ServerCallPorts {
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
  readonly itemId: string;
  readonly settings: ThreadSettings;
  readonly broker: ApprovalBroker;
  /** Who asks, for servers that want to know. */
  turnMetadata(): unknown;
  emit(event: ThreadEvent): Promise<void>;
}

/** The part of a tool's context that servers give. */
export type ServerPowers = Pick<
  ToolContext,
  "callMcpTool" | "queryMcpResources"
>;

export interface ServerTools {
  /**
   * The registry's declarations with the servers' at their places: behind them, or a
   * search in their stead. The same bytes for the same registry and settings.
   */
  declare(
    registry: readonly ToolDeclaration[],
    settings: Pick<ToolSettings, "toolSearch">,
  ): readonly ToolDeclaration[];
  /** The server's tool a call names; undefined when no server has it. */
  find(call: ToolCallItem): CallableTool | undefined;
  powers(ports: ServerCallPorts): ServerPowers;
}

export interface ThreadServers {
  /**
   * Waits until every server is ready or has failed. Asked once a turn: tools that
   * servers say have changed are read again here, so a turn never changes its own.
   */
  tools(signal: AbortSignal): Promise<ServerTools>;
  /** @throws CodexError `mcp_unavailable` */
  readResource(
    server: string,
    uri: string,
    signal: AbortSignal,
  ): Promise<ResourceContents>;
  /** A front end's own call, not the model's. @throws CodexError `mcp_unavailable` */
  callTool(
    call: DirectToolCall,
    threadId: ThreadId,
    signal: AbortSignal,
  ): Promise<DirectToolResult>;
  /** Takes a front end's answer to a server's question. */
  answer(requestId: string, answer: ElicitationAnswer): void;
  /** What the user should know of servers; given out once. */
  takeWarnings(): readonly string[];
  /** Ends the servers; resolves when none is left. */
  close(): Promise<void>;
}

/** A thread without servers. */
export const NO_SERVER_TOOLS: ServerTools = {
  declare: (registry) => registry,
  find: () => undefined,
  powers: () => NO_POWERS,
};

const NO_SERVERS = "no MCP server is configured";

const NO_POWERS: ServerPowers = {
  callMcpTool: async () => ({ kind: "error", message: NO_SERVERS, wallMs: 0 }),
  queryMcpResources: async () => ({ kind: "failed", text: NO_SERVERS }),
};
