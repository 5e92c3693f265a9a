/** The approval part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Text } from "./primitives.ts";
import {
  AbsolutePathBuf,
  AdditionalFileSystemPermissions,
  AdditionalNetworkPermissions,
  CommandAction,
  DynamicToolCallOutputContentItem,
  NetworkApprovalProtocol,
  RequestPermissionProfile,
  ThreadId,
} from "./shared.ts";

export const AdditionalPermissionProfile = v.object({
  fileSystem: v.nullish(AdditionalFileSystemPermissions),
  network: v.nullish(AdditionalNetworkPermissions),
});
export type AdditionalPermissionProfile = v.InferOutput<
  typeof AdditionalPermissionProfile
>;

export const FileChange = v.variant("type", [
  v.object({ content: Text, type: v.literal("add") }),
  v.object({ content: Text, type: v.literal("delete") }),
  v.object({
    move_path: v.nullish(Text),
    type: v.literal("update"),
    unified_diff: Text,
  }),
]);
export type FileChange = v.InferOutput<typeof FileChange>;

export const ApplyPatchApprovalParams = v.object({
  callId: Text,
  conversationId: ThreadId,
  fileChanges: v.record(Text, FileChange),
  grantRoot: v.nullish(Text),
  reason: v.nullish(Text),
});
export type ApplyPatchApprovalParams = v.InferOutput<
  typeof ApplyPatchApprovalParams
>;

export const NetworkPolicyRuleAction = v.picklist(["allow", "deny"]);
export type NetworkPolicyRuleAction = v.InferOutput<
  typeof NetworkPolicyRuleAction
>;

export const NetworkPolicyAmendment = v.object({
  action: NetworkPolicyRuleAction,
  host: Text,
});
export type NetworkPolicyAmendment = v.InferOutput<
  typeof NetworkPolicyAmendment
>;

export const CommandExecutionApprovalDecision = v.union([
  v.picklist(["accept", "acceptForSession", "decline", "cancel"]),
  v.object({
    acceptWithExecpolicyAmendment: v.object({
      execpolicy_amendment: v.array(Text),
    }),
  }),
  v.object({
    applyNetworkPolicyAmendment: v.object({
      network_policy_amendment: NetworkPolicyAmendment,
    }),
  }),
]);
export type CommandExecutionApprovalDecision = v.InferOutput<
  typeof CommandExecutionApprovalDecision
>;

export const NetworkApprovalContext = v.object({
  host: Text,
  protocol: NetworkApprovalProtocol,
});
export type NetworkApprovalContext = v.InferOutput<
  typeof NetworkApprovalContext
>;

export const CommandExecutionRequestApprovalParams = v.object({
  additionalPermissions: v.nullish(AdditionalPermissionProfile),
  approvalId: v.nullish(Text),
  availableDecisions: v.nullish(v.array(CommandExecutionApprovalDecision)),
  command: v.nullish(Text),
  commandActions: v.nullish(v.array(CommandAction)),
  cwd: v.nullish(AbsolutePathBuf),
  itemId: Text,
  networkApprovalContext: v.nullish(NetworkApprovalContext),
  proposedExecpolicyAmendment: v.nullish(v.array(Text)),
  proposedNetworkPolicyAmendments: v.nullish(v.array(NetworkPolicyAmendment)),
  reason: v.nullish(Text),
  threadId: Text,
  turnId: Text,
});
export type CommandExecutionRequestApprovalParams = v.InferOutput<
  typeof CommandExecutionRequestApprovalParams
>;

export const DynamicToolCallParams = v.object({
  arguments: v.unknown(),
  callId: Text,
  namespace: v.nullish(Text),
  threadId: Text,
  tool: Text,
  turnId: Text,
});
export type DynamicToolCallParams = v.InferOutput<typeof DynamicToolCallParams>;

export const ParsedCommand = v.variant("type", [
  v.object({ cmd: Text, name: Text, path: Text, type: v.literal("read") }),
  v.object({ cmd: Text, path: v.nullish(Text), type: v.literal("list_files") }),
  v.object({
    cmd: Text,
    path: v.nullish(Text),
    query: v.nullish(Text),
    type: v.literal("search"),
  }),
  v.object({ cmd: Text, type: v.literal("unknown") }),
]);
export type ParsedCommand = v.InferOutput<typeof ParsedCommand>;

export const ExecCommandApprovalParams = v.object({
  approvalId: v.nullish(Text),
  callId: Text,
  command: v.array(Text),
  conversationId: ThreadId,
  cwd: Text,
  parsedCmd: v.array(ParsedCommand),
  reason: v.nullish(Text),
});
export type ExecCommandApprovalParams = v.InferOutput<
  typeof ExecCommandApprovalParams
>;

export const FileChangeRequestApprovalParams = v.object({
  grantRoot: v.nullish(Text),
  itemId: Text,
  reason: v.nullish(Text),
  threadId: Text,
  turnId: Text,
});
export type FileChangeRequestApprovalParams = v.InferOutput<
  typeof FileChangeRequestApprovalParams
>;

export const PermissionsRequestApprovalParams = v.object({
  cwd: AbsolutePathBuf,
  itemId: Text,
  permissions: RequestPermissionProfile,
  reason: v.nullish(Text),
  threadId: Text,
  turnId: Text,
});
export type PermissionsRequestApprovalParams = v.InferOutput<
  typeof PermissionsRequestApprovalParams
>;

export const ToolRequestUserInputOption = v.object({
  description: Text,
  label: Text,
});
export type ToolRequestUserInputOption = v.InferOutput<
  typeof ToolRequestUserInputOption
>;

export const ToolRequestUserInputQuestion = v.object({
  header: Text,
  id: Text,
  isOther: v.optional(Flag),
  isSecret: v.optional(Flag),
  options: v.nullish(v.array(ToolRequestUserInputOption)),
  question: Text,
});
export type ToolRequestUserInputQuestion = v.InferOutput<
  typeof ToolRequestUserInputQuestion
>;

export const ToolRequestUserInputParams = v.object({
  itemId: Text,
  questions: v.array(ToolRequestUserInputQuestion),
  threadId: Text,
  turnId: Text,
});
export type ToolRequestUserInputParams = v.InferOutput<
  typeof ToolRequestUserInputParams
>;

export const CommandExecutionRequestApprovalResponse = v.object({
  decision: CommandExecutionApprovalDecision,
});
export type CommandExecutionRequestApprovalResponse = v.InferOutput<
  typeof CommandExecutionRequestApprovalResponse
>;

export const FileChangeApprovalDecision = v.picklist([
  "accept",
  "acceptForSession",
  "decline",
  "cancel",
]);
export type FileChangeApprovalDecision = v.InferOutput<
  typeof FileChangeApprovalDecision
>;

export const FileChangeRequestApprovalResponse = v.object({
  decision: FileChangeApprovalDecision,
});
export type FileChangeRequestApprovalResponse = v.InferOutput<
  typeof FileChangeRequestApprovalResponse
>;

export const ToolRequestUserInputAnswer = v.object({ answers: v.array(Text) });
export type ToolRequestUserInputAnswer = v.InferOutput<
  typeof ToolRequestUserInputAnswer
>;

export const ToolRequestUserInputResponse = v.object({
  answers: v.record(Text, ToolRequestUserInputAnswer),
});
export type ToolRequestUserInputResponse = v.InferOutput<
  typeof ToolRequestUserInputResponse
>;

export const GrantedPermissionProfile = v.object({
  fileSystem: v.nullish(AdditionalFileSystemPermissions),
  network: v.nullish(AdditionalNetworkPermissions),
});
export type GrantedPermissionProfile = v.InferOutput<
  typeof GrantedPermissionProfile
>;

export const PermissionGrantScope = v.picklist(["turn", "session"]);
export type PermissionGrantScope = v.InferOutput<typeof PermissionGrantScope>;

export const PermissionsRequestApprovalResponse = v.object({
  permissions: GrantedPermissionProfile,
  scope: v.optional(PermissionGrantScope),
  strictAutoReview: v.nullish(Flag),
});
export type PermissionsRequestApprovalResponse = v.InferOutput<
  typeof PermissionsRequestApprovalResponse
>;

export const DynamicToolCallResponse = v.object({
  contentItems: v.array(DynamicToolCallOutputContentItem),
  success: Flag,
});
export type DynamicToolCallResponse = v.InferOutput<
  typeof DynamicToolCallResponse
>;

export const ReviewDecision = v.union([
  v.picklist([
    "approved",
    "approved_for_session",
    "denied",
    "timed_out",
    "abort",
  ]),
  v.object({
    approved_execpolicy_amendment: v.object({
      proposed_execpolicy_amendment: v.array(Text),
    }),
  }),
  v.object({
    network_policy_amendment: v.object({
      network_policy_amendment: NetworkPolicyAmendment,
    }),
  }),
]);
export type ReviewDecision = v.InferOutput<typeof ReviewDecision>;

export const ApplyPatchApprovalResponse = v.object({
  decision: ReviewDecision,
});
export type ApplyPatchApprovalResponse = v.InferOutput<
  typeof ApplyPatchApprovalResponse
>;

export const ExecCommandApprovalResponse = v.object({
  decision: ReviewDecision,
});
export type ExecCommandApprovalResponse = v.InferOutput<
  typeof ExecCommandApprovalResponse
>;
