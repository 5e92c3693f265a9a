/**
 * Thread items: what a front end shows. One item is one thing that happened in a
 * turn; it is started, may grow, and is completed. The shapes are those of the
 * app-server protocol, so that every front end is a projection of the same values.
 */
import type { AgentStatus } from "./agents.ts";
import type { DynamicToolCall, DynamicToolContent } from "./dynamic_tools.ts";
import type { ThreadId } from "./ids.ts";
import type { ReasoningEffort } from "./policy.ts";
import type { WebSearchAction } from "./response_items.ts";

export type CommandStatus = "inProgress" | "completed" | "failed" | "declined";
export type PatchStatus = "inProgress" | "completed" | "failed" | "declined";

export type FileChangeKind =
  | { readonly type: "add" }
  | { readonly type: "delete" }
  | { readonly type: "update"; readonly move_path: string | null };

/** One file of a patch; `path` is absolute and the old one when the file moves. */
export interface FileChange {
  readonly path: string;
  readonly kind: FileChangeKind;
  /** The new text for an added file, the old for a deleted one, else a unified diff. */
  readonly diff: string;
}

export interface PlanStep {
  readonly step: string;
  readonly status: "pending" | "inProgress" | "completed";
}

export type UserInput =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly url: string }
  | { readonly type: "localImage"; readonly path: string }
  /** A skill to use; `path` is its SKILL.md. */
  | { readonly type: "skill"; readonly name: string; readonly path: string };

export interface UserMessageThreadItem {
  readonly type: "userMessage";
  readonly id: string;
  readonly content: readonly UserInput[];
}

export interface AgentMessageThreadItem {
  readonly type: "agentMessage";
  readonly id: string;
  readonly text: string;
  readonly phase?: string;
}

/** A plan the user is asked to agree to. */
export interface PlanThreadItem {
  readonly type: "plan";
  readonly id: string;
  readonly text: string;
}

export interface ReasoningThreadItem {
  readonly type: "reasoning";
  readonly id: string;
  readonly summary: readonly string[];
  readonly content: readonly string[];
}

export interface CommandExecutionThreadItem {
  readonly type: "commandExecution";
  readonly id: string;
  /** The command line, quoted for a POSIX shell. */
  readonly command: string;
  readonly cwd: string;
  readonly status: CommandStatus;
  readonly aggregatedOutput: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  readonly processId?: string;
  /** Set for a command the user typed; the others are the model's. */
  readonly source?: "userShell";
}

export interface FileChangeThreadItem {
  readonly type: "fileChange";
  readonly id: string;
  readonly changes: readonly FileChange[];
  readonly status: PatchStatus;
  /** Why it failed, for a person; not part of the app-server protocol. */
  readonly problem?: string;
}

export interface McpToolCallThreadItem {
  readonly type: "mcpToolCall";
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly arguments: unknown;
  readonly status: "inProgress" | "completed" | "failed";
  readonly result?: {
    readonly content: readonly unknown[];
    readonly structuredContent?: unknown;
  };
  readonly error?: { readonly message: string };
  readonly durationMs?: number;
}

export interface WebSearchThreadItem {
  readonly type: "webSearch";
  readonly id: string;
  readonly query: string;
  readonly action?: WebSearchAction;
}

export interface ImageViewThreadItem {
  readonly type: "imageView";
  readonly id: string;
  readonly path: string;
}

/** A review begins; says of what. */
export interface EnteredReviewModeThreadItem {
  readonly type: "enteredReviewMode";
  readonly id: string;
  readonly review: string;
}

/** A review has ended; says what was found. */
export interface ExitedReviewModeThreadItem {
  readonly type: "exitedReviewMode";
  readonly id: string;
  readonly review: string;
}

/** A picture the provider made. */
export interface ImageGenerationThreadItem {
  readonly type: "imageGeneration";
  readonly id: string;
  readonly status: string;
  readonly revisedPrompt?: string;
  /** Base64. */
  readonly result: string;
}

export interface ContextCompactionThreadItem {
  readonly type: "contextCompaction";
  readonly id: string;
}

/** A call of a tool the client brought. */
export interface DynamicToolCallThreadItem extends DynamicToolCall {
  readonly type: "dynamicToolCall";
  readonly id: string;
  readonly status: "inProgress" | "completed" | "failed";
  readonly contentItems?: readonly DynamicToolContent[];
  readonly success?: boolean;
  readonly durationMs?: number;
}

/** Work with a sub-agent: one call of one of the five tools. */
export interface CollabAgentToolCallThreadItem {
  readonly type: "collabAgentToolCall";
  readonly id: string;
  readonly tool:
    | "spawnAgent"
    | "sendInput"
    | "resumeAgent"
    | "wait"
    | "closeAgent";
  readonly status: "inProgress" | "completed" | "failed";
  readonly senderThreadId: ThreadId;
  readonly receiverThreadIds: readonly ThreadId[];
  readonly prompt?: string;
  /** As asked for, when spawning. */
  readonly model?: string;
  readonly reasoningEffort?: ReasoningEffort;
  readonly agentsStates: Readonly<Record<ThreadId, AgentStatus>>;
}

/** What hooks said for the turn to go on with. */
export interface HookPromptThreadItem {
  readonly type: "hookPrompt";
  readonly id: string;
  readonly fragments: readonly {
    readonly text: string;
    readonly hookRunId: string;
  }[];
}

export type ThreadItem =
  | UserMessageThreadItem
  | AgentMessageThreadItem
  | PlanThreadItem
  | ReasoningThreadItem
  | CommandExecutionThreadItem
  | FileChangeThreadItem
  | McpToolCallThreadItem
  | DynamicToolCallThreadItem
  | CollabAgentToolCallThreadItem
  | WebSearchThreadItem
  | ImageViewThreadItem
  | ImageGenerationThreadItem
  | EnteredReviewModeThreadItem
  | ExitedReviewModeThreadItem
  | ContextCompactionThreadItem
  | HookPromptThreadItem;
