/** The item part of the app-server protocol. */
import * as v from "valibot";
import { Int, Text } from "./primitives.ts";
import { FileUpdateChange, ThreadItem } from "./shared.ts";

export const ItemStartedNotification = v.object({
  item: ThreadItem,
  threadId: Text,
  turnId: Text,
});
export type ItemStartedNotification = v.InferOutput<
  typeof ItemStartedNotification
>;

export const ItemCompletedNotification = v.object({
  item: ThreadItem,
  threadId: Text,
  turnId: Text,
});
export type ItemCompletedNotification = v.InferOutput<
  typeof ItemCompletedNotification
>;

export const AgentMessageDeltaNotification = v.object({
  delta: Text,
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type AgentMessageDeltaNotification = v.InferOutput<
  typeof AgentMessageDeltaNotification
>;

export const PlanDeltaNotification = v.object({
  delta: Text,
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type PlanDeltaNotification = v.InferOutput<typeof PlanDeltaNotification>;

export const CommandExecutionOutputDeltaNotification = v.object({
  delta: Text,
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type CommandExecutionOutputDeltaNotification = v.InferOutput<
  typeof CommandExecutionOutputDeltaNotification
>;

export const TerminalInteractionNotification = v.object({
  itemId: Text,
  processId: Text,
  stdin: Text,
  threadId: Text,
  turnId: Text,
});
export type TerminalInteractionNotification = v.InferOutput<
  typeof TerminalInteractionNotification
>;

export const FileChangeOutputDeltaNotification = v.object({
  delta: Text,
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type FileChangeOutputDeltaNotification = v.InferOutput<
  typeof FileChangeOutputDeltaNotification
>;

export const FileChangePatchUpdatedNotification = v.object({
  changes: v.array(FileUpdateChange),
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type FileChangePatchUpdatedNotification = v.InferOutput<
  typeof FileChangePatchUpdatedNotification
>;

export const McpToolCallProgressNotification = v.object({
  itemId: Text,
  message: Text,
  threadId: Text,
  turnId: Text,
});
export type McpToolCallProgressNotification = v.InferOutput<
  typeof McpToolCallProgressNotification
>;

export const ReasoningSummaryTextDeltaNotification = v.object({
  delta: Text,
  itemId: Text,
  summaryIndex: Int,
  threadId: Text,
  turnId: Text,
});
export type ReasoningSummaryTextDeltaNotification = v.InferOutput<
  typeof ReasoningSummaryTextDeltaNotification
>;

export const ReasoningSummaryPartAddedNotification = v.object({
  itemId: Text,
  summaryIndex: Int,
  threadId: Text,
  turnId: Text,
});
export type ReasoningSummaryPartAddedNotification = v.InferOutput<
  typeof ReasoningSummaryPartAddedNotification
>;

export const ReasoningTextDeltaNotification = v.object({
  contentIndex: Int,
  delta: Text,
  itemId: Text,
  threadId: Text,
  turnId: Text,
});
export type ReasoningTextDeltaNotification = v.InferOutput<
  typeof ReasoningTextDeltaNotification
>;
