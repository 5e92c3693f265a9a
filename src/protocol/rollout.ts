/**
 * Rollout lines: the append-only record of a thread, one JSON object a line, in the
 * reference's format so that either program continues what the other began.
 */
import type { DynamicToolSpec } from "./dynamic_tools.ts";
import type { ThreadId, TurnId } from "./ids.ts";
import type {
  ApprovalPolicy,
  CollaborationModeKind,
  Personality,
  ReasoningEffort,
  SandboxPolicy,
} from "./policy.ts";
import type { LegacyErrorInfo } from "./legacy_errors.ts";
import type { ResponseItem } from "./response_items.ts";
import type { ReviewOutput, ReviewTarget } from "./review.ts";

/** What started a thread: a front end's name, or another thread. */
export type SessionSource =
  | string
  | { readonly custom: string }
  | {
    readonly subagent: "review" | "compact" | "memory_consolidation" | {
      readonly other: string;
    } | {
      readonly thread_spawn: {
        readonly parent_thread_id: ThreadId;
        readonly depth: number;
        readonly agent_path: null;
        readonly agent_nickname: string;
        readonly agent_role: string | null;
      };
    };
  };

/** Whether a thread may leave notes for later ones. */
export type MemoryMode = "enabled" | "disabled";

/** The first line: whose thread this is and how it began. */
export interface SessionMeta {
  readonly id: ThreadId;
  readonly timestamp: string;
  readonly cwd: string;
  readonly originator: string;
  readonly cli_version: string;
  readonly source: SessionSource;
  readonly forked_from_id?: ThreadId;
  readonly agent_nickname?: string;
  readonly agent_role?: string;
  readonly model_provider: string;
  readonly base_instructions: { readonly text: string } | null;
  /** Tools the client brought, for threads that go on without it saying so again. */
  readonly dynamic_tools?: readonly DynamicToolSpec[];
  /** Absent means enabled. */
  readonly memory_mode?: MemoryMode;
  readonly git?: {
    readonly commit_hash?: string;
    readonly branch?: string;
    readonly repository_url?: string;
  };
}

/** The settings a turn ran under; the next turn tells the model what changed. */
export interface TurnContext {
  readonly turn_id: TurnId;
  readonly cwd: string;
  readonly current_date: string;
  readonly timezone: string;
  readonly approval_policy: ApprovalPolicy;
  readonly sandbox_policy: SandboxPolicy;
  readonly model: string;
  readonly personality?: Personality;
  /** Absent in the default mode. */
  readonly collaboration_mode?: {
    readonly mode: CollaborationModeKind;
    readonly settings: {
      readonly model: string;
      readonly reasoning_effort: ReasoningEffort | null;
      readonly developer_instructions: string | null;
    };
  };
  readonly effort?: ReasoningEffort;
  readonly summary: string;
  readonly user_instructions?: string;
  readonly developer_instructions?: string;
  readonly truncation_policy: {
    readonly mode: "bytes" | "tokens";
    readonly limit: number;
  };
}

/** Token counts as the rollout spells them. */
export interface StoredUsage {
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_output_tokens: number;
  readonly total_tokens: number;
}

/** Things that happened, beside the items; readers ignore kinds they do not know. */
export type StoredEvent =
  | {
    readonly type: "task_started";
    readonly turn_id: TurnId;
    readonly started_at: number;
    readonly model_context_window: number | null;
    readonly collaboration_mode_kind: CollaborationModeKind;
  }
  | {
    readonly type: "user_message";
    readonly message: string;
    readonly images: readonly string[];
    readonly local_images: readonly string[];
    readonly text_elements: readonly unknown[];
  }
  | { readonly type: "agent_reasoning"; readonly text: string }
  | {
    readonly type: "agent_message";
    readonly message: string;
    readonly phase: string | null;
    readonly memory_citation: null;
  }
  | {
    readonly type: "token_count";
    readonly info: {
      readonly total_token_usage: StoredUsage;
      readonly last_token_usage: StoredUsage;
      readonly model_context_window: number | null;
    } | null;
    readonly rate_limits: null;
  }
  | { readonly type: "context_compacted" }
  | { readonly type: "thread_rolled_back"; readonly num_turns: number }
  /** Everything a turn's patches changed, at its end. */
  | { readonly type: "turn_diff"; readonly unified_diff: string }
  | {
    readonly type: "entered_review_mode";
    readonly target: ReviewTarget;
    readonly user_facing_hint: string;
  }
  | {
    readonly type: "exited_review_mode";
    readonly review_output: ReviewOutput | null;
  }
  /** Why a turn failed, before the line of its end. */
  | {
    readonly type: "error";
    readonly message: string;
    readonly codex_error_info: LegacyErrorInfo;
  }
  | {
    readonly type: "turn_aborted";
    readonly turn_id: TurnId;
    readonly reason: "interrupted";
  }
  | {
    readonly type: "task_complete";
    readonly turn_id: TurnId;
    readonly last_agent_message: string | null;
    readonly completed_at: number;
    readonly duration_ms: number;
    readonly time_to_first_token_ms: number | null;
  };

/** A compaction: from here on, the history is what replaced it. */
export interface CompactedLine {
  readonly message: string;
  readonly replacement_history: readonly ResponseItem[];
}

export type RolloutEntry =
  | { readonly type: "session_meta"; readonly payload: SessionMeta }
  | { readonly type: "response_item"; readonly payload: ResponseItem }
  | { readonly type: "turn_context"; readonly payload: TurnContext }
  | { readonly type: "compacted"; readonly payload: CompactedLine }
  | { readonly type: "event_msg"; readonly payload: StoredEvent };
