/** What the app-server tells its clients. */
import type * as v from "valibot";
import {
  AccountLoginCompletedNotification,
  AccountRateLimitsUpdatedNotification,
  AccountUpdatedNotification,
} from "./account.ts";
import { AppListUpdatedNotification } from "./apps.ts";
import { CommandExecOutputDeltaNotification } from "./command.ts";
import { ConfigWarningNotification } from "./config.ts";
import {
  DeprecationNoticeNotification,
  ServerRequestResolvedNotification,
  WarningNotification,
} from "./connection.ts";
import { ExternalAgentConfigImportCompletedNotification } from "./external_agent.ts";
import {
  FuzzyFileSearchSessionCompletedNotification,
  FuzzyFileSearchSessionUpdatedNotification,
} from "./file_search.ts";
import { FsChangedNotification } from "./fs.ts";
import {
  GuardianWarningNotification,
  ItemGuardianApprovalReviewCompletedNotification,
  ItemGuardianApprovalReviewStartedNotification,
} from "./guardian.ts";
import { HookCompletedNotification, HookStartedNotification } from "./hook.ts";
import {
  AgentMessageDeltaNotification,
  CommandExecutionOutputDeltaNotification,
  FileChangeOutputDeltaNotification,
  FileChangePatchUpdatedNotification,
  ItemCompletedNotification,
  ItemStartedNotification,
  McpToolCallProgressNotification,
  PlanDeltaNotification,
  ReasoningSummaryPartAddedNotification,
  ReasoningSummaryTextDeltaNotification,
  ReasoningTextDeltaNotification,
  TerminalInteractionNotification,
} from "./item.ts";
import {
  McpServerOauthLoginCompletedNotification,
  McpServerStatusUpdatedNotification,
} from "./mcp.ts";
import {
  ModelReroutedNotification,
  ModelVerificationNotification,
} from "./model.ts";
import {
  ThreadRealtimeClosedNotification,
  ThreadRealtimeErrorNotification,
  ThreadRealtimeItemAddedNotification,
  ThreadRealtimeOutputAudioDeltaNotification,
  ThreadRealtimeSdpNotification,
  ThreadRealtimeStartedNotification,
  ThreadRealtimeTranscriptDeltaNotification,
  ThreadRealtimeTranscriptDoneNotification,
} from "./realtime.ts";
import { SkillsChangedNotification } from "./skills.ts";
import {
  ContextCompactedNotification,
  ThreadArchivedNotification,
  ThreadClosedNotification,
  ThreadNameUpdatedNotification,
  ThreadStartedNotification,
  ThreadStatusChangedNotification,
  ThreadTokenUsageUpdatedNotification,
  ThreadUnarchivedNotification,
} from "./thread.ts";
import {
  ErrorNotification,
  TurnCompletedNotification,
  TurnDiffUpdatedNotification,
  TurnPlanUpdatedNotification,
  TurnStartedNotification,
} from "./turn.ts";
import {
  WindowsSandboxSetupCompletedNotification,
  WindowsWorldWritableWarningNotification,
} from "./windows.ts";

export const NOTIFICATIONS = {
  "error": ErrorNotification,
  "thread/started": ThreadStartedNotification,
  "thread/status/changed": ThreadStatusChangedNotification,
  "thread/archived": ThreadArchivedNotification,
  "thread/unarchived": ThreadUnarchivedNotification,
  "thread/closed": ThreadClosedNotification,
  "skills/changed": SkillsChangedNotification,
  "thread/name/updated": ThreadNameUpdatedNotification,
  "thread/tokenUsage/updated": ThreadTokenUsageUpdatedNotification,
  "turn/started": TurnStartedNotification,
  "hook/started": HookStartedNotification,
  "turn/completed": TurnCompletedNotification,
  "hook/completed": HookCompletedNotification,
  "turn/diff/updated": TurnDiffUpdatedNotification,
  "turn/plan/updated": TurnPlanUpdatedNotification,
  "item/started": ItemStartedNotification,
  "item/autoApprovalReview/started":
    ItemGuardianApprovalReviewStartedNotification,
  "item/autoApprovalReview/completed":
    ItemGuardianApprovalReviewCompletedNotification,
  "item/completed": ItemCompletedNotification,
  "item/agentMessage/delta": AgentMessageDeltaNotification,
  "item/plan/delta": PlanDeltaNotification,
  "command/exec/outputDelta": CommandExecOutputDeltaNotification,
  "item/commandExecution/outputDelta": CommandExecutionOutputDeltaNotification,
  "item/commandExecution/terminalInteraction": TerminalInteractionNotification,
  "item/fileChange/outputDelta": FileChangeOutputDeltaNotification,
  "item/fileChange/patchUpdated": FileChangePatchUpdatedNotification,
  "serverRequest/resolved": ServerRequestResolvedNotification,
  "item/mcpToolCall/progress": McpToolCallProgressNotification,
  "mcpServer/oauthLogin/completed": McpServerOauthLoginCompletedNotification,
  "mcpServer/startupStatus/updated": McpServerStatusUpdatedNotification,
  "account/updated": AccountUpdatedNotification,
  "account/rateLimits/updated": AccountRateLimitsUpdatedNotification,
  "app/list/updated": AppListUpdatedNotification,
  "externalAgentConfig/import/completed":
    ExternalAgentConfigImportCompletedNotification,
  "fs/changed": FsChangedNotification,
  "item/reasoning/summaryTextDelta": ReasoningSummaryTextDeltaNotification,
  "item/reasoning/summaryPartAdded": ReasoningSummaryPartAddedNotification,
  "item/reasoning/textDelta": ReasoningTextDeltaNotification,
  "thread/compacted": ContextCompactedNotification,
  "model/rerouted": ModelReroutedNotification,
  "model/verification": ModelVerificationNotification,
  "warning": WarningNotification,
  "guardianWarning": GuardianWarningNotification,
  "deprecationNotice": DeprecationNoticeNotification,
  "configWarning": ConfigWarningNotification,
  "fuzzyFileSearch/sessionUpdated": FuzzyFileSearchSessionUpdatedNotification,
  "fuzzyFileSearch/sessionCompleted":
    FuzzyFileSearchSessionCompletedNotification,
  "thread/realtime/started": ThreadRealtimeStartedNotification,
  "thread/realtime/itemAdded": ThreadRealtimeItemAddedNotification,
  "thread/realtime/transcript/delta": ThreadRealtimeTranscriptDeltaNotification,
  "thread/realtime/transcript/done": ThreadRealtimeTranscriptDoneNotification,
  "thread/realtime/outputAudio/delta":
    ThreadRealtimeOutputAudioDeltaNotification,
  "thread/realtime/sdp": ThreadRealtimeSdpNotification,
  "thread/realtime/error": ThreadRealtimeErrorNotification,
  "thread/realtime/closed": ThreadRealtimeClosedNotification,
  "windows/worldWritableWarning": WindowsWorldWritableWarningNotification,
  "windowsSandbox/setupCompleted": WindowsSandboxSetupCompletedNotification,
  "account/login/completed": AccountLoginCompletedNotification,
} as const;

export type NotificationMethod = keyof typeof NOTIFICATIONS;
export type NotificationParams<M extends NotificationMethod> = v.InferInput<
  typeof NOTIFICATIONS[M]
>;
