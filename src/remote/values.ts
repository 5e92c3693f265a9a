/**
 * Values of the app-server's protocol as the agent's own, the other way round from what
 * the app-server does. Pure: each function is one shape on either side.
 */
import type { AgentStatus } from "@/protocol/agents.ts";
import type { ErrorCode } from "@/protocol/errors.ts";
import type { TokenUsage, TurnError } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { ThreadItem, UserInput } from "@/protocol/items.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import type { WebSearchAction } from "@/protocol/response_items.ts";
import type { SessionSource } from "@/protocol/rollout.ts";
import type { Result } from "@/protocol/rpc/methods.ts";
import type * as wire from "@/protocol/rpc/shared.ts";
import type { Thread, TokenUsageBreakdown } from "@/protocol/rpc/thread.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";

/** What is said of a thread that was opened. */
export function infoOf(opened: Result<"thread/start">): ThreadInfo {
  return {
    id: opened.thread.id,
    cwd: opened.cwd,
    model: opened.model,
    provider: opened.modelProvider,
    approvalPolicy: opened.approvalPolicy as ApprovalPolicy,
    sandboxPolicy: sandboxOf(opened.sandbox),
    ...(opened.reasoningEffort == null
      ? {}
      : { reasoningEffort: opened.reasoningEffort }),
    record: recordOf(opened.thread),
    instructionSources: opened.instructionSources ?? [],
  };
}

export function recordOf(thread: Thread): ThreadRecord {
  const { gitInfo } = thread;
  return {
    id: thread.id,
    preview: thread.preview,
    cwd: thread.cwd,
    modelProvider: thread.modelProvider,
    createdAtMs: thread.createdAt * 1000,
    updatedAtMs: thread.updatedAt * 1000,
    cliVersion: thread.cliVersion,
    source: sourceOf(thread.source),
    ...known("name", thread.name),
    ...known("path", thread.path),
    ...known("forkedFromId", thread.forkedFromId),
    ...known("agentNickname", thread.agentNickname),
    ...known("agentRole", thread.agentRole),
    ...(gitInfo == null ? {} : {
      git: {
        ...known("sha", gitInfo.sha),
        ...known("branch", gitInfo.branch),
        ...known("originUrl", gitInfo.originUrl),
      },
    }),
  };
}

function sourceOf(source: Thread["source"]): SessionSource {
  if (typeof source === "string") return source;
  // The shapes differ in one name only.
  return ("subAgent" in source
    ? { subagent: source.subAgent }
    : source) as SessionSource;
}

function sandboxOf(policy: wire.SandboxPolicy): SandboxPolicy {
  switch (policy.type) {
    case "dangerFullAccess":
    case "externalSandbox":
      return { type: "danger-full-access" };
    case "readOnly":
      return {
        type: "read-only",
        network_access: policy.networkAccess ?? false,
      };
    case "workspaceWrite":
      return {
        type: "workspace-write",
        writable_roots: policy.writableRoots ?? [],
        network_access: policy.networkAccess ?? false,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar ?? false,
        exclude_slash_tmp: policy.excludeSlashTmp ?? false,
      };
  }
}

/** A policy as the server is asked for it. */
export function wireSandbox(policy: SandboxPolicy): wire.SandboxPolicy {
  switch (policy.type) {
    case "danger-full-access":
      return { type: "dangerFullAccess" };
    case "read-only":
      return { type: "readOnly", networkAccess: policy.network_access };
    case "workspace-write":
      return {
        type: "workspaceWrite",
        writableRoots: [...policy.writable_roots],
        networkAccess: policy.network_access,
        excludeTmpdirEnvVar: policy.exclude_tmpdir_env_var,
        excludeSlashTmp: policy.exclude_slash_tmp,
      };
  }
}

export function errorOf(error: wire.TurnError): TurnError {
  return {
    code: codeOf(error.codexErrorInfo),
    message: error.message,
    ...known("details", error.additionalDetails),
  };
}

/** The kinds of failures by their words; the protocol knows fewer than we do. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  contextWindowExceeded: "context_window_exceeded",
  usageLimitExceeded: "usage_limit",
  serverOverloaded: "server_overloaded",
  unauthorized: "unauthorized",
  badRequest: "bad_request",
  sandboxError: "sandbox_unavailable",
  responseStreamDisconnected: "stream_disconnected",
  responseStreamConnectionFailed: "stream_disconnected",
  httpConnectionFailed: "stream_disconnected",
  responseTooManyFailedAttempts: "retry_limit",
};

function codeOf(info: wire.TurnError["codexErrorInfo"]): ErrorCode {
  const word = typeof info === "string" ? info : Object.keys(info ?? {})[0];
  return CODES[word ?? ""] ?? "internal_server_error";
}

export function usageOf(usage: TokenUsageBreakdown): TokenUsage {
  return {
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    outputTokens: usage.outputTokens,
    reasoningOutputTokens: usage.reasoningOutputTokens,
    totalTokens: usage.totalTokens,
  };
}

export function itemOf(item: wire.ThreadItem): ThreadItem {
  switch (item.type) {
    case "userMessage":
      return { ...item, content: item.content.map(inputOf) };
    case "agentMessage":
      return {
        type: item.type,
        id: item.id,
        text: item.text,
        ...known("phase", item.phase),
      };
    case "reasoning":
      return {
        ...item,
        summary: item.summary ?? [],
        content: item.content ?? [],
      };
    case "commandExecution":
      return {
        type: item.type,
        id: item.id,
        command: item.command,
        cwd: item.cwd,
        status: item.status,
        aggregatedOutput: item.aggregatedOutput ?? "",
        ...known("exitCode", item.exitCode),
        ...known("durationMs", item.durationMs),
        ...known("processId", item.processId),
        ...(item.source === "userShell" ? { source: item.source } : {}),
      };
    case "fileChange":
      return {
        ...item,
        changes: item.changes.map((change) => ({
          ...change,
          kind: change.kind.type === "update"
            ? { type: "update", move_path: change.kind.move_path ?? null }
            : change.kind,
        })),
      };
    case "mcpToolCall":
      return {
        type: item.type,
        id: item.id,
        server: item.server,
        tool: item.tool,
        arguments: item.arguments,
        status: item.status,
        ...(item.result == null ? {} : {
          result: {
            content: item.result.content,
            ...known("structuredContent", item.result.structuredContent),
          },
        }),
        ...known("error", item.error),
        ...known("durationMs", item.durationMs),
      };
    case "dynamicToolCall":
      return {
        type: item.type,
        id: item.id,
        tool: item.tool,
        arguments: item.arguments,
        status: item.status,
        ...known("namespace", item.namespace),
        ...known("contentItems", item.contentItems),
        ...known("success", item.success),
        ...known("durationMs", item.durationMs),
      };
    case "collabAgentToolCall":
      return {
        type: item.type,
        id: item.id,
        tool: item.tool,
        status: item.status,
        senderThreadId: item.senderThreadId,
        receiverThreadIds: item.receiverThreadIds,
        ...known("prompt", item.prompt),
        ...known("model", item.model),
        ...known("reasoningEffort", item.reasoningEffort),
        agentsStates: Object.fromEntries(
          Object.entries(item.agentsStates)
            .map(([id, state]) => [id, statusOf(state)] as const),
        ),
      };
    case "webSearch":
      return {
        type: item.type,
        id: item.id,
        query: item.query,
        ...(item.action == null ? {} : { action: searchOf(item.action) }),
      };
    case "imageGeneration":
      return {
        type: item.type,
        id: item.id,
        status: item.status,
        result: item.result,
        ...known("revisedPrompt", item.revisedPrompt),
      };
    default:
      return item;
  }
}

function inputOf(input: wire.UserInput): UserInput {
  switch (input.type) {
    case "text":
      return { type: "text", text: input.text };
    case "mention":
      return { type: "text", text: `@${input.name} (${input.path})` };
    default:
      return input;
  }
}

function statusOf({ status, message }: wire.CollabAgentState): AgentStatus {
  switch (status) {
    case "completed":
      return { kind: status, message: message ?? undefined };
    case "errored":
      return { kind: status, message: message ?? "" };
    default:
      return { kind: status };
  }
}

function searchOf(action: wire.WebSearchAction): WebSearchAction {
  switch (action.type) {
    case "search":
      return {
        type: "search",
        ...known("query", action.query),
        ...known("queries", action.queries),
      };
    case "openPage":
      return { type: "open_page", ...known("url", action.url) };
    case "findInPage":
      return {
        type: "find_in_page",
        ...known("url", action.url),
        ...known("pattern", action.pattern),
      };
    case "other":
      return action;
  }
}

/** A member that is there, or none: the wire says null for what there is not. */
function known<K extends string, T>(
  key: K,
  value: T | null | undefined,
): { readonly [P in K]?: NonNullable<T> } {
  // One key, with the value it was given.
  return value == null
    ? {}
    : { [key]: value } as { readonly [P in K]: NonNullable<T> };
}
