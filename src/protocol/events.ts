/**
 * Events: everything a thread tells its front ends, in order. An event is emitted
 * only after what it reports is in the rollout, so no client sees what a resume
 * could not.
 */
import type { ErrorCode } from "./errors.ts";
import type { TurnId } from "./ids.ts";
import type { PlanStep, ThreadItem } from "./items.ts";

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
  | { readonly kind: "patch"; readonly paths: readonly string[] }
  /** A confined command wants to reach a host. */
  | {
    readonly kind: "network";
    readonly host: string;
    readonly port: number;
    readonly protocol: "http" | "https";
    /** The command, as it is shown. */
    readonly command: string;
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
  | {
    readonly type: "approvalRequested";
    readonly requestId: string;
    readonly itemId: string;
    readonly subject: ApprovalSubject;
    readonly reason?: string;
  }
  | {
    readonly type: "error";
    readonly error: TurnError;
    readonly willRetry: boolean;
  }
  | { readonly type: "warning"; readonly message: string };

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
