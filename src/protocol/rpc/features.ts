/** The features part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";

export const ExperimentalFeatureListParams = v.object({
  cursor: v.nullish(Text),
  limit: v.nullish(Int),
});
export type ExperimentalFeatureListParams = v.InferOutput<
  typeof ExperimentalFeatureListParams
>;

export const ExperimentalFeatureEnablementSetParams = v.object({
  enablement: v.record(Text, Flag),
});
export type ExperimentalFeatureEnablementSetParams = v.InferOutput<
  typeof ExperimentalFeatureEnablementSetParams
>;

export const ExperimentalFeatureStage = v.picklist([
  "beta",
  "underDevelopment",
  "stable",
  "deprecated",
  "removed",
]);
export type ExperimentalFeatureStage = v.InferOutput<
  typeof ExperimentalFeatureStage
>;

export const ExperimentalFeature = v.object({
  announcement: v.nullish(Text),
  defaultEnabled: Flag,
  description: v.nullish(Text),
  displayName: v.nullish(Text),
  enabled: Flag,
  name: Text,
  stage: ExperimentalFeatureStage,
});
export type ExperimentalFeature = v.InferOutput<typeof ExperimentalFeature>;

export const ExperimentalFeatureListResponse = v.object({
  data: v.array(ExperimentalFeature),
  nextCursor: v.nullish(Text),
});
export type ExperimentalFeatureListResponse = v.InferOutput<
  typeof ExperimentalFeatureListResponse
>;

export const ExperimentalFeatureEnablementSetResponse = v.object({
  enablement: v.record(Text, Flag),
});
export type ExperimentalFeatureEnablementSetResponse = v.InferOutput<
  typeof ExperimentalFeatureEnablementSetResponse
>;
