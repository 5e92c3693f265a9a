/** The guardian part of the app-server protocol. */
import * as v from "valibot";
import { Int, Text } from "./primitives.ts";
import {
  AbsolutePathBuf,
  NetworkApprovalProtocol,
  RequestPermissionProfile,
} from "./shared.ts";

export const GuardianApprovalReviewStatus = v.picklist([
  "inProgress",
  "approved",
  "denied",
  "timedOut",
  "aborted",
]);
export type GuardianApprovalReviewStatus = v.InferOutput<
  typeof GuardianApprovalReviewStatus
>;

export const GuardianRiskLevel = v.picklist([
  "low",
  "medium",
  "high",
  "critical",
]);
export type GuardianRiskLevel = v.InferOutput<typeof GuardianRiskLevel>;

export const GuardianUserAuthorization = v.picklist([
  "unknown",
  "low",
  "medium",
  "high",
]);
export type GuardianUserAuthorization = v.InferOutput<
  typeof GuardianUserAuthorization
>;

export const GuardianApprovalReview = v.object({
  rationale: v.nullish(Text),
  riskLevel: v.nullish(GuardianRiskLevel),
  status: GuardianApprovalReviewStatus,
  userAuthorization: v.nullish(GuardianUserAuthorization),
});
export type GuardianApprovalReview = v.InferOutput<
  typeof GuardianApprovalReview
>;

export const GuardianCommandSource = v.picklist(["shell", "unifiedExec"]);
export type GuardianCommandSource = v.InferOutput<typeof GuardianCommandSource>;

export const GuardianApprovalReviewAction = v.variant("type", [
  v.object({
    command: Text,
    cwd: AbsolutePathBuf,
    source: GuardianCommandSource,
    type: v.literal("command"),
  }),
  v.object({
    argv: v.array(Text),
    cwd: AbsolutePathBuf,
    program: Text,
    source: GuardianCommandSource,
    type: v.literal("execve"),
  }),
  v.object({
    cwd: AbsolutePathBuf,
    files: v.array(AbsolutePathBuf),
    type: v.literal("applyPatch"),
  }),
  v.object({
    host: Text,
    port: Int,
    protocol: NetworkApprovalProtocol,
    target: Text,
    type: v.literal("networkAccess"),
  }),
  v.object({
    connectorId: v.nullish(Text),
    connectorName: v.nullish(Text),
    server: Text,
    toolName: Text,
    toolTitle: v.nullish(Text),
    type: v.literal("mcpToolCall"),
  }),
  v.object({
    permissions: RequestPermissionProfile,
    reason: v.nullish(Text),
    type: v.literal("requestPermissions"),
  }),
]);
export type GuardianApprovalReviewAction = v.InferOutput<
  typeof GuardianApprovalReviewAction
>;

export const ItemGuardianApprovalReviewStartedNotification = v.object({
  action: GuardianApprovalReviewAction,
  review: GuardianApprovalReview,
  reviewId: Text,
  targetItemId: v.nullish(Text),
  threadId: Text,
  turnId: Text,
});
export type ItemGuardianApprovalReviewStartedNotification = v.InferOutput<
  typeof ItemGuardianApprovalReviewStartedNotification
>;

export const AutoReviewDecisionSource = v.literal("agent");
export type AutoReviewDecisionSource = v.InferOutput<
  typeof AutoReviewDecisionSource
>;

export const ItemGuardianApprovalReviewCompletedNotification = v.object({
  action: GuardianApprovalReviewAction,
  decisionSource: AutoReviewDecisionSource,
  review: GuardianApprovalReview,
  reviewId: Text,
  targetItemId: v.nullish(Text),
  threadId: Text,
  turnId: Text,
});
export type ItemGuardianApprovalReviewCompletedNotification = v.InferOutput<
  typeof ItemGuardianApprovalReviewCompletedNotification
>;

export const GuardianWarningNotification = v.object({
  message: Text,
  threadId: Text,
});
export type GuardianWarningNotification = v.InferOutput<
  typeof GuardianWarningNotification
>;
