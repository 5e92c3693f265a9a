/**
 * Ops: everything a front end can ask of a thread. An op is accepted, put in order
 * by the thread's loop, and answered only through events.
 */
import type { DynamicToolResult } from "./dynamic_tools.ts";
import type { ThreadId, TurnId } from "./ids.ts";
import type { UserInput } from "./items.ts";
import type {
  ApprovalPolicy,
  CollaborationModeKind,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
} from "./policy.ts";
import type { PermissionGrant } from "./permissions.ts";
import type { UserAnswers } from "./questions.ts";
import type { MemoryMode } from "./rollout.ts";
import type { ResponseItem } from "./response_items.ts";
import type { ReviewTarget } from "./review.ts";

/**
 * Settings chosen for a turn. They stay in force for the turns after it; what is not
 * named stays as it was.
 */
export interface TurnChoices {
  /** Absolute. */
  readonly cwd?: string;
  readonly model?: string;
  readonly effort?: ReasoningEffort;
  readonly summary?: ReasoningSummary;
  readonly serviceTier?: "fast" | "flex";
  readonly approvalPolicy?: ApprovalPolicy;
  readonly sandboxPolicy?: SandboxPolicy;
  readonly personality?: Personality;
  readonly mode?: CollaborationMode;
}

export interface CollaborationMode {
  readonly kind: CollaborationModeKind;
  /** In place of the mode's own instructions. */
  readonly developerInstructions?: string;
}

/** What a person (or a policy standing in for one) answers to an approval request. */
export type ApprovalDecision =
  | { readonly kind: "accept" }
  | { readonly kind: "acceptForSession" }
  | { readonly kind: "acceptWithAmendment"; readonly prefix: readonly string[] }
  /** From now on and in later threads; for subjects that offer it. */
  | { readonly kind: "acceptAlways" }
  | { readonly kind: "decline" }
  | { readonly kind: "cancel" };

/** What a person answers to a server's question. */
export interface ElicitationAnswer {
  readonly action: "accept" | "decline" | "cancel";
  /** The filled-in form of an acceptance. */
  readonly content?: unknown;
}

export type Op =
  /** Starts a turn; while one runs, the input steers it instead. */
  | {
    readonly type: "userInput";
    readonly input: readonly UserInput[];
    /** JSON Schema the final message must follow. */
    readonly outputSchema?: unknown;
    /** Taken over when a turn starts; input that steers a turn changes nothing. */
    readonly choices?: TurnChoices;
    /** The id of the turn it starts; made up when a front end does not care. */
    readonly turnId?: TurnId;
  }
  /** Starts a review as a turn; while a turn runs, it waits for its end. */
  | {
    readonly type: "review";
    readonly target: ReviewTarget;
    readonly turnId?: TurnId;
  }
  /** Folds the history into a note, as a turn. */
  | { readonly type: "compact"; readonly turnId?: TurnId }
  /** Runs a command of the user's own, unconfined, as a turn. */
  | {
    readonly type: "userShell";
    readonly command: string;
    readonly turnId?: TurnId;
  }
  /** Takes the last turns out of what the model is told; refused while one runs. */
  | { readonly type: "rollback"; readonly turns: number }
  /** Adds items to the history, as they are. */
  | { readonly type: "inject"; readonly items: readonly ResponseItem[] }
  /** Ends the commands that run in the background. */
  | { readonly type: "cleanTerminals" }
  /** From the next turn on, the MCP servers are those configured then. */
  | { readonly type: "reloadServers" }
  /** Stops the time tools may take, or lets it go on. */
  | { readonly type: "holdToolTime"; readonly isHeld: boolean }
  /** Whether the thread may leave notes for later ones. */
  | { readonly type: "memoryMode"; readonly mode: MemoryMode }
  /**
   * Stops the running turn; every open call is accounted for first. For steering, what
   * the turn has not heard yet becomes a turn of its own instead of its last words.
   */
  | { readonly type: "interrupt"; readonly isForSteering?: boolean }
  /** Answers the approval request of that id. */
  | {
    readonly type: "approval";
    readonly requestId: string;
    readonly decision: ApprovalDecision;
  }
  /** Answers a server's question of that id. */
  | {
    readonly type: "elicitation";
    readonly requestId: string;
    readonly answer: ElicitationAnswer;
  }
  /** Answers the model's questions; without answers, nobody will. */
  | {
    readonly type: "userAnswers";
    readonly requestId: string;
    readonly answers: UserAnswers | undefined;
  }
  /** What came of a call of a tool the client brought. */
  | {
    readonly type: "dynamicToolResult";
    readonly requestId: string;
    readonly result: DynamicToolResult;
  }
  /** Grants what the model asked for, or a part of it, or nothing. */
  | {
    readonly type: "permissions";
    readonly requestId: string;
    readonly grant: PermissionGrant;
  }
  /** Passed on to a sub-agent; nothing happens when it is gone. */
  | {
    readonly type: "toAgent";
    readonly threadId: ThreadId;
    readonly op: Op;
  };
