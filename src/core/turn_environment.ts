/** What the turns of a thread have in common: made once, read by every part of a turn. */
import type { PendingAnswers } from "@/async/pending_answers.ts";
import type { Config } from "@/config/config.ts";
import type { ModelClient } from "@/model/model.ts";
import type { Platform } from "@/platform/platform.ts";
import type {
  DynamicToolCall,
  DynamicToolResult,
  DynamicToolSpec,
} from "@/protocol/dynamic_tools.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { PermissionGrant, Permissions } from "@/protocol/permissions.ts";
import type { UserAnswers, UserQuestion } from "@/protocol/questions.ts";
import type { WriteCheck } from "@/sandbox/writable.ts";
import type { GuardPorts } from "./approvals/guarded_exec.ts";
import type { ThreadServers } from "./server_tools.ts";
import type { Surroundings } from "./surroundings.ts";
import type { ThreadAgents } from "./thread_agents.ts";
import type { ThreadPlace } from "./thread_place.ts";
import type { TurnHooks } from "./turn_hooks.ts";
import type { TurnNotice } from "./turn_notice.ts";

export type UserQuestions = PendingAnswers<
  readonly UserQuestion[],
  UserAnswers | undefined
>;

export type DynamicCalls = PendingAnswers<DynamicToolCall, DynamicToolResult>;

export type PermissionQuestions = PendingAnswers<Permissions, PermissionGrant>;

/** The guard of commands, before a turn's settings are known. */
export type GuardBase = Omit<GuardPorts, "settings">;

/** What a turn works with; the same for every turn of a thread. */
export interface TurnEnvironment extends Surroundings {
  readonly platform: Platform;
  readonly config: Config;
  readonly model: ModelClient;
  readonly guard: GuardBase;
  readonly writeCheck: WriteCheck;
  /** Undefined when no MCP server is configured. */
  readonly servers: ThreadServers | undefined;
  /** Undefined when no hook is configured. */
  readonly hooks: TurnHooks | undefined;
  /** Those that are to be told of completed turns. */
  readonly notices: readonly TurnNotice[];
  readonly agents: ThreadAgents;
  /** What the model asked the user and waits for. */
  readonly questions: UserQuestions;
  readonly permissions: PermissionQuestions;
  /** Tools the client brought. */
  readonly dynamicTools: readonly DynamicToolSpec[];
  readonly dynamicCalls: DynamicCalls;
  readonly place: ThreadPlace;
  readonly originator: string;
  emit(event: ThreadEvent): Promise<void>;
}
