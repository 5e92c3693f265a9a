/** The beginning and end of an item, as events clients know. Pure. */
import { shellWords } from "@/exec-policy/words.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type {
  CommandExecutionThreadItem,
  FileChangeThreadItem,
  McpToolCallThreadItem,
  UserInput,
  UserMessageThreadItem,
} from "@/protocol/items.ts";
import type {
  LegacyEvent,
  LegacyItem,
  LegacyUserInput,
} from "@/protocol/legacy_events.ts";
import { legacyChanges, legacyDuration, parsedCommand } from "./wire.ts";

type ItemEvent = Extract<
  ThreadEvent,
  { type: "itemStarted" | "itemCompleted" }
>;

export function itemEvents(
  { type, turnId, item }: ItemEvent,
  threadId: ThreadId,
): readonly LegacyEvent[] {
  const isEnd = type === "itemCompleted";
  const framed = (legacy: LegacyItem): LegacyEvent => ({
    type: isEnd ? "item_completed" : "item_started",
    thread_id: threadId,
    turn_id: turnId,
    item: legacy,
  });
  switch (item.type) {
    case "userMessage": {
      const frame = framed({
        type: "UserMessage",
        id: item.id,
        content: item.content.map(legacyInput),
      });
      return isEnd ? [frame, userMessage(item)] : [frame];
    }
    case "agentMessage": {
      const frame = framed({
        type: "AgentMessage",
        id: item.id,
        content: [{ type: "Text", text: item.text }],
      });
      return isEnd
        ? [frame, {
          type: "agent_message",
          message: item.text,
          phase: item.phase ?? null,
          memory_citation: null,
        }]
        : [frame];
    }
    case "reasoning": {
      const frame = framed({
        type: "Reasoning",
        id: item.id,
        summary_text: item.summary,
        raw_content: item.content,
      });
      return isEnd
        ? [
          frame,
          ...item.summary.map((text): LegacyEvent => ({
            type: "agent_reasoning",
            text,
          })),
          ...item.content.map((text): LegacyEvent => ({
            type: "agent_reasoning_raw_content",
            text,
          })),
        ]
        : [frame];
    }
    case "plan":
      return [framed({ type: "Plan", id: item.id, text: item.text })];
    case "commandExecution":
      return [commandEvent(item, turnId, isEnd)];
    case "fileChange":
      return [patchEvent(item, turnId, isEnd)];
    case "mcpToolCall":
      return [toolCallEvent(item, isEnd)];
    case "webSearch":
      return [
        isEnd
          ? {
            type: "web_search_end",
            call_id: item.id,
            query: item.query,
            action: item.action ?? null,
          }
          : { type: "web_search_begin", call_id: item.id },
      ];
    case "imageView":
      return isEnd
        ? [{ type: "view_image_tool_call", call_id: item.id, path: item.path }]
        : [];
    case "contextCompaction":
      return isEnd ? [{ type: "context_compacted" }] : [];
    default:
      return [];
  }
}

function legacyInput(input: UserInput): LegacyUserInput {
  switch (input.type) {
    case "text":
      return { type: "text", text: input.text, text_elements: [] };
    case "image":
      return { type: "image", image_url: input.url };
    case "localImage":
      return { type: "local_image", path: input.path };
    case "skill":
      return input;
  }
}

function userMessage({ content }: UserMessageThreadItem): LegacyEvent {
  return {
    type: "user_message",
    message: content.flatMap((part) => part.type === "text" ? [part.text] : [])
      .join("\n"),
    images: content.flatMap((part) => part.type === "image" ? [part.url] : []),
    local_images: content.flatMap((part) =>
      part.type === "localImage" ? [part.path] : []
    ),
    text_elements: [],
  };
}

function commandEvent(
  item: CommandExecutionThreadItem,
  turnId: TurnId,
  isEnd: boolean,
): LegacyEvent {
  const command = {
    call_id: item.id,
    ...(item.processId === undefined ? {} : { process_id: item.processId }),
    turn_id: turnId,
    command: shellWords(item.command) ?? [item.command],
    cwd: item.cwd,
    parsed_cmd: parsedCommand(item.command, item.cwd),
    source: "unified_exec_startup" as const,
  };
  if (!isEnd) return { type: "exec_command_begin", ...command };
  return {
    type: "exec_command_end",
    ...command,
    stdout: item.aggregatedOutput,
    stderr: "",
    aggregated_output: item.aggregatedOutput,
    // Of one that was never started there is none; -1 is what the protocol says then.
    exit_code: item.exitCode ?? -1,
    duration: legacyDuration(item.durationMs ?? 0),
    formatted_output: item.aggregatedOutput,
    status: item.status,
  };
}

function patchEvent(
  item: FileChangeThreadItem,
  turnId: TurnId,
  isEnd: boolean,
): LegacyEvent {
  const patch = {
    call_id: item.id,
    turn_id: turnId,
    changes: legacyChanges(item.changes),
  };
  return isEnd
    ? {
      type: "patch_apply_end",
      ...patch,
      stdout: "",
      stderr: item.status === "declined" ? "patch rejected by user" : "",
      success: item.status === "completed",
      status: item.status,
    }
    : { type: "patch_apply_begin", ...patch, auto_approved: false };
}

function toolCallEvent(
  item: McpToolCallThreadItem,
  isEnd: boolean,
): LegacyEvent {
  const { id: call_id, server, tool } = item;
  const invocation = { server, tool, arguments: item.arguments };
  if (!isEnd) return { type: "mcp_tool_call_begin", call_id, invocation };
  return {
    type: "mcp_tool_call_end",
    call_id,
    invocation,
    duration: legacyDuration(item.durationMs ?? 0),
    result: item.error === undefined
      ? { Ok: item.result ?? { content: [] } }
      : { Err: item.error.message },
  };
}
