/** The turn part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Text } from "./primitives.ts";
import {
  AbsolutePathBuf,
  ApprovalsReviewer,
  AskForApproval,
  ModeKind,
  PermissionProfile,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
  ServiceTier,
  Turn,
  TurnError,
  UserInput,
} from "./shared.ts";

export const Settings = v.object({
  developer_instructions: v.nullish(Text),
  model: Text,
  reasoning_effort: v.nullish(ReasoningEffort),
});
export type Settings = v.InferOutput<typeof Settings>;

export const CollaborationMode = v.object({
  mode: ModeKind,
  settings: Settings,
});
export type CollaborationMode = v.InferOutput<typeof CollaborationMode>;

export const TurnEnvironmentParams = v.object({
  cwd: AbsolutePathBuf,
  environmentId: Text,
});
export type TurnEnvironmentParams = v.InferOutput<typeof TurnEnvironmentParams>;

export const TurnStartParams = v.object({
  approvalPolicy: v.nullish(AskForApproval),
  approvalsReviewer: v.nullish(ApprovalsReviewer),
  collaborationMode: v.nullish(CollaborationMode),
  cwd: v.nullish(Text),
  effort: v.nullish(ReasoningEffort),
  environments: v.nullish(v.array(TurnEnvironmentParams)),
  input: v.array(UserInput),
  model: v.nullish(Text),
  outputSchema: v.optional(v.unknown()),
  permissionProfile: v.nullish(PermissionProfile),
  personality: v.nullish(Personality),
  responsesapiClientMetadata: v.nullish(v.record(Text, Text)),
  sandboxPolicy: v.nullish(SandboxPolicy),
  serviceTier: v.nullish(ServiceTier),
  summary: v.nullish(ReasoningSummary),
  threadId: Text,
});
export type TurnStartParams = v.InferOutput<typeof TurnStartParams>;

export const TurnSteerParams = v.object({
  expectedTurnId: Text,
  input: v.array(UserInput),
  responsesapiClientMetadata: v.nullish(v.record(Text, Text)),
  threadId: Text,
});
export type TurnSteerParams = v.InferOutput<typeof TurnSteerParams>;

export const TurnInterruptParams = v.object({ threadId: Text, turnId: Text });
export type TurnInterruptParams = v.InferOutput<typeof TurnInterruptParams>;

export const TurnStartResponse = v.object({ turn: Turn });
export type TurnStartResponse = v.InferOutput<typeof TurnStartResponse>;

export const TurnSteerResponse = v.object({ turnId: Text });
export type TurnSteerResponse = v.InferOutput<typeof TurnSteerResponse>;

export const TurnInterruptResponse = Empty;
export type TurnInterruptResponse = v.InferOutput<typeof TurnInterruptResponse>;

export const ErrorNotification = v.object({
  error: TurnError,
  threadId: Text,
  turnId: Text,
  willRetry: Flag,
});
export type ErrorNotification = v.InferOutput<typeof ErrorNotification>;

export const TurnStartedNotification = v.object({ threadId: Text, turn: Turn });
export type TurnStartedNotification = v.InferOutput<
  typeof TurnStartedNotification
>;

export const TurnCompletedNotification = v.object({
  threadId: Text,
  turn: Turn,
});
export type TurnCompletedNotification = v.InferOutput<
  typeof TurnCompletedNotification
>;

export const TurnDiffUpdatedNotification = v.object({
  diff: Text,
  threadId: Text,
  turnId: Text,
});
export type TurnDiffUpdatedNotification = v.InferOutput<
  typeof TurnDiffUpdatedNotification
>;

export const TurnPlanStepStatus = v.picklist([
  "pending",
  "inProgress",
  "completed",
]);
export type TurnPlanStepStatus = v.InferOutput<typeof TurnPlanStepStatus>;

export const TurnPlanStep = v.object({
  status: TurnPlanStepStatus,
  step: Text,
});
export type TurnPlanStep = v.InferOutput<typeof TurnPlanStep>;

export const TurnPlanUpdatedNotification = v.object({
  explanation: v.nullish(Text),
  plan: v.array(TurnPlanStep),
  threadId: Text,
  turnId: Text,
});
export type TurnPlanUpdatedNotification = v.InferOutput<
  typeof TurnPlanUpdatedNotification
>;
