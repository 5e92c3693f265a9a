/**
 * The model, as the agent sees it: one request in, a stream of events out. How it
 * travels is the business of `responses.ts`; what to do about a broken stream is
 * the business of the step.
 */
import { CodexError, type ErrorCode } from "@/protocol/errors.ts";
import type { TokenUsage } from "@/protocol/events.ts";
import type {
  ReasoningEffort,
  ReasoningSummary,
  Verbosity,
} from "@/protocol/policy.ts";
import type { RateLimitSnapshot } from "@/protocol/rpc/account.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";

/** A tool as the Responses API declares it; opaque to everything but its maker. */
export type ToolDeclaration = Readonly<Record<string, unknown>>;

export interface ModelRequest {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly ResponseItem[];
  readonly tools: readonly ToolDeclaration[];
  readonly parallelToolCalls: boolean;
  /** Undefined for models that do not reason. */
  readonly reasoning?: {
    readonly effort?: ReasoningEffort;
    readonly summary?: ReasoningSummary;
  };
  readonly verbosity?: Verbosity;
  readonly outputSchema?: unknown;
  readonly serviceTier?: string;
  /** Constant for a thread, so that the provider finds its cached prefix again. */
  readonly cacheKey: string;
  readonly clientMetadata: Readonly<Record<string, string>>;
  /** Headers that identify the thread and the turn. */
  readonly headers: Readonly<Record<string, string>>;
}

export type ModelEvent =
  | {
    readonly type: "itemStarted";
    readonly itemId: string;
    readonly kind: string;
  }
  | {
    readonly type: "textDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  | {
    readonly type: "summaryDelta";
    readonly itemId: string;
    readonly delta: string;
  }
  /** A finished item; only these enter the history. */
  | {
    readonly type: "itemDone";
    readonly itemId: string;
    readonly item: ResponseItem;
  }
  /** What is left of the account's limits; told before anything else. */
  | { readonly type: "rateLimits"; readonly limits: RateLimitSnapshot }
  | { readonly type: "completed"; readonly usage?: TokenUsage };

export interface ModelClient {
  /**
   * Sends one request and streams the answer; ends after `completed`.
   *
   * @throws ModelError when the answer cannot be had or breaks off
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** A failed request or stream, and whether asking again may help. */
export class ModelError extends CodexError {
  readonly isRetryable: boolean;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    retry: {
      readonly isRetryable: boolean;
      readonly retryAfterMs?: number | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.isRetryable = retry.isRetryable;
    this.retryAfterMs = retry.retryAfterMs;
  }
}
