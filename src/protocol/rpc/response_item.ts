/** The response item part of the app-server protocol. */
import * as v from "valibot";
import { Flag, Int, Text } from "./primitives.ts";
import { MessagePhase } from "./shared.ts";

export const ImageDetail = v.picklist(["auto", "low", "high", "original"]);
export type ImageDetail = v.InferOutput<typeof ImageDetail>;

export const ContentItem = v.variant("type", [
  v.object({ text: Text, type: v.literal("input_text") }),
  v.object({
    detail: v.nullish(ImageDetail),
    image_url: Text,
    type: v.literal("input_image"),
  }),
  v.object({ text: Text, type: v.literal("output_text") }),
]);
export type ContentItem = v.InferOutput<typeof ContentItem>;

export const FunctionCallOutputContentItem = v.variant("type", [
  v.object({ text: Text, type: v.literal("input_text") }),
  v.object({
    detail: v.nullish(ImageDetail),
    image_url: Text,
    type: v.literal("input_image"),
  }),
]);
export type FunctionCallOutputContentItem = v.InferOutput<
  typeof FunctionCallOutputContentItem
>;

export const FunctionCallOutputBody = v.union([
  Text,
  v.array(FunctionCallOutputContentItem),
]);
export type FunctionCallOutputBody = v.InferOutput<
  typeof FunctionCallOutputBody
>;

export const GhostCommit = v.object({
  id: Text,
  parent: v.nullish(Text),
  preexisting_untracked_dirs: v.array(Text),
  preexisting_untracked_files: v.array(Text),
});
export type GhostCommit = v.InferOutput<typeof GhostCommit>;

export const LocalShellAction = v.object({
  command: v.array(Text),
  env: v.nullish(v.record(Text, Text)),
  timeout_ms: v.nullish(Int),
  type: v.literal("exec"),
  user: v.nullish(Text),
  working_directory: v.nullish(Text),
});
export type LocalShellAction = v.InferOutput<typeof LocalShellAction>;

export const LocalShellStatus = v.picklist([
  "completed",
  "in_progress",
  "incomplete",
]);
export type LocalShellStatus = v.InferOutput<typeof LocalShellStatus>;

export const ReasoningItemContent = v.variant("type", [
  v.object({ text: Text, type: v.literal("reasoning_text") }),
  v.object({ text: Text, type: v.literal("text") }),
]);
export type ReasoningItemContent = v.InferOutput<typeof ReasoningItemContent>;

export const ReasoningItemReasoningSummary = v.object({
  text: Text,
  type: v.literal("summary_text"),
});
export type ReasoningItemReasoningSummary = v.InferOutput<
  typeof ReasoningItemReasoningSummary
>;

export const ResponsesApiWebSearchAction = v.variant("type", [
  v.object({
    queries: v.nullish(v.array(Text)),
    query: v.nullish(Text),
    type: v.literal("search"),
  }),
  v.object({ type: v.literal("open_page"), url: v.nullish(Text) }),
  v.object({
    pattern: v.nullish(Text),
    type: v.literal("find_in_page"),
    url: v.nullish(Text),
  }),
  v.object({ type: v.literal("other") }),
]);
export type ResponsesApiWebSearchAction = v.InferOutput<
  typeof ResponsesApiWebSearchAction
>;

export const ResponseItem = v.variant("type", [
  v.object({
    content: v.array(ContentItem),
    end_turn: v.nullish(Flag),
    id: v.nullish(Text),
    phase: v.nullish(MessagePhase),
    role: Text,
    type: v.literal("message"),
  }),
  v.object({
    content: v.nullish(v.array(ReasoningItemContent)),
    encrypted_content: v.nullish(Text),
    summary: v.array(ReasoningItemReasoningSummary),
    type: v.literal("reasoning"),
  }),
  v.object({
    action: LocalShellAction,
    call_id: v.nullish(Text),
    id: v.nullish(Text),
    status: LocalShellStatus,
    type: v.literal("local_shell_call"),
  }),
  v.object({
    arguments: Text,
    call_id: Text,
    id: v.nullish(Text),
    name: Text,
    namespace: v.nullish(Text),
    type: v.literal("function_call"),
  }),
  v.object({
    arguments: v.unknown(),
    call_id: v.nullish(Text),
    execution: Text,
    id: v.nullish(Text),
    status: v.nullish(Text),
    type: v.literal("tool_search_call"),
  }),
  v.object({
    call_id: Text,
    output: FunctionCallOutputBody,
    type: v.literal("function_call_output"),
  }),
  v.object({
    call_id: Text,
    id: v.nullish(Text),
    input: Text,
    name: Text,
    status: v.nullish(Text),
    type: v.literal("custom_tool_call"),
  }),
  v.object({
    call_id: Text,
    name: v.nullish(Text),
    output: FunctionCallOutputBody,
    type: v.literal("custom_tool_call_output"),
  }),
  v.object({
    call_id: v.nullish(Text),
    execution: Text,
    status: Text,
    tools: v.array(v.unknown()),
    type: v.literal("tool_search_output"),
  }),
  v.object({
    action: v.nullish(ResponsesApiWebSearchAction),
    id: v.nullish(Text),
    status: v.nullish(Text),
    type: v.literal("web_search_call"),
  }),
  v.object({
    id: Text,
    result: Text,
    revised_prompt: v.nullish(Text),
    status: Text,
    type: v.literal("image_generation_call"),
  }),
  v.object({ ghost_commit: GhostCommit, type: v.literal("ghost_snapshot") }),
  v.object({ encrypted_content: Text, type: v.literal("compaction") }),
  v.object({ type: v.literal("other") }),
]);
export type ResponseItem = v.InferOutput<typeof ResponseItem>;
