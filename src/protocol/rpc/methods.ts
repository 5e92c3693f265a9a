/**
 * What a client can ask of the app-server, once: handlers, decoding, the generated
 * schemas and the reference page all come from this table.
 */
import * as v from "valibot";
import {
  CancelLoginAccountParams,
  CancelLoginAccountResponse,
  GetAccountParams,
  GetAccountRateLimitsResponse,
  GetAccountResponse,
  LoginAccountParams,
  LoginAccountResponse,
  LogoutAccountResponse,
  SendAddCreditsNudgeEmailParams,
  SendAddCreditsNudgeEmailResponse,
} from "./account.ts";
import { AppsListParams, AppsListResponse } from "./apps.ts";
import {
  CommandExecParams,
  CommandExecResizeParams,
  CommandExecResizeResponse,
  CommandExecResponse,
  CommandExecTerminateParams,
  CommandExecTerminateResponse,
  CommandExecWriteParams,
  CommandExecWriteResponse,
} from "./command.ts";
import {
  ConfigBatchWriteParams,
  ConfigReadParams,
  ConfigReadResponse,
  ConfigRequirementsReadResponse,
  ConfigValueWriteParams,
  ConfigWriteResponse,
  McpServerRefreshResponse,
} from "./config.ts";
import {
  InitializeParams,
  InitializeResponse,
  MockExperimentalMethodParams,
  MockExperimentalMethodResponse,
} from "./connection.ts";
import {
  DeviceKeyCreateParams,
  DeviceKeyCreateResponse,
  DeviceKeyPublicParams,
  DeviceKeyPublicResponse,
  DeviceKeySignParams,
  DeviceKeySignResponse,
} from "./device_key.ts";
import {
  ExternalAgentConfigDetectParams,
  ExternalAgentConfigDetectResponse,
  ExternalAgentConfigImportParams,
  ExternalAgentConfigImportResponse,
} from "./external_agent.ts";
import {
  ExperimentalFeatureEnablementSetParams,
  ExperimentalFeatureEnablementSetResponse,
  ExperimentalFeatureListParams,
  ExperimentalFeatureListResponse,
} from "./features.ts";
import { FeedbackUploadParams, FeedbackUploadResponse } from "./feedback.ts";
import {
  FuzzyFileSearchParams,
  FuzzyFileSearchResponse,
  FuzzyFileSearchSessionStartParams,
  FuzzyFileSearchSessionStartResponse,
  FuzzyFileSearchSessionStopParams,
  FuzzyFileSearchSessionStopResponse,
  FuzzyFileSearchSessionUpdateParams,
  FuzzyFileSearchSessionUpdateResponse,
} from "./file_search.ts";
import {
  FsCopyParams,
  FsCopyResponse,
  FsCreateDirectoryParams,
  FsCreateDirectoryResponse,
  FsGetMetadataParams,
  FsGetMetadataResponse,
  FsReadDirectoryParams,
  FsReadDirectoryResponse,
  FsReadFileParams,
  FsReadFileResponse,
  FsRemoveParams,
  FsRemoveResponse,
  FsUnwatchParams,
  FsUnwatchResponse,
  FsWatchParams,
  FsWatchResponse,
  FsWriteFileParams,
  FsWriteFileResponse,
} from "./fs.ts";
import {
  ListMcpServerStatusParams,
  ListMcpServerStatusResponse,
  McpResourceReadParams,
  McpResourceReadResponse,
  McpServerOauthLoginParams,
  McpServerOauthLoginResponse,
  McpServerToolCallParams,
  McpServerToolCallResponse,
} from "./mcp.ts";
import {
  CollaborationModeListParams,
  CollaborationModeListResponse,
  ModelListParams,
  ModelListResponse,
} from "./model.ts";
import {
  MarketplaceAddParams,
  MarketplaceAddResponse,
  MarketplaceRemoveParams,
  MarketplaceRemoveResponse,
  PluginInstallParams,
  PluginInstallResponse,
  PluginListParams,
  PluginListResponse,
  PluginReadParams,
  PluginReadResponse,
  PluginUninstallParams,
  PluginUninstallResponse,
} from "./plugins.ts";
import {
  ThreadRealtimeAppendAudioParams,
  ThreadRealtimeAppendAudioResponse,
  ThreadRealtimeAppendTextParams,
  ThreadRealtimeAppendTextResponse,
  ThreadRealtimeListVoicesParams,
  ThreadRealtimeListVoicesResponse,
  ThreadRealtimeStartParams,
  ThreadRealtimeStartResponse,
  ThreadRealtimeStopParams,
  ThreadRealtimeStopResponse,
} from "./realtime.ts";
import { ReviewStartParams, ReviewStartResponse } from "./review.ts";
import {
  SkillsConfigWriteParams,
  SkillsConfigWriteResponse,
  SkillsListParams,
  SkillsListResponse,
} from "./skills.ts";
import {
  MemoryResetResponse,
  ThreadApproveGuardianDeniedActionParams,
  ThreadApproveGuardianDeniedActionResponse,
  ThreadArchiveParams,
  ThreadArchiveResponse,
  ThreadBackgroundTerminalsCleanParams,
  ThreadBackgroundTerminalsCleanResponse,
  ThreadCompactStartParams,
  ThreadCompactStartResponse,
  ThreadDecrementElicitationParams,
  ThreadDecrementElicitationResponse,
  ThreadForkParams,
  ThreadForkResponse,
  ThreadIncrementElicitationParams,
  ThreadIncrementElicitationResponse,
  ThreadInjectItemsParams,
  ThreadInjectItemsResponse,
  ThreadListParams,
  ThreadListResponse,
  ThreadLoadedListParams,
  ThreadLoadedListResponse,
  ThreadMemoryModeSetParams,
  ThreadMemoryModeSetResponse,
  ThreadMetadataUpdateParams,
  ThreadMetadataUpdateResponse,
  ThreadReadParams,
  ThreadReadResponse,
  ThreadResumeParams,
  ThreadResumeResponse,
  ThreadRollbackParams,
  ThreadRollbackResponse,
  ThreadSetNameParams,
  ThreadSetNameResponse,
  ThreadShellCommandParams,
  ThreadShellCommandResponse,
  ThreadStartParams,
  ThreadStartResponse,
  ThreadTurnsListParams,
  ThreadTurnsListResponse,
  ThreadUnarchiveParams,
  ThreadUnarchiveResponse,
  ThreadUnsubscribeParams,
  ThreadUnsubscribeResponse,
} from "./thread.ts";
import {
  TurnInterruptParams,
  TurnInterruptResponse,
  TurnStartParams,
  TurnStartResponse,
  TurnSteerParams,
  TurnSteerResponse,
} from "./turn.ts";
import {
  WindowsSandboxSetupStartParams,
  WindowsSandboxSetupStartResponse,
} from "./windows.ts";

/** Methods that take nothing are called with null, with nothing, or with an object. */
const NoParams = v.nullish(v.unknown());

export interface MethodRow {
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema;
  /** Only for clients that said they take experimental methods. */
  readonly isExperimental?: true;
  /** Parameters only such clients may use. */
  readonly experimentalFields?: readonly string[];
}

export const CLIENT_METHODS = {
  "initialize": { params: InitializeParams, result: InitializeResponse },
  "thread/start": {
    params: ThreadStartParams,
    result: ThreadStartResponse,
    experimentalFields: [
      "dynamicTools",
      "experimentalRawEvents",
      "mockExperimentalField",
      "persistExtendedHistory",
    ],
  },
  "thread/resume": {
    params: ThreadResumeParams,
    result: ThreadResumeResponse,
    experimentalFields: ["history", "path", "persistExtendedHistory"],
  },
  "thread/fork": {
    params: ThreadForkParams,
    result: ThreadForkResponse,
    experimentalFields: ["path", "persistExtendedHistory"],
  },
  "thread/archive": {
    params: ThreadArchiveParams,
    result: ThreadArchiveResponse,
  },
  "thread/unsubscribe": {
    params: ThreadUnsubscribeParams,
    result: ThreadUnsubscribeResponse,
  },
  "thread/increment_elicitation": {
    params: ThreadIncrementElicitationParams,
    result: ThreadIncrementElicitationResponse,
    isExperimental: true,
  },
  "thread/decrement_elicitation": {
    params: ThreadDecrementElicitationParams,
    result: ThreadDecrementElicitationResponse,
    isExperimental: true,
  },
  "thread/name/set": {
    params: ThreadSetNameParams,
    result: ThreadSetNameResponse,
  },
  "thread/metadata/update": {
    params: ThreadMetadataUpdateParams,
    result: ThreadMetadataUpdateResponse,
  },
  "thread/memoryMode/set": {
    params: ThreadMemoryModeSetParams,
    result: ThreadMemoryModeSetResponse,
    isExperimental: true,
  },
  "memory/reset": {
    params: NoParams,
    result: MemoryResetResponse,
    isExperimental: true,
  },
  "thread/unarchive": {
    params: ThreadUnarchiveParams,
    result: ThreadUnarchiveResponse,
  },
  "thread/compact/start": {
    params: ThreadCompactStartParams,
    result: ThreadCompactStartResponse,
  },
  "thread/shellCommand": {
    params: ThreadShellCommandParams,
    result: ThreadShellCommandResponse,
  },
  "thread/approveGuardianDeniedAction": {
    params: ThreadApproveGuardianDeniedActionParams,
    result: ThreadApproveGuardianDeniedActionResponse,
  },
  "thread/backgroundTerminals/clean": {
    params: ThreadBackgroundTerminalsCleanParams,
    result: ThreadBackgroundTerminalsCleanResponse,
    isExperimental: true,
  },
  "thread/rollback": {
    params: ThreadRollbackParams,
    result: ThreadRollbackResponse,
  },
  "thread/list": { params: ThreadListParams, result: ThreadListResponse },
  "thread/loaded/list": {
    params: ThreadLoadedListParams,
    result: ThreadLoadedListResponse,
  },
  "thread/read": { params: ThreadReadParams, result: ThreadReadResponse },
  "thread/turns/list": {
    params: ThreadTurnsListParams,
    result: ThreadTurnsListResponse,
  },
  "thread/inject_items": {
    params: ThreadInjectItemsParams,
    result: ThreadInjectItemsResponse,
  },
  "skills/list": { params: SkillsListParams, result: SkillsListResponse },
  "marketplace/add": {
    params: MarketplaceAddParams,
    result: MarketplaceAddResponse,
  },
  "marketplace/remove": {
    params: MarketplaceRemoveParams,
    result: MarketplaceRemoveResponse,
  },
  "plugin/list": { params: PluginListParams, result: PluginListResponse },
  "plugin/read": { params: PluginReadParams, result: PluginReadResponse },
  "app/list": { params: AppsListParams, result: AppsListResponse },
  "device/key/create": {
    params: DeviceKeyCreateParams,
    result: DeviceKeyCreateResponse,
  },
  "device/key/public": {
    params: DeviceKeyPublicParams,
    result: DeviceKeyPublicResponse,
  },
  "device/key/sign": {
    params: DeviceKeySignParams,
    result: DeviceKeySignResponse,
  },
  "fs/readFile": { params: FsReadFileParams, result: FsReadFileResponse },
  "fs/writeFile": { params: FsWriteFileParams, result: FsWriteFileResponse },
  "fs/createDirectory": {
    params: FsCreateDirectoryParams,
    result: FsCreateDirectoryResponse,
  },
  "fs/getMetadata": {
    params: FsGetMetadataParams,
    result: FsGetMetadataResponse,
  },
  "fs/readDirectory": {
    params: FsReadDirectoryParams,
    result: FsReadDirectoryResponse,
  },
  "fs/remove": { params: FsRemoveParams, result: FsRemoveResponse },
  "fs/copy": { params: FsCopyParams, result: FsCopyResponse },
  "fs/watch": { params: FsWatchParams, result: FsWatchResponse },
  "fs/unwatch": { params: FsUnwatchParams, result: FsUnwatchResponse },
  "skills/config/write": {
    params: SkillsConfigWriteParams,
    result: SkillsConfigWriteResponse,
  },
  "plugin/install": {
    params: PluginInstallParams,
    result: PluginInstallResponse,
  },
  "plugin/uninstall": {
    params: PluginUninstallParams,
    result: PluginUninstallResponse,
  },
  "turn/start": {
    params: TurnStartParams,
    result: TurnStartResponse,
    experimentalFields: [
      "collaborationMode",
      "environments",
      "responsesapiClientMetadata",
    ],
  },
  "turn/steer": {
    params: TurnSteerParams,
    result: TurnSteerResponse,
    experimentalFields: ["responsesapiClientMetadata"],
  },
  "turn/interrupt": {
    params: TurnInterruptParams,
    result: TurnInterruptResponse,
  },
  "thread/realtime/start": {
    params: ThreadRealtimeStartParams,
    result: ThreadRealtimeStartResponse,
    isExperimental: true,
  },
  "thread/realtime/appendAudio": {
    params: ThreadRealtimeAppendAudioParams,
    result: ThreadRealtimeAppendAudioResponse,
    isExperimental: true,
  },
  "thread/realtime/appendText": {
    params: ThreadRealtimeAppendTextParams,
    result: ThreadRealtimeAppendTextResponse,
    isExperimental: true,
  },
  "thread/realtime/stop": {
    params: ThreadRealtimeStopParams,
    result: ThreadRealtimeStopResponse,
    isExperimental: true,
  },
  "thread/realtime/listVoices": {
    params: ThreadRealtimeListVoicesParams,
    result: ThreadRealtimeListVoicesResponse,
    isExperimental: true,
  },
  "review/start": { params: ReviewStartParams, result: ReviewStartResponse },
  "model/list": { params: ModelListParams, result: ModelListResponse },
  "experimentalFeature/list": {
    params: ExperimentalFeatureListParams,
    result: ExperimentalFeatureListResponse,
  },
  "experimentalFeature/enablement/set": {
    params: ExperimentalFeatureEnablementSetParams,
    result: ExperimentalFeatureEnablementSetResponse,
  },
  "collaborationMode/list": {
    params: CollaborationModeListParams,
    result: CollaborationModeListResponse,
    isExperimental: true,
  },
  "mock/experimentalMethod": {
    params: MockExperimentalMethodParams,
    result: MockExperimentalMethodResponse,
    isExperimental: true,
  },
  "mcpServer/oauth/login": {
    params: McpServerOauthLoginParams,
    result: McpServerOauthLoginResponse,
  },
  "config/mcpServer/reload": {
    params: NoParams,
    result: McpServerRefreshResponse,
  },
  "mcpServerStatus/list": {
    params: ListMcpServerStatusParams,
    result: ListMcpServerStatusResponse,
  },
  "mcpServer/resource/read": {
    params: McpResourceReadParams,
    result: McpResourceReadResponse,
  },
  "mcpServer/tool/call": {
    params: McpServerToolCallParams,
    result: McpServerToolCallResponse,
  },
  "windowsSandbox/setupStart": {
    params: WindowsSandboxSetupStartParams,
    result: WindowsSandboxSetupStartResponse,
  },
  "account/login/start": {
    params: LoginAccountParams,
    result: LoginAccountResponse,
  },
  "account/login/cancel": {
    params: CancelLoginAccountParams,
    result: CancelLoginAccountResponse,
  },
  "account/logout": { params: NoParams, result: LogoutAccountResponse },
  "account/rateLimits/read": {
    params: NoParams,
    result: GetAccountRateLimitsResponse,
  },
  "account/sendAddCreditsNudgeEmail": {
    params: SendAddCreditsNudgeEmailParams,
    result: SendAddCreditsNudgeEmailResponse,
  },
  "feedback/upload": {
    params: FeedbackUploadParams,
    result: FeedbackUploadResponse,
  },
  "command/exec": { params: CommandExecParams, result: CommandExecResponse },
  "command/exec/write": {
    params: CommandExecWriteParams,
    result: CommandExecWriteResponse,
  },
  "command/exec/terminate": {
    params: CommandExecTerminateParams,
    result: CommandExecTerminateResponse,
  },
  "command/exec/resize": {
    params: CommandExecResizeParams,
    result: CommandExecResizeResponse,
  },
  "config/read": { params: ConfigReadParams, result: ConfigReadResponse },
  "externalAgentConfig/detect": {
    params: ExternalAgentConfigDetectParams,
    result: ExternalAgentConfigDetectResponse,
  },
  "externalAgentConfig/import": {
    params: ExternalAgentConfigImportParams,
    result: ExternalAgentConfigImportResponse,
  },
  "config/value/write": {
    params: ConfigValueWriteParams,
    result: ConfigWriteResponse,
  },
  "config/batchWrite": {
    params: ConfigBatchWriteParams,
    result: ConfigWriteResponse,
  },
  "configRequirements/read": {
    params: NoParams,
    result: ConfigRequirementsReadResponse,
  },
  "account/read": { params: GetAccountParams, result: GetAccountResponse },
  "fuzzyFileSearch": {
    params: FuzzyFileSearchParams,
    result: FuzzyFileSearchResponse,
  },
  "fuzzyFileSearch/sessionStart": {
    params: FuzzyFileSearchSessionStartParams,
    result: FuzzyFileSearchSessionStartResponse,
    isExperimental: true,
  },
  "fuzzyFileSearch/sessionUpdate": {
    params: FuzzyFileSearchSessionUpdateParams,
    result: FuzzyFileSearchSessionUpdateResponse,
    isExperimental: true,
  },
  "fuzzyFileSearch/sessionStop": {
    params: FuzzyFileSearchSessionStopParams,
    result: FuzzyFileSearchSessionStopResponse,
    isExperimental: true,
  },
} as const satisfies Record<string, MethodRow>;

export type ClientMethod = keyof typeof CLIENT_METHODS;
export type Params<M extends ClientMethod> = v.InferOutput<
  typeof CLIENT_METHODS[M]["params"]
>;
export type Result<M extends ClientMethod> = v.InferInput<
  typeof CLIENT_METHODS[M]["result"]
>;
