/** The config part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";
import {
  AbsolutePathBuf,
  ApprovalsReviewer,
  AskForApproval,
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
  ServiceTier,
} from "./shared.ts";

export const ConfigReadParams = v.object({
  cwd: v.nullish(Text),
  includeLayers: v.optional(Flag),
});
export type ConfigReadParams = v.InferOutput<typeof ConfigReadParams>;

export const MergeStrategy = v.picklist(["replace", "upsert"]);
export type MergeStrategy = v.InferOutput<typeof MergeStrategy>;

export const ConfigValueWriteParams = v.object({
  expectedVersion: v.nullish(Text),
  filePath: v.nullish(Text),
  keyPath: Text,
  mergeStrategy: MergeStrategy,
  value: v.unknown(),
});
export type ConfigValueWriteParams = v.InferOutput<
  typeof ConfigValueWriteParams
>;

export const ConfigEdit = v.object({
  keyPath: Text,
  mergeStrategy: MergeStrategy,
  value: v.unknown(),
});
export type ConfigEdit = v.InferOutput<typeof ConfigEdit>;

export const ConfigBatchWriteParams = v.object({
  edits: v.array(ConfigEdit),
  expectedVersion: v.nullish(Text),
  filePath: v.nullish(Text),
  reloadUserConfig: v.optional(Flag),
});
export type ConfigBatchWriteParams = v.InferOutput<
  typeof ConfigBatchWriteParams
>;

export const McpServerRefreshResponse = Empty;
export type McpServerRefreshResponse = v.InferOutput<
  typeof McpServerRefreshResponse
>;

export const AnalyticsConfig = v.objectWithRest(
  { enabled: v.nullish(Flag) },
  v.unknown(),
);
export type AnalyticsConfig = v.InferOutput<typeof AnalyticsConfig>;

export const AppsDefaultConfig = v.object({
  destructive_enabled: v.optional(Flag),
  enabled: v.optional(Flag),
  open_world_enabled: v.optional(Flag),
});
export type AppsDefaultConfig = v.InferOutput<typeof AppsDefaultConfig>;

export const AppsConfig = v.object({ _default: v.nullish(AppsDefaultConfig) });
export type AppsConfig = v.InferOutput<typeof AppsConfig>;

export const ForcedLoginMethod = v.picklist(["chatgpt", "api"]);
export type ForcedLoginMethod = v.InferOutput<typeof ForcedLoginMethod>;

export const WebSearchContextSize = v.picklist(["low", "medium", "high"]);
export type WebSearchContextSize = v.InferOutput<typeof WebSearchContextSize>;

export const WebSearchLocation = v.object({
  city: v.nullish(Text),
  country: v.nullish(Text),
  region: v.nullish(Text),
  timezone: v.nullish(Text),
});
export type WebSearchLocation = v.InferOutput<typeof WebSearchLocation>;

export const WebSearchToolConfig = v.object({
  allowed_domains: v.nullish(v.array(Text)),
  context_size: v.nullish(WebSearchContextSize),
  location: v.nullish(WebSearchLocation),
});
export type WebSearchToolConfig = v.InferOutput<typeof WebSearchToolConfig>;

export const ToolsV2 = v.object({
  view_image: v.nullish(Flag),
  web_search: v.nullish(WebSearchToolConfig),
});
export type ToolsV2 = v.InferOutput<typeof ToolsV2>;

export const Verbosity = v.picklist(["low", "medium", "high"]);
export type Verbosity = v.InferOutput<typeof Verbosity>;

export const WebSearchMode = v.picklist(["disabled", "cached", "live"]);
export type WebSearchMode = v.InferOutput<typeof WebSearchMode>;

export const ProfileV2 = v.objectWithRest({
  approval_policy: v.nullish(AskForApproval),
  approvals_reviewer: v.nullish(ApprovalsReviewer),
  chatgpt_base_url: v.nullish(Text),
  model: v.nullish(Text),
  model_provider: v.nullish(Text),
  model_reasoning_effort: v.nullish(ReasoningEffort),
  model_reasoning_summary: v.nullish(ReasoningSummary),
  model_verbosity: v.nullish(Verbosity),
  service_tier: v.nullish(ServiceTier),
  tools: v.nullish(ToolsV2),
  web_search: v.nullish(WebSearchMode),
}, v.unknown());
export type ProfileV2 = v.InferOutput<typeof ProfileV2>;

export const SandboxWorkspaceWrite = v.object({
  exclude_slash_tmp: v.optional(Flag),
  exclude_tmpdir_env_var: v.optional(Flag),
  network_access: v.optional(Flag),
  writable_roots: v.optional(v.array(Text)),
});
export type SandboxWorkspaceWrite = v.InferOutput<typeof SandboxWorkspaceWrite>;

export const Config = v.objectWithRest({
  analytics: v.nullish(AnalyticsConfig),
  approval_policy: v.nullish(AskForApproval),
  approvals_reviewer: v.nullish(ApprovalsReviewer),
  apps: v.nullish(AppsConfig),
  compact_prompt: v.nullish(Text),
  developer_instructions: v.nullish(Text),
  forced_chatgpt_workspace_id: v.nullish(Text),
  forced_login_method: v.nullish(ForcedLoginMethod),
  instructions: v.nullish(Text),
  model: v.nullish(Text),
  model_auto_compact_token_limit: v.nullish(Int),
  model_context_window: v.nullish(Int),
  model_provider: v.nullish(Text),
  model_reasoning_effort: v.nullish(ReasoningEffort),
  model_reasoning_summary: v.nullish(ReasoningSummary),
  model_verbosity: v.nullish(Verbosity),
  profile: v.nullish(Text),
  profiles: v.optional(v.record(Text, ProfileV2)),
  review_model: v.nullish(Text),
  sandbox_mode: v.nullish(SandboxMode),
  sandbox_workspace_write: v.nullish(SandboxWorkspaceWrite),
  service_tier: v.nullish(ServiceTier),
  tools: v.nullish(ToolsV2),
  web_search: v.nullish(WebSearchMode),
}, v.unknown());
export type Config = v.InferOutput<typeof Config>;

export const ConfigLayerSource = v.variant("type", [
  v.object({ domain: Text, key: Text, type: v.literal("mdm") }),
  v.object({ file: AbsolutePathBuf, type: v.literal("system") }),
  v.object({ file: AbsolutePathBuf, type: v.literal("user") }),
  v.object({ dotCodexFolder: AbsolutePathBuf, type: v.literal("project") }),
  v.object({ type: v.literal("sessionFlags") }),
  v.object({
    file: AbsolutePathBuf,
    type: v.literal("legacyManagedConfigTomlFromFile"),
  }),
  v.object({ type: v.literal("legacyManagedConfigTomlFromMdm") }),
]);
export type ConfigLayerSource = v.InferOutput<typeof ConfigLayerSource>;

export const ConfigLayer = v.object({
  config: v.unknown(),
  disabledReason: v.nullish(Text),
  name: ConfigLayerSource,
  version: Text,
});
export type ConfigLayer = v.InferOutput<typeof ConfigLayer>;

export const ConfigLayerMetadata = v.object({
  name: ConfigLayerSource,
  version: Text,
});
export type ConfigLayerMetadata = v.InferOutput<typeof ConfigLayerMetadata>;

export const ConfigReadResponse = v.object({
  config: Config,
  layers: v.nullish(v.array(ConfigLayer)),
  origins: v.record(Text, ConfigLayerMetadata),
});
export type ConfigReadResponse = v.InferOutput<typeof ConfigReadResponse>;

export const OverriddenMetadata = v.object({
  effectiveValue: v.unknown(),
  message: Text,
  overridingLayer: ConfigLayerMetadata,
});
export type OverriddenMetadata = v.InferOutput<typeof OverriddenMetadata>;

export const WriteStatus = v.picklist(["ok", "okOverridden"]);
export type WriteStatus = v.InferOutput<typeof WriteStatus>;

export const ConfigWriteResponse = v.object({
  filePath: AbsolutePathBuf,
  overriddenMetadata: v.nullish(OverriddenMetadata),
  status: WriteStatus,
  version: Text,
});
export type ConfigWriteResponse = v.InferOutput<typeof ConfigWriteResponse>;

export const ConfiguredHookHandler = v.variant("type", [
  v.object({
    async: Flag,
    command: Text,
    statusMessage: v.nullish(Text),
    timeoutSec: v.nullish(Int),
    type: v.literal("command"),
  }),
  v.object({ type: v.literal("prompt") }),
  v.object({ type: v.literal("agent") }),
]);
export type ConfiguredHookHandler = v.InferOutput<typeof ConfiguredHookHandler>;

export const ConfiguredHookMatcherGroup = v.object({
  hooks: v.array(ConfiguredHookHandler),
  matcher: v.nullish(Text),
});
export type ConfiguredHookMatcherGroup = v.InferOutput<
  typeof ConfiguredHookMatcherGroup
>;

export const ManagedHooksRequirements = v.object({
  PermissionRequest: v.array(ConfiguredHookMatcherGroup),
  PostToolUse: v.array(ConfiguredHookMatcherGroup),
  PreToolUse: v.array(ConfiguredHookMatcherGroup),
  SessionStart: v.array(ConfiguredHookMatcherGroup),
  Stop: v.array(ConfiguredHookMatcherGroup),
  UserPromptSubmit: v.array(ConfiguredHookMatcherGroup),
  managedDir: v.nullish(Text),
  windowsManagedDir: v.nullish(Text),
});
export type ManagedHooksRequirements = v.InferOutput<
  typeof ManagedHooksRequirements
>;

export const NetworkDomainPermission = v.picklist(["allow", "deny"]);
export type NetworkDomainPermission = v.InferOutput<
  typeof NetworkDomainPermission
>;

export const NetworkUnixSocketPermission = v.picklist(["allow", "none"]);
export type NetworkUnixSocketPermission = v.InferOutput<
  typeof NetworkUnixSocketPermission
>;

export const NetworkRequirements = v.object({
  allowLocalBinding: v.nullish(Flag),
  allowUnixSockets: v.nullish(v.array(Text)),
  allowUpstreamProxy: v.nullish(Flag),
  allowedDomains: v.nullish(v.array(Text)),
  dangerouslyAllowAllUnixSockets: v.nullish(Flag),
  dangerouslyAllowNonLoopbackProxy: v.nullish(Flag),
  deniedDomains: v.nullish(v.array(Text)),
  domains: v.nullish(v.record(Text, NetworkDomainPermission)),
  enabled: v.nullish(Flag),
  httpPort: v.nullish(Int),
  managedAllowedDomainsOnly: v.nullish(Flag),
  socksPort: v.nullish(Int),
  unixSockets: v.nullish(v.record(Text, NetworkUnixSocketPermission)),
});
export type NetworkRequirements = v.InferOutput<typeof NetworkRequirements>;

export const ResidencyRequirement = v.literal("us");
export type ResidencyRequirement = v.InferOutput<typeof ResidencyRequirement>;

export const ConfigRequirements = v.object({
  allowedApprovalPolicies: v.nullish(v.array(AskForApproval)),
  allowedApprovalsReviewers: v.nullish(v.array(ApprovalsReviewer)),
  allowedSandboxModes: v.nullish(v.array(SandboxMode)),
  allowedWebSearchModes: v.nullish(v.array(WebSearchMode)),
  enforceResidency: v.nullish(ResidencyRequirement),
  featureRequirements: v.nullish(v.record(Text, Flag)),
  hooks: v.nullish(ManagedHooksRequirements),
  network: v.nullish(NetworkRequirements),
});
export type ConfigRequirements = v.InferOutput<typeof ConfigRequirements>;

export const ConfigRequirementsReadResponse = v.object({
  requirements: v.nullish(ConfigRequirements),
});
export type ConfigRequirementsReadResponse = v.InferOutput<
  typeof ConfigRequirementsReadResponse
>;

export const TextPosition = v.object({ column: Int, line: Int });
export type TextPosition = v.InferOutput<typeof TextPosition>;

export const TextRange = v.object({ end: TextPosition, start: TextPosition });
export type TextRange = v.InferOutput<typeof TextRange>;

export const ConfigWarningNotification = v.object({
  details: v.nullish(Text),
  path: v.nullish(Text),
  range: v.nullish(TextRange),
  summary: Text,
});
export type ConfigWarningNotification = v.InferOutput<
  typeof ConfigWarningNotification
>;
