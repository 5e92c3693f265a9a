/** The hook part of the app-server protocol. */
import * as v from "valibot";
import { Int, Text } from "./primitives.ts";
import { AbsolutePathBuf } from "./shared.ts";

export const HookEventName = v.picklist([
  "preToolUse",
  "permissionRequest",
  "postToolUse",
  "sessionStart",
  "userPromptSubmit",
  "stop",
]);
export type HookEventName = v.InferOutput<typeof HookEventName>;

export const HookExecutionMode = v.picklist(["sync", "async"]);
export type HookExecutionMode = v.InferOutput<typeof HookExecutionMode>;

export const HookHandlerType = v.picklist(["command", "prompt", "agent"]);
export type HookHandlerType = v.InferOutput<typeof HookHandlerType>;

export const HookOutputEntryKind = v.picklist([
  "warning",
  "stop",
  "feedback",
  "context",
  "error",
]);
export type HookOutputEntryKind = v.InferOutput<typeof HookOutputEntryKind>;

export const HookOutputEntry = v.object({
  kind: HookOutputEntryKind,
  text: Text,
});
export type HookOutputEntry = v.InferOutput<typeof HookOutputEntry>;

export const HookRunStatus = v.picklist([
  "running",
  "completed",
  "failed",
  "blocked",
  "stopped",
]);
export type HookRunStatus = v.InferOutput<typeof HookRunStatus>;

export const HookScope = v.picklist(["thread", "turn"]);
export type HookScope = v.InferOutput<typeof HookScope>;

export const HookSource = v.picklist([
  "system",
  "user",
  "project",
  "mdm",
  "sessionFlags",
  "legacyManagedConfigFile",
  "legacyManagedConfigMdm",
  "unknown",
]);
export type HookSource = v.InferOutput<typeof HookSource>;

export const HookRunSummary = v.object({
  completedAt: v.nullish(Int),
  displayOrder: Int,
  durationMs: v.nullish(Int),
  entries: v.array(HookOutputEntry),
  eventName: HookEventName,
  executionMode: HookExecutionMode,
  handlerType: HookHandlerType,
  id: Text,
  scope: HookScope,
  source: v.optional(HookSource),
  sourcePath: AbsolutePathBuf,
  startedAt: Int,
  status: HookRunStatus,
  statusMessage: v.nullish(Text),
});
export type HookRunSummary = v.InferOutput<typeof HookRunSummary>;

export const HookStartedNotification = v.object({
  run: HookRunSummary,
  threadId: Text,
  turnId: v.nullish(Text),
});
export type HookStartedNotification = v.InferOutput<
  typeof HookStartedNotification
>;

export const HookCompletedNotification = v.object({
  run: HookRunSummary,
  threadId: Text,
  turnId: v.nullish(Text),
});
export type HookCompletedNotification = v.InferOutput<
  typeof HookCompletedNotification
>;
