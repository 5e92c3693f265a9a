/**
 * Events as clients of `codex mcp-server` read them: the names and fields of the first
 * Codex protocol, in snake case. Only those are here that this program tells.
 */
import type { LegacyErrorInfo } from "./legacy_errors.ts";
import type { ApprovalPolicy, SandboxPolicy } from "./policy.ts";

export type ParsedCommand =
  | {
    readonly type: "read";
    readonly cmd: string;
    readonly name: string;
    readonly path: string;
  }
  | {
    readonly type: "list_files";
    readonly cmd: string;
    readonly path: string | null;
  }
  | {
    readonly type: "search";
    readonly cmd: string;
    readonly query: string | null;
    readonly path: string | null;
  }
  | { readonly type: "unknown"; readonly cmd: string };

export type LegacyChange =
  | { readonly type: "add"; readonly content: string }
  | { readonly type: "delete"; readonly content: string }
  | {
    readonly type: "update";
    readonly unified_diff: string;
    readonly move_path: string | null;
  };
/** By path. */
export type LegacyChanges = Readonly<Record<string, LegacyChange>>;

export type LegacyUserInput =
  | {
    readonly type: "text";
    readonly text: string;
    readonly text_elements: readonly [];
  }
  | { readonly type: "image"; readonly image_url: string }
  | { readonly type: "local_image"; readonly path: string }
  | { readonly type: "skill"; readonly name: string; readonly path: string };

export type LegacyItem =
  | {
    readonly type: "UserMessage";
    readonly id: string;
    readonly content: readonly LegacyUserInput[];
  }
  | {
    readonly type: "AgentMessage";
    readonly id: string;
    readonly content: readonly {
      readonly type: "Text";
      readonly text: string;
    }[];
  }
  | {
    readonly type: "Reasoning";
    readonly id: string;
    readonly summary_text: readonly string[];
    readonly raw_content: readonly string[];
  }
  | { readonly type: "Plan"; readonly id: string; readonly text: string };

export interface LegacyUsage {
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_output_tokens: number;
  readonly total_tokens: number;
}

export interface LegacyDuration {
  readonly secs: number;
  readonly nanos: number;
}

interface CommandOf {
  readonly call_id: string;
  readonly process_id?: string;
  readonly turn_id: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly parsed_cmd: readonly ParsedCommand[];
  readonly source: "unified_exec_startup";
}

interface ToolInvocation {
  readonly server: string;
  readonly tool: string;
  readonly arguments: unknown;
}

export type LegacyEvent =
  | {
    readonly type: "session_configured";
    readonly session_id: string;
    readonly model: string;
    readonly model_provider_id: string;
    readonly approval_policy: ApprovalPolicy;
    readonly approvals_reviewer: "user";
    readonly sandbox_policy: SandboxPolicy;
    readonly cwd: string;
    readonly reasoning_effort?: string;
    readonly history_log_id: number;
    readonly history_entry_count: number;
    readonly rollout_path: string | null;
  }
  | {
    readonly type: "task_started";
    readonly turn_id: string;
    readonly started_at: number;
    readonly collaboration_mode_kind: "default";
  }
  | {
    readonly type: "task_complete";
    readonly turn_id: string;
    readonly last_agent_message: string | null;
    readonly completed_at: number;
    readonly duration_ms: number;
  }
  | {
    readonly type: "turn_aborted";
    readonly turn_id: string;
    readonly reason: "interrupted";
    readonly completed_at: number;
    readonly duration_ms: number;
  }
  | {
    readonly type: "item_started" | "item_completed";
    readonly thread_id: string;
    readonly turn_id: string;
    readonly item: LegacyItem;
  }
  | {
    readonly type: "user_message";
    readonly message: string;
    readonly images: readonly string[];
    readonly local_images: readonly string[];
    readonly text_elements: readonly [];
  }
  | {
    readonly type: "agent_message_content_delta";
    readonly thread_id: string;
    readonly turn_id: string;
    readonly item_id: string;
    readonly delta: string;
  }
  | {
    readonly type: "agent_message_delta" | "agent_reasoning_delta";
    readonly delta: string;
  }
  | {
    readonly type: "agent_message";
    readonly message: string;
    readonly phase: string | null;
    readonly memory_citation: null;
  }
  | {
    readonly type: "agent_reasoning" | "agent_reasoning_raw_content";
    readonly text: string;
  }
  | {
    readonly type: "token_count";
    readonly info: {
      readonly total_token_usage: LegacyUsage;
      readonly last_token_usage: LegacyUsage;
      readonly model_context_window: number | null;
    };
    readonly rate_limits: null;
  }
  | {
    readonly type: "exec_approval_request";
    readonly call_id: string;
    readonly turn_id: string;
    readonly command: readonly string[];
    readonly cwd: string;
    readonly reason?: string;
    readonly proposed_execpolicy_amendment?: readonly string[];
    readonly parsed_cmd: readonly ParsedCommand[];
  }
  | {
    readonly type: "apply_patch_approval_request";
    readonly call_id: string;
    readonly turn_id: string;
    readonly changes: LegacyChanges;
    readonly reason?: string;
  }
  | { readonly type: "exec_command_begin" } & CommandOf
  | {
    readonly type: "exec_command_end";
    readonly stdout: string;
    readonly stderr: string;
    readonly aggregated_output: string;
    readonly formatted_output: string;
    readonly exit_code: number;
    readonly duration: LegacyDuration;
    readonly status: string;
  } & CommandOf
  | {
    readonly type: "exec_command_output_delta";
    readonly call_id: string;
    readonly stream: "stdout";
    /** Base64. */
    readonly chunk: string;
  }
  | {
    readonly type: "patch_apply_begin";
    readonly call_id: string;
    readonly turn_id: string;
    readonly auto_approved: boolean;
    readonly changes: LegacyChanges;
  }
  | {
    readonly type: "patch_apply_end";
    readonly call_id: string;
    readonly turn_id: string;
    readonly stdout: string;
    readonly stderr: string;
    readonly success: boolean;
    readonly changes: LegacyChanges;
    readonly status: string;
  }
  | { readonly type: "turn_diff"; readonly unified_diff: string }
  | {
    readonly type: "plan_update";
    readonly explanation: string | null;
    readonly plan: readonly {
      readonly step: string;
      readonly status: "pending" | "in_progress" | "completed";
    }[];
  }
  | {
    readonly type: "mcp_tool_call_begin";
    readonly call_id: string;
    readonly invocation: ToolInvocation;
  }
  | {
    readonly type: "mcp_tool_call_end";
    readonly call_id: string;
    readonly invocation: ToolInvocation;
    readonly duration: LegacyDuration;
    readonly result: { readonly Ok: unknown } | { readonly Err: string };
  }
  | { readonly type: "web_search_begin"; readonly call_id: string }
  | {
    readonly type: "web_search_end";
    readonly call_id: string;
    readonly query: string;
    readonly action: unknown;
  }
  | {
    readonly type: "view_image_tool_call";
    readonly call_id: string;
    readonly path: string;
  }
  | { readonly type: "context_compacted" }
  | {
    readonly type: "error";
    readonly message: string;
    readonly codex_error_info: LegacyErrorInfo;
  }
  | {
    readonly type: "stream_error";
    readonly message: string;
    readonly codex_error_info: LegacyErrorInfo;
    readonly additional_details: string | null;
  }
  | { readonly type: "warning"; readonly message: string };
