/**
 * The items of a conversation as the Responses API carries them. They are what the
 * history holds, what a request sends and what a rollout stores, byte for byte, so
 * fields we do not know are kept and nothing is renamed.
 */
import * as v from "valibot";

export type ContentPart =
  | { readonly type: "input_text"; readonly text: string }
  | { readonly type: "output_text"; readonly text: string }
  | {
    readonly type: "input_image";
    readonly image_url: string;
    readonly detail?: string;
  };

export interface MessageItem {
  readonly type: "message";
  readonly role: "user" | "developer" | "assistant" | "system";
  readonly content: readonly ContentPart[];
  /** `commentary` before the last message of a turn, `final_answer` on it. */
  readonly phase?: string;
}

export interface ReasoningItem {
  readonly type: "reasoning";
  readonly summary: readonly {
    readonly type: "summary_text";
    readonly text: string;
  }[];
  readonly content?:
    | readonly { readonly type: string; readonly text: string }[]
    | null;
  readonly encrypted_content?: string | null;
}

export interface FunctionCallItem {
  readonly type: "function_call";
  readonly name: string;
  /** Set for tools of an MCP server: `mcp__<server>__`. */
  readonly namespace?: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
  readonly call_id: string;
}

export interface CustomToolCallItem {
  readonly type: "custom_tool_call";
  readonly call_id: string;
  readonly name: string;
  readonly input: string;
}

export interface LocalShellCallItem {
  readonly type: "local_shell_call";
  readonly call_id: string;
  readonly status: string;
  readonly action: {
    readonly type: "exec";
    readonly command: readonly string[];
    readonly timeout_ms?: number | null;
    readonly working_directory?: string | null;
  };
}

/** The model looks for tools it was not told of; this program searches for it. */
export interface ToolSearchCallItem {
  readonly type: "tool_search_call";
  readonly call_id: string;
  readonly status?: string;
  readonly execution: "client";
  readonly arguments: unknown;
}

/** What a call gave back: text, or parts when it holds images. */
export type OutputBody = string | readonly ContentPart[];

export interface FunctionCallOutputItem {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: OutputBody;
}

export interface CustomToolCallOutputItem {
  readonly type: "custom_tool_call_output";
  readonly call_id: string;
  readonly output: OutputBody;
}

/** Declarations the model may use from here on. */
export interface ToolSearchOutputItem {
  readonly type: "tool_search_output";
  readonly call_id: string;
  readonly status: "completed";
  readonly execution: "client";
  readonly tools: readonly Readonly<Record<string, unknown>>[];
}

export type WebSearchAction =
  | {
    readonly type: "search";
    readonly query?: string;
    readonly queries?: readonly string[];
  }
  | { readonly type: "open_page"; readonly url?: string }
  | {
    readonly type: "find_in_page";
    readonly url?: string;
    readonly pattern?: string;
  }
  | { readonly type: "other" };

/** What was looked for, in words. */
export function searchQuery(action: WebSearchAction | undefined): string {
  switch (action?.type) {
    case "search":
      return action.query ?? action.queries?.[0] ?? "";
    case "open_page":
      return action.url ?? "";
    case "find_in_page":
      return `'${action.pattern ?? ""}' in ${action.url ?? ""}`;
    default:
      return "";
  }
}

export interface WebSearchCallItem {
  readonly type: "web_search_call";
  readonly id?: string;
  readonly status?: string;
  readonly action?: WebSearchAction;
}

/** An item the server folded older history into; echoed unread. */
export interface CompactionItem {
  readonly type: "compaction";
  readonly encrypted_content: string;
}

/** An item of a kind this version does not know; kept and echoed unread. */
export interface OtherItem {
  readonly type: "other";
  readonly raw: Readonly<Record<string, unknown>>;
}

export type ToolCallItem =
  | FunctionCallItem
  | CustomToolCallItem
  | LocalShellCallItem
  | ToolSearchCallItem;
export type ToolOutputItem =
  | FunctionCallOutputItem
  | CustomToolCallOutputItem
  | ToolSearchOutputItem;

export type ResponseItem =
  | MessageItem
  | ReasoningItem
  | ToolCallItem
  | ToolOutputItem
  | WebSearchCallItem
  | CompactionItem
  | OtherItem;

const Text = v.string();
const Content = v.array(v.variant("type", [
  v.looseObject({ type: v.literal("input_text"), text: Text }),
  v.looseObject({ type: v.literal("output_text"), text: Text }),
  v.looseObject({ type: v.literal("input_image"), image_url: Text }),
]));
const Output = v.union([Text, Content]);

const KnownItemSchema = v.variant("type", [
  v.looseObject({
    type: v.literal("message"),
    role: v.picklist(["user", "developer", "assistant", "system"]),
    content: Content,
  }),
  v.looseObject({
    type: v.literal("reasoning"),
    summary: v.array(
      v.looseObject({ type: v.literal("summary_text"), text: Text }),
    ),
  }),
  v.looseObject({
    type: v.literal("function_call"),
    name: Text,
    arguments: Text,
    call_id: Text,
  }),
  v.looseObject({
    type: v.literal("custom_tool_call"),
    name: Text,
    input: Text,
    call_id: Text,
  }),
  v.looseObject({
    type: v.literal("local_shell_call"),
    call_id: Text,
    action: v.looseObject({ type: v.literal("exec"), command: v.array(Text) }),
  }),
  // A search the server ran itself is an item of another kind, echoed unread.
  v.looseObject({
    type: v.literal("tool_search_call"),
    call_id: Text,
    execution: v.literal("client"),
    arguments: v.unknown(),
  }),
  v.looseObject({
    type: v.literal("tool_search_output"),
    call_id: Text,
    tools: v.array(v.record(v.string(), v.unknown())),
  }),
  v.looseObject({
    type: v.literal("function_call_output"),
    call_id: Text,
    output: Output,
  }),
  v.looseObject({
    type: v.literal("custom_tool_call_output"),
    call_id: Text,
    output: Output,
  }),
  v.looseObject({ type: v.literal("web_search_call") }),
  v.looseObject({ type: v.literal("compaction"), encrypted_content: Text }),
]);

/**
 * Reads one item. A kind or shape we do not know becomes an `other` item instead of
 * an error: a newer server or a newer rollout must not lose anything.
 */
export function decodeResponseItem(value: unknown): ResponseItem | undefined {
  const known = v.safeParse(KnownItemSchema, value);
  // The schema checks every field this type names; loose objects keep the rest.
  if (known.success) return known.output as unknown as ResponseItem;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  return { type: "other", raw: value as Record<string, unknown> };
}

/** The item as it travels and is stored: unknown items in the form they came in. */
export function encodeResponseItem(
  item: ResponseItem,
): Readonly<Record<string, unknown>> {
  return item.type === "other"
    ? item.raw
    : item as unknown as Record<string, unknown>;
}

/** The text of a message, its parts joined without a separator; images give nothing. */
export function messageText(item: MessageItem): string {
  return item.content.map((part) =>
    part.type === "input_image" ? "" : part.text
  ).join("");
}

/** A message of one text part. */
export function textMessage(
  role: "user" | "developer",
  text: string,
): MessageItem {
  return { type: "message", role, content: [{ type: "input_text", text }] };
}

/** True for an item that asks for a tool and so must get exactly one output. */
export function isToolCall(item: ResponseItem): item is ToolCallItem {
  return item.type === "function_call" || item.type === "custom_tool_call" ||
    item.type === "local_shell_call" || item.type === "tool_search_call";
}

/** True for the output of a tool call. */
export function isToolOutput(item: ResponseItem): item is ToolOutputItem {
  return item.type === "function_call_output" ||
    item.type === "custom_tool_call_output" ||
    item.type === "tool_search_output";
}

/** The output item that answers a call, of the kind the call demands. */
export function outputFor(
  call: ToolCallItem,
  output: OutputBody,
  tools: ToolSearchOutputItem["tools"] = [],
): ToolOutputItem {
  const { call_id } = call;
  switch (call.type) {
    case "custom_tool_call":
      return { type: "custom_tool_call_output", call_id, output };
    case "tool_search_call":
      // It has no place for words: a search that failed has found nothing.
      return {
        type: "tool_search_output",
        call_id,
        status: "completed",
        execution: "client",
        tools,
      };
    default:
      return { type: "function_call_output", call_id, output };
  }
}
