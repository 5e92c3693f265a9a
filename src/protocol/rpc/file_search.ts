/** The file search part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Int, Text } from "./primitives.ts";

export const FuzzyFileSearchParams = v.object({
  cancellationToken: v.nullish(Text),
  query: Text,
  roots: v.array(Text),
});
export type FuzzyFileSearchParams = v.InferOutput<typeof FuzzyFileSearchParams>;

export const FuzzyFileSearchSessionStartParams = v.object({
  roots: v.array(Text),
  sessionId: Text,
});
export type FuzzyFileSearchSessionStartParams = v.InferOutput<
  typeof FuzzyFileSearchSessionStartParams
>;

export const FuzzyFileSearchSessionStopParams = v.object({ sessionId: Text });
export type FuzzyFileSearchSessionStopParams = v.InferOutput<
  typeof FuzzyFileSearchSessionStopParams
>;

export const FuzzyFileSearchSessionUpdateParams = v.object({
  query: Text,
  sessionId: Text,
});
export type FuzzyFileSearchSessionUpdateParams = v.InferOutput<
  typeof FuzzyFileSearchSessionUpdateParams
>;

export const FuzzyFileSearchMatchType = v.picklist(["file", "directory"]);
export type FuzzyFileSearchMatchType = v.InferOutput<
  typeof FuzzyFileSearchMatchType
>;

export const FuzzyFileSearchResult = v.object({
  file_name: Text,
  indices: v.nullish(v.array(Int)),
  match_type: FuzzyFileSearchMatchType,
  path: Text,
  root: Text,
  score: Int,
});
export type FuzzyFileSearchResult = v.InferOutput<typeof FuzzyFileSearchResult>;

export const FuzzyFileSearchSessionCompletedNotification = v.object({
  sessionId: Text,
});
export type FuzzyFileSearchSessionCompletedNotification = v.InferOutput<
  typeof FuzzyFileSearchSessionCompletedNotification
>;

export const FuzzyFileSearchSessionUpdatedNotification = v.object({
  files: v.array(FuzzyFileSearchResult),
  query: Text,
  sessionId: Text,
});
export type FuzzyFileSearchSessionUpdatedNotification = v.InferOutput<
  typeof FuzzyFileSearchSessionUpdatedNotification
>;

export const FuzzyFileSearchResponse = v.object({
  files: v.array(FuzzyFileSearchResult),
});
export type FuzzyFileSearchResponse = v.InferOutput<
  typeof FuzzyFileSearchResponse
>;

export const FuzzyFileSearchSessionStartResponse = Empty;
export type FuzzyFileSearchSessionStartResponse = v.InferOutput<
  typeof FuzzyFileSearchSessionStartResponse
>;

export const FuzzyFileSearchSessionUpdateResponse = Empty;
export type FuzzyFileSearchSessionUpdateResponse = v.InferOutput<
  typeof FuzzyFileSearchSessionUpdateResponse
>;

export const FuzzyFileSearchSessionStopResponse = Empty;
export type FuzzyFileSearchSessionStopResponse = v.InferOutput<
  typeof FuzzyFileSearchSessionStopResponse
>;
