/** Types that several resources of the app-server protocol have in common. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";

export const AbsolutePathBuf = Text;
export type AbsolutePathBuf = v.InferOutput<typeof AbsolutePathBuf>;

export const ApprovalsReviewer = v.picklist([
  "user",
  "auto_review",
  "guardian_subagent",
]);
export type ApprovalsReviewer = v.InferOutput<typeof ApprovalsReviewer>;

export const AskForApproval = v.union([
  v.picklist(["untrusted", "on-failure", "on-request", "never"]),
  v.object({
    granular: v.object({
      mcp_elicitations: Flag,
      request_permissions: v.optional(Flag, false),
      rules: Flag,
      sandbox_approval: Flag,
      skill_approval: v.optional(Flag, false),
    }),
  }),
]);
export type AskForApproval = v.InferOutput<typeof AskForApproval>;

export const FileSystemAccessMode = v.picklist(["read", "write", "none"]);
export type FileSystemAccessMode = v.InferOutput<typeof FileSystemAccessMode>;

export const FileSystemSpecialPath = v.variant("kind", [
  v.object({ kind: v.literal("root") }),
  v.object({ kind: v.literal("minimal") }),
  v.object({ kind: v.literal("current_working_directory") }),
  v.object({ kind: v.literal("project_roots"), subpath: v.nullish(Text) }),
  v.object({ kind: v.literal("tmpdir") }),
  v.object({ kind: v.literal("slash_tmp") }),
  v.object({
    kind: v.literal("unknown"),
    path: Text,
    subpath: v.nullish(Text),
  }),
]);
export type FileSystemSpecialPath = v.InferOutput<typeof FileSystemSpecialPath>;

export const FileSystemPath = v.variant("type", [
  v.object({ path: AbsolutePathBuf, type: v.literal("path") }),
  v.object({ pattern: Text, type: v.literal("glob_pattern") }),
  v.object({ type: v.literal("special"), value: FileSystemSpecialPath }),
]);
export type FileSystemPath = v.InferOutput<typeof FileSystemPath>;

export const FileSystemSandboxEntry = v.object({
  access: FileSystemAccessMode,
  path: FileSystemPath,
});
export type FileSystemSandboxEntry = v.InferOutput<
  typeof FileSystemSandboxEntry
>;

export const PermissionProfileFileSystemPermissions = v.object({
  entries: v.array(FileSystemSandboxEntry),
  globScanMaxDepth: v.nullish(Int),
});
export type PermissionProfileFileSystemPermissions = v.InferOutput<
  typeof PermissionProfileFileSystemPermissions
>;

export const PermissionProfileNetworkPermissions = v.object({
  enabled: v.nullish(Flag),
});
export type PermissionProfileNetworkPermissions = v.InferOutput<
  typeof PermissionProfileNetworkPermissions
>;

export const PermissionProfile = v.object({
  fileSystem: v.nullish(PermissionProfileFileSystemPermissions),
  network: v.nullish(PermissionProfileNetworkPermissions),
});
export type PermissionProfile = v.InferOutput<typeof PermissionProfile>;

export const Personality = v.picklist(["none", "friendly", "pragmatic"]);
export type Personality = v.InferOutput<typeof Personality>;

export const SandboxMode = v.picklist([
  "read-only",
  "workspace-write",
  "danger-full-access",
]);
export type SandboxMode = v.InferOutput<typeof SandboxMode>;

export const ServiceTier = v.picklist(["fast", "flex"]);
export type ServiceTier = v.InferOutput<typeof ServiceTier>;

export const MessagePhase = v.picklist(["commentary", "final_answer"]);
export type MessagePhase = v.InferOutput<typeof MessagePhase>;

export const ByteRange = v.object({ end: Int, start: Int });
export type ByteRange = v.InferOutput<typeof ByteRange>;

export const ModeKind = v.picklist(["plan", "default"]);
export type ModeKind = v.InferOutput<typeof ModeKind>;

export const NetworkAccess = v.picklist(["restricted", "enabled"]);
export type NetworkAccess = v.InferOutput<typeof NetworkAccess>;

export const ReadOnlyAccess = v.variant("type", [
  v.object({
    includePlatformDefaults: v.optional(Flag),
    readableRoots: v.optional(v.array(AbsolutePathBuf)),
    type: v.literal("restricted"),
  }),
  v.object({ type: v.literal("fullAccess") }),
]);
export type ReadOnlyAccess = v.InferOutput<typeof ReadOnlyAccess>;

export const ReasoningEffort = v.picklist([
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
]);
export type ReasoningEffort = v.InferOutput<typeof ReasoningEffort>;

export const ReasoningSummary = v.picklist([
  "auto",
  "concise",
  "detailed",
  "none",
]);
export type ReasoningSummary = v.InferOutput<typeof ReasoningSummary>;

export const SandboxPolicy = v.variant("type", [
  v.object({ type: v.literal("dangerFullAccess") }),
  v.object({
    access: v.optional(ReadOnlyAccess),
    networkAccess: v.optional(Flag),
    type: v.literal("readOnly"),
  }),
  v.object({
    networkAccess: v.optional(NetworkAccess),
    type: v.literal("externalSandbox"),
  }),
  v.object({
    excludeSlashTmp: v.optional(Flag),
    excludeTmpdirEnvVar: v.optional(Flag),
    networkAccess: v.optional(Flag),
    readOnlyAccess: v.optional(ReadOnlyAccess),
    type: v.literal("workspaceWrite"),
    writableRoots: v.optional(v.array(AbsolutePathBuf)),
  }),
]);
export type SandboxPolicy = v.InferOutput<typeof SandboxPolicy>;

export const TextElement = v.object({
  byteRange: ByteRange,
  placeholder: v.nullish(Text),
});
export type TextElement = v.InferOutput<typeof TextElement>;

export const UserInput = v.variant("type", [
  v.object({
    text: Text,
    text_elements: v.optional(v.array(TextElement)),
    type: v.literal("text"),
  }),
  v.object({ type: v.literal("image"), url: Text }),
  v.object({ path: Text, type: v.literal("localImage") }),
  v.object({ name: Text, path: Text, type: v.literal("skill") }),
  v.object({ name: Text, path: Text, type: v.literal("mention") }),
]);
export type UserInput = v.InferOutput<typeof UserInput>;

export const NonSteerableTurnKind = v.picklist(["review", "compact"]);
export type NonSteerableTurnKind = v.InferOutput<typeof NonSteerableTurnKind>;

export const CodexErrorInfo = v.union([
  v.picklist([
    "contextWindowExceeded",
    "usageLimitExceeded",
    "serverOverloaded",
    "cyberPolicy",
    "internalServerError",
    "unauthorized",
    "badRequest",
    "threadRollbackFailed",
    "sandboxError",
    "other",
  ]),
  v.object({
    httpConnectionFailed: v.object({ httpStatusCode: v.nullish(Int) }),
  }),
  v.object({
    responseStreamConnectionFailed: v.object({
      httpStatusCode: v.nullish(Int),
    }),
  }),
  v.object({
    responseStreamDisconnected: v.object({ httpStatusCode: v.nullish(Int) }),
  }),
  v.object({
    responseTooManyFailedAttempts: v.object({ httpStatusCode: v.nullish(Int) }),
  }),
  v.object({
    activeTurnNotSteerable: v.object({ turnKind: NonSteerableTurnKind }),
  }),
]);
export type CodexErrorInfo = v.InferOutput<typeof CodexErrorInfo>;

export const CollabAgentStatus = v.picklist([
  "pendingInit",
  "running",
  "interrupted",
  "completed",
  "errored",
  "shutdown",
  "notFound",
]);
export type CollabAgentStatus = v.InferOutput<typeof CollabAgentStatus>;

export const CollabAgentState = v.object({
  message: v.nullish(Text),
  status: CollabAgentStatus,
});
export type CollabAgentState = v.InferOutput<typeof CollabAgentState>;

export const CollabAgentTool = v.picklist([
  "spawnAgent",
  "sendInput",
  "resumeAgent",
  "wait",
  "closeAgent",
]);
export type CollabAgentTool = v.InferOutput<typeof CollabAgentTool>;

export const CollabAgentToolCallStatus = v.picklist([
  "inProgress",
  "completed",
  "failed",
]);
export type CollabAgentToolCallStatus = v.InferOutput<
  typeof CollabAgentToolCallStatus
>;

export const CommandAction = v.variant("type", [
  v.object({
    command: Text,
    name: Text,
    path: AbsolutePathBuf,
    type: v.literal("read"),
  }),
  v.object({
    command: Text,
    path: v.nullish(Text),
    type: v.literal("listFiles"),
  }),
  v.object({
    command: Text,
    path: v.nullish(Text),
    query: v.nullish(Text),
    type: v.literal("search"),
  }),
  v.object({ command: Text, type: v.literal("unknown") }),
]);
export type CommandAction = v.InferOutput<typeof CommandAction>;

export const CommandExecutionSource = v.picklist([
  "agent",
  "userShell",
  "unifiedExecStartup",
  "unifiedExecInteraction",
]);
export type CommandExecutionSource = v.InferOutput<
  typeof CommandExecutionSource
>;

export const CommandExecutionStatus = v.picklist([
  "inProgress",
  "completed",
  "failed",
  "declined",
]);
export type CommandExecutionStatus = v.InferOutput<
  typeof CommandExecutionStatus
>;

export const DynamicToolCallOutputContentItem = v.variant("type", [
  v.object({ text: Text, type: v.literal("inputText") }),
  v.object({ imageUrl: Text, type: v.literal("inputImage") }),
]);
export type DynamicToolCallOutputContentItem = v.InferOutput<
  typeof DynamicToolCallOutputContentItem
>;

export const DynamicToolCallStatus = v.picklist([
  "inProgress",
  "completed",
  "failed",
]);
export type DynamicToolCallStatus = v.InferOutput<typeof DynamicToolCallStatus>;

export const PatchChangeKind = v.variant("type", [
  v.object({ type: v.literal("add") }),
  v.object({ type: v.literal("delete") }),
  v.object({ move_path: v.nullish(Text), type: v.literal("update") }),
]);
export type PatchChangeKind = v.InferOutput<typeof PatchChangeKind>;

export const FileUpdateChange = v.object({
  diff: Text,
  kind: PatchChangeKind,
  path: Text,
});
export type FileUpdateChange = v.InferOutput<typeof FileUpdateChange>;

export const HookPromptFragment = v.object({ hookRunId: Text, text: Text });
export type HookPromptFragment = v.InferOutput<typeof HookPromptFragment>;

export const McpToolCallError = v.object({ message: Text });
export type McpToolCallError = v.InferOutput<typeof McpToolCallError>;

export const McpToolCallResult = v.object({
  _meta: v.optional(v.unknown()),
  content: v.array(v.unknown()),
  structuredContent: v.optional(v.unknown()),
});
export type McpToolCallResult = v.InferOutput<typeof McpToolCallResult>;

export const McpToolCallStatus = v.picklist([
  "inProgress",
  "completed",
  "failed",
]);
export type McpToolCallStatus = v.InferOutput<typeof McpToolCallStatus>;

export const MemoryCitationEntry = v.object({
  lineEnd: Int,
  lineStart: Int,
  note: Text,
  path: Text,
});
export type MemoryCitationEntry = v.InferOutput<typeof MemoryCitationEntry>;

export const MemoryCitation = v.object({
  entries: v.array(MemoryCitationEntry),
  threadIds: v.array(Text),
});
export type MemoryCitation = v.InferOutput<typeof MemoryCitation>;

export const PatchApplyStatus = v.picklist([
  "inProgress",
  "completed",
  "failed",
  "declined",
]);
export type PatchApplyStatus = v.InferOutput<typeof PatchApplyStatus>;

export const ThreadId = Text;
export type ThreadId = v.InferOutput<typeof ThreadId>;

export const WebSearchAction = v.variant("type", [
  v.object({
    queries: v.nullish(v.array(Text)),
    query: v.nullish(Text),
    type: v.literal("search"),
  }),
  v.object({ type: v.literal("openPage"), url: v.nullish(Text) }),
  v.object({
    pattern: v.nullish(Text),
    type: v.literal("findInPage"),
    url: v.nullish(Text),
  }),
  v.object({ type: v.literal("other") }),
]);
export type WebSearchAction = v.InferOutput<typeof WebSearchAction>;

export const ThreadItem = v.variant("type", [
  v.object({
    content: v.array(UserInput),
    id: Text,
    type: v.literal("userMessage"),
  }),
  v.object({
    fragments: v.array(HookPromptFragment),
    id: Text,
    type: v.literal("hookPrompt"),
  }),
  v.object({
    id: Text,
    memoryCitation: v.nullish(MemoryCitation),
    phase: v.nullish(MessagePhase),
    text: Text,
    type: v.literal("agentMessage"),
  }),
  v.object({ id: Text, text: Text, type: v.literal("plan") }),
  v.object({
    content: v.optional(v.array(Text)),
    id: Text,
    summary: v.optional(v.array(Text)),
    type: v.literal("reasoning"),
  }),
  v.object({
    aggregatedOutput: v.nullish(Text),
    command: Text,
    commandActions: v.array(CommandAction),
    cwd: AbsolutePathBuf,
    durationMs: v.nullish(Int),
    exitCode: v.nullish(Int),
    id: Text,
    processId: v.nullish(Text),
    source: v.optional(CommandExecutionSource),
    status: CommandExecutionStatus,
    type: v.literal("commandExecution"),
  }),
  v.object({
    changes: v.array(FileUpdateChange),
    id: Text,
    status: PatchApplyStatus,
    type: v.literal("fileChange"),
  }),
  v.object({
    arguments: v.unknown(),
    durationMs: v.nullish(Int),
    error: v.nullish(McpToolCallError),
    id: Text,
    mcpAppResourceUri: v.nullish(Text),
    result: v.nullish(McpToolCallResult),
    server: Text,
    status: McpToolCallStatus,
    tool: Text,
    type: v.literal("mcpToolCall"),
  }),
  v.object({
    arguments: v.unknown(),
    contentItems: v.nullish(v.array(DynamicToolCallOutputContentItem)),
    durationMs: v.nullish(Int),
    id: Text,
    namespace: v.nullish(Text),
    status: DynamicToolCallStatus,
    success: v.nullish(Flag),
    tool: Text,
    type: v.literal("dynamicToolCall"),
  }),
  v.object({
    agentsStates: v.record(Text, CollabAgentState),
    id: Text,
    model: v.nullish(Text),
    prompt: v.nullish(Text),
    reasoningEffort: v.nullish(ReasoningEffort),
    receiverThreadIds: v.array(Text),
    senderThreadId: Text,
    status: CollabAgentToolCallStatus,
    tool: CollabAgentTool,
    type: v.literal("collabAgentToolCall"),
  }),
  v.object({
    action: v.nullish(WebSearchAction),
    id: Text,
    query: Text,
    type: v.literal("webSearch"),
  }),
  v.object({ id: Text, path: AbsolutePathBuf, type: v.literal("imageView") }),
  v.object({
    id: Text,
    result: Text,
    revisedPrompt: v.nullish(Text),
    savedPath: v.nullish(AbsolutePathBuf),
    status: Text,
    type: v.literal("imageGeneration"),
  }),
  v.object({ id: Text, review: Text, type: v.literal("enteredReviewMode") }),
  v.object({ id: Text, review: Text, type: v.literal("exitedReviewMode") }),
  v.object({ id: Text, type: v.literal("contextCompaction") }),
]);
export type ThreadItem = v.InferOutput<typeof ThreadItem>;

export const TurnError = v.object({
  additionalDetails: v.nullish(Text),
  codexErrorInfo: v.nullish(CodexErrorInfo),
  message: Text,
});
export type TurnError = v.InferOutput<typeof TurnError>;

export const TurnStatus = v.picklist([
  "completed",
  "interrupted",
  "failed",
  "inProgress",
]);
export type TurnStatus = v.InferOutput<typeof TurnStatus>;

export const Turn = v.object({
  completedAt: v.nullish(Int),
  durationMs: v.nullish(Int),
  error: v.nullish(TurnError),
  id: Text,
  items: v.array(ThreadItem),
  startedAt: v.nullish(Int),
  status: TurnStatus,
});
export type Turn = v.InferOutput<typeof Turn>;

export const SkillInterface = v.object({
  brandColor: v.nullish(Text),
  defaultPrompt: v.nullish(Text),
  displayName: v.nullish(Text),
  iconLarge: v.nullish(AbsolutePathBuf),
  iconSmall: v.nullish(AbsolutePathBuf),
  shortDescription: v.nullish(Text),
});
export type SkillInterface = v.InferOutput<typeof SkillInterface>;

export const AdditionalFileSystemPermissions = v.object({
  entries: v.nullish(v.array(FileSystemSandboxEntry)),
  globScanMaxDepth: v.nullish(Int),
  read: v.nullish(v.array(AbsolutePathBuf)),
  write: v.nullish(v.array(AbsolutePathBuf)),
});
export type AdditionalFileSystemPermissions = v.InferOutput<
  typeof AdditionalFileSystemPermissions
>;

export const AdditionalNetworkPermissions = v.object({
  enabled: v.nullish(Flag),
});
export type AdditionalNetworkPermissions = v.InferOutput<
  typeof AdditionalNetworkPermissions
>;

export const NetworkApprovalProtocol = v.picklist([
  "http",
  "https",
  "socks5Tcp",
  "socks5Udp",
]);
export type NetworkApprovalProtocol = v.InferOutput<
  typeof NetworkApprovalProtocol
>;

export const RequestPermissionProfile = v.object({
  fileSystem: v.nullish(AdditionalFileSystemPermissions),
  network: v.nullish(AdditionalNetworkPermissions),
});
export type RequestPermissionProfile = v.InferOutput<
  typeof RequestPermissionProfile
>;
