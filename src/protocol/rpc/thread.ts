/** The thread part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";
import { ResponseItem } from "./response_item.ts";
import {
  AbsolutePathBuf,
  ApprovalsReviewer,
  AskForApproval,
  PermissionProfile,
  Personality,
  ReasoningEffort,
  SandboxMode,
  SandboxPolicy,
  ServiceTier,
  ThreadId,
  Turn,
} from "./shared.ts";

export const DynamicToolSpec = v.object({
  deferLoading: v.optional(Flag),
  description: Text,
  inputSchema: v.unknown(),
  name: Text,
  namespace: v.nullish(Text),
});
export type DynamicToolSpec = v.InferOutput<typeof DynamicToolSpec>;

export const ThreadStartSource = v.picklist(["startup", "clear"]);
export type ThreadStartSource = v.InferOutput<typeof ThreadStartSource>;

export const ThreadStartParams = v.object({
  approvalPolicy: v.nullish(AskForApproval),
  approvalsReviewer: v.nullish(ApprovalsReviewer),
  baseInstructions: v.nullish(Text),
  config: v.nullish(v.record(Text, v.unknown())),
  cwd: v.nullish(Text),
  developerInstructions: v.nullish(Text),
  dynamicTools: v.nullish(v.array(DynamicToolSpec)),
  ephemeral: v.nullish(Flag),
  experimentalRawEvents: v.optional(Flag),
  mockExperimentalField: v.nullish(Text),
  model: v.nullish(Text),
  modelProvider: v.nullish(Text),
  permissionProfile: v.nullish(PermissionProfile),
  persistExtendedHistory: v.optional(Flag),
  personality: v.nullish(Personality),
  sandbox: v.nullish(SandboxMode),
  serviceName: v.nullish(Text),
  serviceTier: v.nullish(ServiceTier),
  sessionStartSource: v.nullish(ThreadStartSource),
});
export type ThreadStartParams = v.InferOutput<typeof ThreadStartParams>;

export const ThreadResumeParams = v.object({
  approvalPolicy: v.nullish(AskForApproval),
  approvalsReviewer: v.nullish(ApprovalsReviewer),
  baseInstructions: v.nullish(Text),
  config: v.nullish(v.record(Text, v.unknown())),
  cwd: v.nullish(Text),
  developerInstructions: v.nullish(Text),
  history: v.nullish(v.array(ResponseItem)),
  model: v.nullish(Text),
  modelProvider: v.nullish(Text),
  path: v.nullish(Text),
  permissionProfile: v.nullish(PermissionProfile),
  persistExtendedHistory: v.optional(Flag),
  personality: v.nullish(Personality),
  sandbox: v.nullish(SandboxMode),
  serviceTier: v.nullish(ServiceTier),
  threadId: Text,
});
export type ThreadResumeParams = v.InferOutput<typeof ThreadResumeParams>;

export const ThreadForkParams = v.object({
  approvalPolicy: v.nullish(AskForApproval),
  approvalsReviewer: v.nullish(ApprovalsReviewer),
  baseInstructions: v.nullish(Text),
  config: v.nullish(v.record(Text, v.unknown())),
  cwd: v.nullish(Text),
  developerInstructions: v.nullish(Text),
  ephemeral: v.optional(Flag),
  model: v.nullish(Text),
  modelProvider: v.nullish(Text),
  path: v.nullish(Text),
  permissionProfile: v.nullish(PermissionProfile),
  persistExtendedHistory: v.optional(Flag),
  sandbox: v.nullish(SandboxMode),
  serviceTier: v.nullish(ServiceTier),
  threadId: Text,
});
export type ThreadForkParams = v.InferOutput<typeof ThreadForkParams>;

export const ThreadArchiveParams = v.object({ threadId: Text });
export type ThreadArchiveParams = v.InferOutput<typeof ThreadArchiveParams>;

export const ThreadUnsubscribeParams = v.object({ threadId: Text });
export type ThreadUnsubscribeParams = v.InferOutput<
  typeof ThreadUnsubscribeParams
>;

export const ThreadIncrementElicitationParams = v.object({ threadId: Text });
export type ThreadIncrementElicitationParams = v.InferOutput<
  typeof ThreadIncrementElicitationParams
>;

export const ThreadDecrementElicitationParams = v.object({ threadId: Text });
export type ThreadDecrementElicitationParams = v.InferOutput<
  typeof ThreadDecrementElicitationParams
>;

export const ThreadSetNameParams = v.object({ name: Text, threadId: Text });
export type ThreadSetNameParams = v.InferOutput<typeof ThreadSetNameParams>;

export const ThreadMetadataGitInfoUpdateParams = v.object({
  branch: v.nullish(Text),
  originUrl: v.nullish(Text),
  sha: v.nullish(Text),
});
export type ThreadMetadataGitInfoUpdateParams = v.InferOutput<
  typeof ThreadMetadataGitInfoUpdateParams
>;

export const ThreadMetadataUpdateParams = v.object({
  gitInfo: v.nullish(ThreadMetadataGitInfoUpdateParams),
  threadId: Text,
});
export type ThreadMetadataUpdateParams = v.InferOutput<
  typeof ThreadMetadataUpdateParams
>;

export const ThreadMemoryMode = v.picklist(["enabled", "disabled"]);
export type ThreadMemoryMode = v.InferOutput<typeof ThreadMemoryMode>;

export const ThreadMemoryModeSetParams = v.object({
  mode: ThreadMemoryMode,
  threadId: Text,
});
export type ThreadMemoryModeSetParams = v.InferOutput<
  typeof ThreadMemoryModeSetParams
>;

export const ThreadUnarchiveParams = v.object({ threadId: Text });
export type ThreadUnarchiveParams = v.InferOutput<typeof ThreadUnarchiveParams>;

export const ThreadCompactStartParams = v.object({ threadId: Text });
export type ThreadCompactStartParams = v.InferOutput<
  typeof ThreadCompactStartParams
>;

export const ThreadShellCommandParams = v.object({
  command: Text,
  threadId: Text,
});
export type ThreadShellCommandParams = v.InferOutput<
  typeof ThreadShellCommandParams
>;

export const ThreadApproveGuardianDeniedActionParams = v.object({
  event: v.unknown(),
  threadId: Text,
});
export type ThreadApproveGuardianDeniedActionParams = v.InferOutput<
  typeof ThreadApproveGuardianDeniedActionParams
>;

export const ThreadBackgroundTerminalsCleanParams = v.object({
  threadId: Text,
});
export type ThreadBackgroundTerminalsCleanParams = v.InferOutput<
  typeof ThreadBackgroundTerminalsCleanParams
>;

export const ThreadRollbackParams = v.object({ numTurns: Int, threadId: Text });
export type ThreadRollbackParams = v.InferOutput<typeof ThreadRollbackParams>;

export const SortDirection = v.picklist(["asc", "desc"]);
export type SortDirection = v.InferOutput<typeof SortDirection>;

export const ThreadListCwdFilter = v.union([Text, v.array(Text)]);
export type ThreadListCwdFilter = v.InferOutput<typeof ThreadListCwdFilter>;

export const ThreadSortKey = v.picklist(["created_at", "updated_at"]);
export type ThreadSortKey = v.InferOutput<typeof ThreadSortKey>;

export const ThreadSourceKind = v.picklist([
  "cli",
  "vscode",
  "exec",
  "appServer",
  "subAgent",
  "subAgentReview",
  "subAgentCompact",
  "subAgentThreadSpawn",
  "subAgentOther",
  "unknown",
]);
export type ThreadSourceKind = v.InferOutput<typeof ThreadSourceKind>;

export const ThreadListParams = v.object({
  archived: v.nullish(Flag),
  cursor: v.nullish(Text),
  cwd: v.nullish(ThreadListCwdFilter),
  limit: v.nullish(Int),
  modelProviders: v.nullish(v.array(Text)),
  searchTerm: v.nullish(Text),
  sortDirection: v.nullish(SortDirection),
  sortKey: v.nullish(ThreadSortKey),
  sourceKinds: v.nullish(v.array(ThreadSourceKind)),
  useStateDbOnly: v.optional(Flag),
});
export type ThreadListParams = v.InferOutput<typeof ThreadListParams>;

export const ThreadLoadedListParams = v.object({
  cursor: v.nullish(Text),
  limit: v.nullish(Int),
});
export type ThreadLoadedListParams = v.InferOutput<
  typeof ThreadLoadedListParams
>;

export const ThreadReadParams = v.object({
  includeTurns: v.optional(Flag),
  threadId: Text,
});
export type ThreadReadParams = v.InferOutput<typeof ThreadReadParams>;

export const ThreadTurnsListParams = v.object({
  cursor: v.nullish(Text),
  limit: v.nullish(Int),
  sortDirection: v.nullish(SortDirection),
  threadId: Text,
});
export type ThreadTurnsListParams = v.InferOutput<typeof ThreadTurnsListParams>;

export const ThreadInjectItemsParams = v.object({
  items: v.array(v.unknown()),
  threadId: Text,
});
export type ThreadInjectItemsParams = v.InferOutput<
  typeof ThreadInjectItemsParams
>;

export const AgentPath = Text;
export type AgentPath = v.InferOutput<typeof AgentPath>;

export const GitInfo = v.object({
  branch: v.nullish(Text),
  originUrl: v.nullish(Text),
  sha: v.nullish(Text),
});
export type GitInfo = v.InferOutput<typeof GitInfo>;

export const SubAgentSource = v.union([
  v.picklist(["review", "compact", "memory_consolidation"]),
  v.object({
    thread_spawn: v.object({
      agent_nickname: v.nullish(Text),
      agent_path: v.nullish(AgentPath),
      agent_role: v.nullish(Text),
      depth: Int,
      parent_thread_id: ThreadId,
    }),
  }),
  v.object({ other: Text }),
]);
export type SubAgentSource = v.InferOutput<typeof SubAgentSource>;

export const SessionSource = v.union([
  v.picklist(["cli", "vscode", "exec", "appServer", "unknown"]),
  v.object({ custom: Text }),
  v.object({ subAgent: SubAgentSource }),
]);
export type SessionSource = v.InferOutput<typeof SessionSource>;

export const ThreadActiveFlag = v.picklist([
  "waitingOnApproval",
  "waitingOnUserInput",
]);
export type ThreadActiveFlag = v.InferOutput<typeof ThreadActiveFlag>;

export const ThreadStatus = v.variant("type", [
  v.object({ type: v.literal("notLoaded") }),
  v.object({ type: v.literal("idle") }),
  v.object({ type: v.literal("systemError") }),
  v.object({
    activeFlags: v.array(ThreadActiveFlag),
    type: v.literal("active"),
  }),
]);
export type ThreadStatus = v.InferOutput<typeof ThreadStatus>;

export const Thread = v.object({
  agentNickname: v.nullish(Text),
  agentRole: v.nullish(Text),
  cliVersion: Text,
  createdAt: Int,
  cwd: AbsolutePathBuf,
  ephemeral: Flag,
  forkedFromId: v.nullish(Text),
  gitInfo: v.nullish(GitInfo),
  id: Text,
  modelProvider: Text,
  name: v.nullish(Text),
  path: v.nullish(Text),
  preview: Text,
  source: SessionSource,
  status: ThreadStatus,
  turns: v.array(Turn),
  updatedAt: Int,
});
export type Thread = v.InferOutput<typeof Thread>;

export const ThreadStartResponse = v.object({
  approvalPolicy: AskForApproval,
  approvalsReviewer: ApprovalsReviewer,
  cwd: AbsolutePathBuf,
  instructionSources: v.optional(v.array(AbsolutePathBuf)),
  model: Text,
  modelProvider: Text,
  permissionProfile: v.nullish(PermissionProfile),
  reasoningEffort: v.nullish(ReasoningEffort),
  sandbox: SandboxPolicy,
  serviceTier: v.nullish(ServiceTier),
  thread: Thread,
});
export type ThreadStartResponse = v.InferOutput<typeof ThreadStartResponse>;

export const ThreadResumeResponse = v.object({
  approvalPolicy: AskForApproval,
  approvalsReviewer: ApprovalsReviewer,
  cwd: AbsolutePathBuf,
  instructionSources: v.optional(v.array(AbsolutePathBuf)),
  model: Text,
  modelProvider: Text,
  permissionProfile: v.nullish(PermissionProfile),
  reasoningEffort: v.nullish(ReasoningEffort),
  sandbox: SandboxPolicy,
  serviceTier: v.nullish(ServiceTier),
  thread: Thread,
});
export type ThreadResumeResponse = v.InferOutput<typeof ThreadResumeResponse>;

export const ThreadForkResponse = v.object({
  approvalPolicy: AskForApproval,
  approvalsReviewer: ApprovalsReviewer,
  cwd: AbsolutePathBuf,
  instructionSources: v.optional(v.array(AbsolutePathBuf)),
  model: Text,
  modelProvider: Text,
  permissionProfile: v.nullish(PermissionProfile),
  reasoningEffort: v.nullish(ReasoningEffort),
  sandbox: SandboxPolicy,
  serviceTier: v.nullish(ServiceTier),
  thread: Thread,
});
export type ThreadForkResponse = v.InferOutput<typeof ThreadForkResponse>;

export const ThreadArchiveResponse = Empty;
export type ThreadArchiveResponse = v.InferOutput<typeof ThreadArchiveResponse>;

export const ThreadUnsubscribeStatus = v.picklist([
  "notLoaded",
  "notSubscribed",
  "unsubscribed",
]);
export type ThreadUnsubscribeStatus = v.InferOutput<
  typeof ThreadUnsubscribeStatus
>;

export const ThreadUnsubscribeResponse = v.object({
  status: ThreadUnsubscribeStatus,
});
export type ThreadUnsubscribeResponse = v.InferOutput<
  typeof ThreadUnsubscribeResponse
>;

export const ThreadIncrementElicitationResponse = v.object({
  count: Int,
  paused: Flag,
});
export type ThreadIncrementElicitationResponse = v.InferOutput<
  typeof ThreadIncrementElicitationResponse
>;

export const ThreadDecrementElicitationResponse = v.object({
  count: Int,
  paused: Flag,
});
export type ThreadDecrementElicitationResponse = v.InferOutput<
  typeof ThreadDecrementElicitationResponse
>;

export const ThreadSetNameResponse = Empty;
export type ThreadSetNameResponse = v.InferOutput<typeof ThreadSetNameResponse>;

export const ThreadMetadataUpdateResponse = v.object({ thread: Thread });
export type ThreadMetadataUpdateResponse = v.InferOutput<
  typeof ThreadMetadataUpdateResponse
>;

export const ThreadMemoryModeSetResponse = Empty;
export type ThreadMemoryModeSetResponse = v.InferOutput<
  typeof ThreadMemoryModeSetResponse
>;

export const MemoryResetResponse = Empty;
export type MemoryResetResponse = v.InferOutput<typeof MemoryResetResponse>;

export const ThreadUnarchiveResponse = v.object({ thread: Thread });
export type ThreadUnarchiveResponse = v.InferOutput<
  typeof ThreadUnarchiveResponse
>;

export const ThreadCompactStartResponse = Empty;
export type ThreadCompactStartResponse = v.InferOutput<
  typeof ThreadCompactStartResponse
>;

export const ThreadShellCommandResponse = Empty;
export type ThreadShellCommandResponse = v.InferOutput<
  typeof ThreadShellCommandResponse
>;

export const ThreadApproveGuardianDeniedActionResponse = v.record(
  Text,
  v.unknown(),
);
export type ThreadApproveGuardianDeniedActionResponse = v.InferOutput<
  typeof ThreadApproveGuardianDeniedActionResponse
>;

export const ThreadBackgroundTerminalsCleanResponse = v.record(
  Text,
  v.unknown(),
);
export type ThreadBackgroundTerminalsCleanResponse = v.InferOutput<
  typeof ThreadBackgroundTerminalsCleanResponse
>;

export const ThreadRollbackResponse = v.object({ thread: Thread });
export type ThreadRollbackResponse = v.InferOutput<
  typeof ThreadRollbackResponse
>;

export const ThreadListResponse = v.object({
  backwardsCursor: v.nullish(Text),
  data: v.array(Thread),
  nextCursor: v.nullish(Text),
});
export type ThreadListResponse = v.InferOutput<typeof ThreadListResponse>;

export const ThreadLoadedListResponse = v.object({
  data: v.array(Text),
  nextCursor: v.nullish(Text),
});
export type ThreadLoadedListResponse = v.InferOutput<
  typeof ThreadLoadedListResponse
>;

export const ThreadReadResponse = v.object({ thread: Thread });
export type ThreadReadResponse = v.InferOutput<typeof ThreadReadResponse>;

export const ThreadTurnsListResponse = v.object({
  backwardsCursor: v.nullish(Text),
  data: v.array(Turn),
  nextCursor: v.nullish(Text),
});
export type ThreadTurnsListResponse = v.InferOutput<
  typeof ThreadTurnsListResponse
>;

export const ThreadInjectItemsResponse = Empty;
export type ThreadInjectItemsResponse = v.InferOutput<
  typeof ThreadInjectItemsResponse
>;

export const ThreadStartedNotification = v.object({ thread: Thread });
export type ThreadStartedNotification = v.InferOutput<
  typeof ThreadStartedNotification
>;

export const ThreadStatusChangedNotification = v.object({
  status: ThreadStatus,
  threadId: Text,
});
export type ThreadStatusChangedNotification = v.InferOutput<
  typeof ThreadStatusChangedNotification
>;

export const ThreadArchivedNotification = v.object({ threadId: Text });
export type ThreadArchivedNotification = v.InferOutput<
  typeof ThreadArchivedNotification
>;

export const ThreadUnarchivedNotification = v.object({ threadId: Text });
export type ThreadUnarchivedNotification = v.InferOutput<
  typeof ThreadUnarchivedNotification
>;

export const ThreadClosedNotification = v.object({ threadId: Text });
export type ThreadClosedNotification = v.InferOutput<
  typeof ThreadClosedNotification
>;

export const ThreadNameUpdatedNotification = v.object({
  threadId: Text,
  threadName: v.nullish(Text),
});
export type ThreadNameUpdatedNotification = v.InferOutput<
  typeof ThreadNameUpdatedNotification
>;

export const TokenUsageBreakdown = v.object({
  cachedInputTokens: Int,
  inputTokens: Int,
  outputTokens: Int,
  reasoningOutputTokens: Int,
  totalTokens: Int,
});
export type TokenUsageBreakdown = v.InferOutput<typeof TokenUsageBreakdown>;

export const ThreadTokenUsage = v.object({
  last: TokenUsageBreakdown,
  modelContextWindow: v.nullish(Int),
  total: TokenUsageBreakdown,
});
export type ThreadTokenUsage = v.InferOutput<typeof ThreadTokenUsage>;

export const ThreadTokenUsageUpdatedNotification = v.object({
  threadId: Text,
  tokenUsage: ThreadTokenUsage,
  turnId: Text,
});
export type ThreadTokenUsageUpdatedNotification = v.InferOutput<
  typeof ThreadTokenUsageUpdatedNotification
>;

export const ContextCompactedNotification = v.object({
  threadId: Text,
  turnId: Text,
});
export type ContextCompactedNotification = v.InferOutput<
  typeof ContextCompactedNotification
>;
