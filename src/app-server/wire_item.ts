/** Thread items as clients read them. Pure. */
import type { ThreadItem } from "@/protocol/items.ts";
import type * as wire from "@/protocol/rpc/shared.ts";
import { commandActions } from "@/exec-policy/actions.ts";
import { wireAgentState, wireUserInput } from "./wire.ts";

export function wireItem(item: ThreadItem): wire.ThreadItem {
  switch (item.type) {
    case "userMessage":
      return { ...item, content: item.content.map(wireUserInput) };
    case "agentMessage":
      return {
        type: item.type,
        id: item.id,
        text: item.text,
        phase: phaseOf(item.phase),
        memoryCitation: null,
      };
    case "reasoning":
      return {
        ...item,
        summary: [...item.summary],
        content: [...item.content],
      };
    case "commandExecution":
      return {
        type: item.type,
        id: item.id,
        command: item.command,
        cwd: item.cwd,
        processId: null,
        source: item.source ?? "unifiedExecStartup",
        status: item.status,
        commandActions: [...commandActions(item.command, item.cwd)],
        aggregatedOutput: item.status === "inProgress"
          ? null
          : item.aggregatedOutput,
        exitCode: item.exitCode ?? null,
        durationMs: item.durationMs ?? null,
      };
    case "fileChange":
      return {
        type: item.type,
        id: item.id,
        changes: [...item.changes],
        status: item.status,
      };
    case "mcpToolCall":
      return {
        ...item,
        result: item.result === undefined ? null : {
          content: [...item.result.content],
          structuredContent: item.result.structuredContent ?? null,
          _meta: null,
        },
        error: item.error ?? null,
        durationMs: item.durationMs ?? null,
      };
    case "dynamicToolCall":
      return {
        type: item.type,
        id: item.id,
        tool: item.tool,
        namespace: item.namespace ?? null,
        arguments: item.arguments,
        status: item.status,
        contentItems: item.contentItems === undefined
          ? null
          : [...item.contentItems],
        success: item.success ?? null,
        durationMs: item.durationMs ?? null,
      };
    case "collabAgentToolCall":
      return {
        type: item.type,
        id: item.id,
        tool: item.tool,
        status: item.status,
        senderThreadId: item.senderThreadId,
        receiverThreadIds: [...item.receiverThreadIds],
        prompt: item.prompt ?? null,
        model: item.model ?? null,
        reasoningEffort: item.reasoningEffort ?? null,
        agentsStates: Object.fromEntries(
          Object.entries(item.agentsStates).map(([id, status]) =>
            [id, wireAgentState(status)] as const
          ),
        ),
      };
    case "webSearch":
      return { ...item, action: wireSearch(item.action) };
    case "imageGeneration":
      return {
        ...item,
        revisedPrompt: item.revisedPrompt ?? null,
        savedPath: null,
      };
    case "hookPrompt":
      return { ...item, fragments: [...item.fragments] };
    default:
      return item;
  }
}

function phaseOf(phase: string | undefined): wire.MessagePhase | null {
  return phase === "commentary" || phase === "final_answer" ? phase : null;
}

function wireSearch(
  action: Extract<ThreadItem, { type: "webSearch" }>["action"],
): wire.WebSearchAction | null {
  switch (action?.type) {
    case undefined:
      return null;
    case "search":
      return {
        type: "search",
        query: action.query ?? null,
        queries: action.queries === undefined ? null : [...action.queries],
      };
    case "open_page":
      return { type: "openPage", url: action.url ?? null };
    case "find_in_page":
      return {
        type: "findInPage",
        url: action.url ?? null,
        pattern: action.pattern ?? null,
      };
    default:
      return { type: "other" };
  }
}
