/** The feedback part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Text } from "./primitives.ts";

export const FeedbackUploadParams = v.object({
  classification: Text,
  extraLogFiles: v.nullish(v.array(Text)),
  includeLogs: Flag,
  reason: v.nullish(Text),
  tags: v.nullish(v.record(Text, Text)),
  threadId: v.nullish(Text),
});
export type FeedbackUploadParams = v.InferOutput<typeof FeedbackUploadParams>;

export const FeedbackUploadResponse = v.object({ threadId: Text });
export type FeedbackUploadResponse = v.InferOutput<
  typeof FeedbackUploadResponse
>;
