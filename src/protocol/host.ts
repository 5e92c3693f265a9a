/**
 * ThreadHost: the only thing a front end knows of the agent. Core implements it in
 * this process; a remote app-server can implement it over a socket; a test
 * implements it in thirty lines.
 */
import type { ThreadEvent } from "./events.ts";
import type { DynamicToolSpec } from "./dynamic_tools.ts";
import type { ThreadId } from "./ids.ts";
import type { ThreadMcpAccess } from "./mcp_access.ts";
import type { Op, TurnChoices } from "./ops.ts";
import type {
  ApprovalPolicy,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
} from "./policy.ts";
import type { ThreadRecord } from "./thread_record.ts";

/** What a front end shows about a thread before its first turn. */
export interface ThreadInfo {
  readonly id: ThreadId;
  readonly cwd: string;
  readonly model: string;
  readonly provider: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandboxPolicy: SandboxPolicy;
  /** As configured; undefined when the model's default applies. */
  readonly reasoningEffort?: ReasoningEffort;
  readonly reasoningSummary?: ReasoningSummary;
  /** Where it came from and where it is kept. */
  readonly record: ThreadRecord;
  /** The files its instructions came from. */
  readonly instructionSources: readonly string[];
}

/** What a front end may want of a thread, beside what is configured. */
export interface ThreadOptions {
  readonly choices?: TurnChoices;
  /** In place of the base instructions; a thread that goes on keeps its own. */
  readonly instructions?: string;
  readonly developerInstructions?: string;
  readonly dynamicTools?: readonly DynamicToolSpec[];
}

/** Which stored thread to continue. */
export type ThreadSelector =
  | { readonly kind: "id"; readonly id: ThreadId }
  | {
    readonly kind: "name";
    readonly name: string;
    readonly anyDirectory: boolean;
  }
  | { readonly kind: "last"; readonly anyDirectory: boolean };

/** A running thread. Its events end when it is closed. */
export interface ThreadHandle {
  readonly info: ThreadInfo;
  /** Its MCP servers for direct use; undefined where it cannot have any. */
  readonly mcp?: ThreadMcpAccess | undefined;
  /** How commands are confined here, in words; finding out takes a moment. */
  sandboxMechanism(): Promise<string>;
  /** Accepts an op; resolves once the op has its place in the order. */
  submit(op: Op): Promise<void>;
  /** The events, for one consumer, in order; they end after `close`. */
  events(): AsyncIterable<ThreadEvent>;
  /** Stops the turn and everything it started; resolves when nothing is left running. */
  close(): Promise<void>;
}

export interface ThreadHost {
  startThread(
    options: ThreadOptions,
    signal: AbortSignal,
  ): Promise<ThreadHandle>;
  /** Continues a stored thread; a lookup that finds nothing is a `not_found` error. */
  resumeThread(
    selector: ThreadSelector,
    options: ThreadOptions,
    signal: AbortSignal,
  ): Promise<ThreadHandle>;
  /** Begins a thread with all a stored one holds; the other stays as it is. */
  forkThread(
    from: ThreadId,
    options: ThreadOptions,
    signal: AbortSignal,
  ): Promise<ThreadHandle>;
}
