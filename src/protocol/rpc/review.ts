/** The review part of the app-server protocol. */
import * as v from "valibot";
import { Text } from "./primitives.ts";
import { Turn } from "./shared.ts";

export const ReviewDelivery = v.picklist(["inline", "detached"]);
export type ReviewDelivery = v.InferOutput<typeof ReviewDelivery>;

export const ReviewTarget = v.variant("type", [
  v.object({ type: v.literal("uncommittedChanges") }),
  v.object({ branch: Text, type: v.literal("baseBranch") }),
  v.object({ sha: Text, title: v.nullish(Text), type: v.literal("commit") }),
  v.object({ instructions: Text, type: v.literal("custom") }),
]);
export type ReviewTarget = v.InferOutput<typeof ReviewTarget>;

export const ReviewStartParams = v.object({
  delivery: v.nullish(ReviewDelivery),
  target: ReviewTarget,
  threadId: Text,
});
export type ReviewStartParams = v.InferOutput<typeof ReviewStartParams>;

export const ReviewStartResponse = v.object({
  reviewThreadId: Text,
  turn: Turn,
});
export type ReviewStartResponse = v.InferOutput<typeof ReviewStartResponse>;
