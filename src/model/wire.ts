/**
 * The Responses API's wire forms: the body of a request and the meaning of one
 * stream event. Pure; `responses.ts` does the talking.
 *
 * Source: the OpenAI Responses API reference, streaming events.
 */
import type { TokenUsage } from "@/protocol/events.ts";
import {
  type ContentPart,
  decodeResponseItem,
  encodeResponseItem,
  type ResponseItem,
} from "@/protocol/response_items.ts";
import { disconnected, responseFailure } from "./failures.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";

/** Items never change once made, so each is turned into JSON once per process. */
const itemJson = new WeakMap<ResponseItem, string>();

/**
 * The JSON body of a request. Two requests of a thread share every byte up to the
 * end of the older one's `input`, which is what the provider's prompt cache keys on.
 */
export function requestBody(request: ModelRequest): string {
  const reasons = request.reasoning !== undefined;
  const head = { model: request.model, instructions: request.instructions };
  const tail = {
    tools: request.tools,
    tool_choice: "auto",
    parallel_tool_calls: request.parallelToolCalls,
    reasoning: request.reasoning ?? null,
    store: false,
    stream: true,
    include: reasons ? ["reasoning.encrypted_content"] : [],
    service_tier: request.serviceTier,
    prompt_cache_key: request.cacheKey,
    text: textControls(request),
    client_metadata: request.clientMetadata,
  };
  const input = request.input.map(encodeItem).join(",");
  return `${JSON.stringify(head).slice(0, -1)},"input":[${input}],${
    JSON.stringify(tail).slice(1)
  }`;
}

function encodeItem(item: ResponseItem): string {
  let json = itemJson.get(item);
  if (json === undefined) {
    json = JSON.stringify(encodeResponseItem(item));
    itemJson.set(item, json);
  }
  return json;
}

function textControls(
  request: ModelRequest,
): Record<string, unknown> | undefined {
  if (request.verbosity === undefined && request.outputSchema === undefined) {
    return undefined;
  }
  return {
    verbosity: request.verbosity,
    format: request.outputSchema === undefined ? undefined : {
      type: "json_schema",
      strict: true,
      name: "codex_output_schema",
      schema: request.outputSchema,
    },
  };
}

/** Why the server stopped before the end. */
interface Incomplete {
  readonly incomplete_details?: { readonly reason?: string };
}

/** A stream event as parsed JSON; every field is checked before use. */
interface WireEvent {
  readonly type?: unknown;
  readonly item?: unknown;
  readonly item_id?: unknown;
  readonly delta?: unknown;
  readonly response?: unknown;
}

/**
 * What one stream event means; undefined for events we have no use for.
 *
 * @throws ModelError for `response.failed` and `response.incomplete`
 */
export function decodeEvent(json: string): ModelEvent | undefined {
  const event = parseObject(json) as WireEvent | undefined;
  switch (event?.type) {
    case "response.output_item.added":
      return started(event);
    case "response.output_item.done":
      return finished(event);
    case "response.output_text.delta":
      return delta("textDelta", event);
    case "response.reasoning_summary_text.delta":
      return delta("summaryDelta", event);
    case "response.completed":
      return completed(event.response);
    case "response.failed":
      throw responseFailure(fieldOf(event.response, "error"));
    case "response.incomplete": {
      const reason = (event.response as Incomplete | undefined)
        ?.incomplete_details?.reason;
      throw disconnected(
        `Incomplete response returned, reason: ${reason ?? "unknown"}`,
      );
    }
    default:
      return undefined;
  }
}

function started(event: WireEvent): ModelEvent | undefined {
  const kind = fieldOf(event.item, "type");
  const itemId = fieldOf(event.item, "id");
  return typeof kind === "string" && typeof itemId === "string"
    ? { type: "itemStarted", itemId, kind }
    : undefined;
}

function finished(event: WireEvent): ModelEvent | undefined {
  const item = decodeResponseItem(event.item);
  if (item === undefined) return undefined;
  const id = fieldOf(event.item, "id");
  return {
    type: "itemDone",
    itemId: typeof id === "string" ? id : "",
    item: storedForm(item),
  };
}

function delta(
  type: "textDelta" | "summaryDelta",
  event: WireEvent,
): ModelEvent | undefined {
  if (typeof event.delta !== "string") return undefined;
  return {
    type,
    itemId: typeof event.item_id === "string" ? event.item_id : "",
    delta: event.delta,
  };
}

function completed(response: unknown): ModelEvent {
  const usage = decodeUsage(fieldOf(response, "usage"));
  return usage === undefined
    ? { type: "completed" }
    : { type: "completed", usage };
}

function decodeUsage(value: unknown): TokenUsage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const input = numberOf(value, "input_tokens");
  const output = numberOf(value, "output_tokens");
  return {
    inputTokens: input,
    cachedInputTokens: numberOf(
      fieldOf(value, "input_tokens_details"),
      "cached_tokens",
    ),
    outputTokens: output,
    reasoningOutputTokens: numberOf(
      fieldOf(value, "output_tokens_details"),
      "reasoning_tokens",
    ),
    totalTokens: numberOf(value, "total_tokens") || input + output,
  };
}

/**
 * The item as history keeps it: the fields that mean something when sent back. Ids
 * and statuses are the server's own and are not echoed.
 */
function storedForm(item: ResponseItem): ResponseItem {
  switch (item.type) {
    case "message":
      return {
        type: "message",
        role: item.role,
        content: item.content.map(storedPart),
        ...(item.phase ? { phase: item.phase } : {}),
      };
    case "reasoning":
      return {
        type: "reasoning",
        summary: item.summary.map(({ text }) => ({
          type: "summary_text",
          text,
        })),
        content: item.content ?? null,
        encrypted_content: item.encrypted_content ?? null,
      };
    case "function_call":
      return {
        type: "function_call",
        name: item.name,
        ...(item.namespace === undefined ? {} : { namespace: item.namespace }),
        arguments: item.arguments,
        call_id: item.call_id,
      };
    case "custom_tool_call":
      return {
        type: "custom_tool_call",
        call_id: item.call_id,
        name: item.name,
        input: item.input,
      };
    case "web_search_call":
      return {
        type: "web_search_call",
        ...(item.status === undefined ? {} : { status: item.status }),
        ...(item.action === undefined ? {} : { action: item.action }),
      };
    case "local_shell_call":
      return {
        type: "local_shell_call",
        call_id: item.call_id,
        status: item.status,
        action: item.action,
      };
    case "tool_search_call":
      return {
        type: "tool_search_call",
        call_id: item.call_id,
        ...(item.status === undefined ? {} : { status: item.status }),
        execution: item.execution,
        arguments: item.arguments,
      };
    case "compaction":
      return {
        type: "compaction",
        encrypted_content: item.encrypted_content,
      };
    case "other": {
      // A server that stores nothing refuses an item whose id it should know.
      const { id: _, ...raw } = item.raw;
      return { type: "other", raw };
    }
    default:
      return item;
  }
}

function storedPart(part: ContentPart): ContentPart {
  return part.type === "input_image"
    ? part
    : { type: part.type, text: part.text };
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // A line that is not JSON carries no event; the stream's end decides.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function numberOf(value: unknown, name: string): number {
  const field = fieldOf(value, name);
  return typeof field === "number" && Number.isFinite(field) ? field : 0;
}
