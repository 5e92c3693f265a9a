/**
 * Events: everything a thread tells its front ends, in order. An event is emitted
 * only after what it reports is in the rollout, so no client sees what a resume
 * could not.
 */
import type { ErrorCode } from "./errors.ts";
import type { AgentOrigin } from "./agents.ts";
import type { DynamicToolCall } from "./dynamic_tools.ts";
import type { HookRun } from "./hooks.ts";
import type { ThreadInfo } from "./host.ts";
import type { ThreadId, TurnId } from "./ids.ts";
import type { FileChange, PlanStep, ThreadItem } from "./items.ts";
import type { Permissions } from "./permissions.ts";
import type { RateLimitSnapshot } from "./rpc/account.ts";
import type { UserQuestion } from "./questions.ts";

export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
  readonly totalTokens: number;
}

export interface TurnError {
  readonly code: ErrorCode;
  readonly message: string;
  /** What went wrong underneath, when the message is a summary. */
  readonly details?: string;
}

export type TurnStatus = "completed" | "interrupted" | "failed";

/** What is asked before something runs. */
export type ApprovalSubject =
  | {
    readonly kind: "command";
    readonly command: readonly string[];
    readonly cwd: string;
    /** The prefix a rule could allow from now on, when one makes sense. */
    readonly proposedPrefix?: readonly string[];
  }
  | {
    readonly kind: "patch";
    readonly paths: readonly string[];
    /** What would be done to them, as it looked when it was asked. */
    readonly changes: readonly FileChange[];
  }
  /** A confined command wants to reach a host. */
  | {
    readonly kind: "network";
    readonly host: string;
    readonly port: number;
    readonly protocol: "http" | "https";
    /** The command, as it is shown. */
    readonly command: string;
  }
  | {
    readonly kind: "mcpToolCall";
    readonly server: string;
    /** As the server calls it. */
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    /** In the server's words, for a person. */
    readonly title?: string;
    readonly description?: string;
    /** What the tool says of itself; true and false as said, absent when it is silent. */
    readonly hints: Readonly<Record<string, boolean>>;
    /** How long an acceptance may hold beyond this call; empty: for this call only. */
    readonly persist: readonly ("session" | "always")[];
  };

/** What a server of the Model Context Protocol wants to know from the user. */
export type McpElicitation =
  | {
    readonly mode: "form";
    readonly message: string;
    /** JSON Schema of a flat object; the server's own. */
    readonly requestedSchema: Readonly<Record<string, unknown>>;
    readonly meta?: Readonly<Record<string, unknown>>;
  }
  /** The user is to open an address; nothing but consent comes back. */
  | {
    readonly mode: "url";
    readonly message: string;
    readonly url: string;
    readonly elicitationId: string;
    readonly meta?: Readonly<Record<string, unknown>>;
  };

export type ThreadEvent =
  | { readonly type: "turnStarted"; readonly turnId: TurnId }
  | {
    readonly type: "turnCompleted";
    readonly turnId: TurnId;
    readonly status: TurnStatus;
    readonly error?: TurnError;
    readonly lastAgentMessage?: string;
    readonly durationMs: number;
  }
  | {
    readonly type: "itemStarted";
    readonly turnId: TurnId;
    readonly item: ThreadItem;
  }
  | {
    readonly type: "itemCompleted";
    readonly turnId: TurnId;
    readonly item: ThreadItem;
  }
  | {
    readonly type: "agentMessageDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  /** More of a proposed plan. */
  | {
    readonly type: "planDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  | {
    readonly type: "reasoningSummaryDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  | {
    readonly type: "commandOutputDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  /** The model typed into a running command, or waited for it. */
  | {
    readonly type: "terminalInput";
    readonly turnId: TurnId;
    /** The item of the command. */
    readonly itemId: string;
    readonly processId: string;
    /** The command line, as its item has it. */
    readonly command: string;
    /** Empty when it was only waited for. */
    readonly text: string;
  }
  | {
    readonly type: "planUpdated";
    readonly turnId: TurnId;
    readonly explanation?: string;
    readonly plan: readonly PlanStep[];
  }
  /** The unified diff of all files changed so far in this turn. */
  | {
    readonly type: "turnDiff";
    readonly turnId: TurnId;
    readonly diff: string;
  }
  | {
    readonly type: "tokenUsage";
    readonly total: TokenUsage;
    readonly last: TokenUsage;
    readonly contextWindow?: number;
  }
  /** What the provider says is left of the account's limits. */
  | { readonly type: "rateLimits"; readonly limits: RateLimitSnapshot }
  | {
    readonly type: "approvalRequested";
    readonly requestId: string;
    readonly itemId: string;
    readonly subject: ApprovalSubject;
    readonly reason?: string;
  }
  /** A server asks the user something; answered by an `elicitation` op. */
  | {
    readonly type: "elicitationRequested";
    readonly requestId: string;
    /** Absent when the server asks while none of its tools runs. */
    readonly turnId?: TurnId;
    readonly server: string;
    readonly elicitation: McpElicitation;
    /** Why the answer before this one could not be taken. */
    readonly problem?: string;
  }
  /** The question is over: answered, or nobody waits for the answer any more. */
  | { readonly type: "elicitationResolved"; readonly requestId: string }
  | {
    readonly type: "mcpToolCallProgress";
    readonly turnId: TurnId;
    readonly itemId: string;
    readonly message: string;
  }
  /** How far an MCP server of the thread has come. */
  | {
    readonly type: "mcpServerStatus";
    readonly name: string;
    readonly status: "starting" | "ready" | "failed" | "cancelled";
    /** Why it failed. */
    readonly error?: string;
  }
  /** The client is to run one of the tools it brought; `dynamicToolResult` answers. */
  | {
    readonly type: "dynamicToolCalled";
    readonly requestId: string;
    readonly turnId: TurnId;
    readonly itemId: string;
    readonly call: DynamicToolCall;
  }
  /** The model asks for a wider sandbox; a `permissions` op answers. */
  | {
    readonly type: "permissionsRequested";
    readonly requestId: string;
    readonly turnId: TurnId;
    readonly itemId: string;
    readonly cwd: string;
    readonly permissions: Permissions;
    readonly reason?: string;
  }
  /** The model asks the user something; a `userAnswers` op answers. */
  | {
    readonly type: "userInputRequested";
    readonly requestId: string;
    readonly turnId: TurnId;
    readonly itemId: string;
    readonly questions: readonly UserQuestion[];
  }
  /** A hook of the user's runs; the status of the run says `running`. */
  | {
    readonly type: "hookStarted";
    readonly turnId: TurnId;
    readonly run: HookRun;
  }
  | {
    readonly type: "hookCompleted";
    readonly turnId: TurnId;
    readonly run: HookRun;
  }
  | {
    readonly type: "error";
    readonly error: TurnError;
    readonly willRetry: boolean;
  }
  | { readonly type: "warning"; readonly message: string }
  /** What a `rollback` op came to; each is answered by one. */
  | {
    readonly type: "rollbackEnded";
    /** Why nothing was rolled back. */
    readonly problem?: string;
  }
  /** A sub-agent was started; what happens in it comes as `agentEvent`. */
  | {
    readonly type: "agentStarted";
    readonly info: ThreadInfo;
    readonly origin: AgentOrigin;
  }
  /** Something happened in a sub-agent, however deep it stands. */
  | {
    readonly type: "agentEvent";
    readonly threadId: ThreadId;
    readonly event: ThreadEvent;
  };

/** Usage of nothing, the start of every sum. */
export const NO_USAGE: TokenUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
  totalTokens: 0,
};

/** The sum of two usages, field by field. */
export function addUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningOutputTokens: left.reasoningOutputTokens +
      right.reasoningOutputTokens,
    totalTokens: left.totalTokens + right.totalTokens,
  };
}
