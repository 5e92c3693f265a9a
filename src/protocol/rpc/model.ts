/** The model part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";
import { ModeKind, ReasoningEffort } from "./shared.ts";

export const ModelListParams = v.object({
  cursor: v.nullish(Text),
  includeHidden: v.nullish(Flag),
  limit: v.nullish(Int),
});
export type ModelListParams = v.InferOutput<typeof ModelListParams>;

export const CollaborationModeListParams = Empty;
export type CollaborationModeListParams = v.InferOutput<
  typeof CollaborationModeListParams
>;

export const InputModality = v.picklist(["text", "image"]);
export type InputModality = v.InferOutput<typeof InputModality>;

export const ModelAvailabilityNux = v.object({ message: Text });
export type ModelAvailabilityNux = v.InferOutput<typeof ModelAvailabilityNux>;

export const ModelUpgradeInfo = v.object({
  migrationMarkdown: v.nullish(Text),
  model: Text,
  modelLink: v.nullish(Text),
  upgradeCopy: v.nullish(Text),
});
export type ModelUpgradeInfo = v.InferOutput<typeof ModelUpgradeInfo>;

export const ReasoningEffortOption = v.object({
  description: Text,
  reasoningEffort: ReasoningEffort,
});
export type ReasoningEffortOption = v.InferOutput<typeof ReasoningEffortOption>;

export const Model = v.object({
  additionalSpeedTiers: v.optional(v.array(Text)),
  availabilityNux: v.nullish(ModelAvailabilityNux),
  defaultReasoningEffort: ReasoningEffort,
  description: Text,
  displayName: Text,
  hidden: Flag,
  id: Text,
  inputModalities: v.optional(v.array(InputModality)),
  isDefault: Flag,
  model: Text,
  supportedReasoningEfforts: v.array(ReasoningEffortOption),
  supportsPersonality: v.optional(Flag),
  upgrade: v.nullish(Text),
  upgradeInfo: v.nullish(ModelUpgradeInfo),
});
export type Model = v.InferOutput<typeof Model>;

export const ModelListResponse = v.object({
  data: v.array(Model),
  nextCursor: v.nullish(Text),
});
export type ModelListResponse = v.InferOutput<typeof ModelListResponse>;

export const CollaborationModeMask = v.object({
  mode: v.nullish(ModeKind),
  model: v.nullish(Text),
  name: Text,
  reasoning_effort: v.nullish(ReasoningEffort),
});
export type CollaborationModeMask = v.InferOutput<typeof CollaborationModeMask>;

export const CollaborationModeListResponse = v.object({
  data: v.array(CollaborationModeMask),
});
export type CollaborationModeListResponse = v.InferOutput<
  typeof CollaborationModeListResponse
>;

export const ModelRerouteReason = v.literal("highRiskCyberActivity");
export type ModelRerouteReason = v.InferOutput<typeof ModelRerouteReason>;

export const ModelReroutedNotification = v.object({
  fromModel: Text,
  reason: ModelRerouteReason,
  threadId: Text,
  toModel: Text,
  turnId: Text,
});
export type ModelReroutedNotification = v.InferOutput<
  typeof ModelReroutedNotification
>;

export const ModelVerification = v.literal("trustedAccessForCyber");
export type ModelVerification = v.InferOutput<typeof ModelVerification>;

export const ModelVerificationNotification = v.object({
  threadId: Text,
  turnId: Text,
  verifications: v.array(ModelVerification),
});
export type ModelVerificationNotification = v.InferOutput<
  typeof ModelVerificationNotification
>;
