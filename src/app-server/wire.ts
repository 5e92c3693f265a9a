/**
 * Values of the agent as clients of the app-server read them, and back. Pure: each
 * function is one shape on either side.
 */
import type { AgentStatus } from "@/protocol/agents.ts";
import type { ErrorCode } from "@/protocol/errors.ts";
import type { TokenUsage, TurnError } from "@/protocol/events.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { SessionSource } from "@/protocol/rollout.ts";
import type * as wire from "@/protocol/rpc/shared.ts";
import type {
  SessionSource as WireSource,
  Thread,
  ThreadStatus,
  TokenUsageBreakdown,
} from "@/protocol/rpc/thread.ts";
import { refused } from "./refusal.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";

/** Whole seconds, as the protocol counts time. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

export function wireSandbox(policy: SandboxPolicy): wire.SandboxPolicy {
  switch (policy.type) {
    case "danger-full-access":
      return { type: "dangerFullAccess" };
    case "read-only":
      return {
        type: "readOnly",
        access: { type: "fullAccess" },
        networkAccess: policy.network_access,
      };
    case "workspace-write":
      return {
        type: "workspaceWrite",
        writableRoots: policy.writable_roots,
        readOnlyAccess: { type: "fullAccess" },
        networkAccess: policy.network_access,
        excludeTmpdirEnvVar: policy.exclude_tmpdir_env_var,
        excludeSlashTmp: policy.exclude_slash_tmp,
      };
  }
}

/**
 * The policy a client names.
 *
 * @throws RpcError for one that cannot be enforced here
 */
export function sandboxOf(policy: wire.SandboxPolicy): SandboxPolicy {
  switch (policy.type) {
    case "dangerFullAccess":
      return { type: "danger-full-access" };
    case "readOnly":
      requireFullReads(policy.access);
      return {
        type: "read-only",
        network_access: policy.networkAccess ?? false,
      };
    case "workspaceWrite":
      requireFullReads(policy.readOnlyAccess);
      return {
        type: "workspace-write",
        writable_roots: policy.writableRoots ?? [],
        network_access: policy.networkAccess ?? false,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar ?? false,
        exclude_slash_tmp: policy.excludeSlashTmp ?? false,
      };
    case "externalSandbox":
      throw refused(
        "externalSandbox is not available: name a policy to enforce",
      );
  }
}

/** A limit on what is read must not be lost on the way. */
function requireFullReads(access: wire.ReadOnlyAccess | undefined): void {
  if (access === undefined || access.type === "fullAccess") return;
  throw refused(
    "restricted read access is not available in this version: leave it out, or name fullAccess",
  );
}

/** What a client gave; a file is named in the text, as a person would. */
export function userInputOf(input: wire.UserInput): UserInput {
  switch (input.type) {
    case "text":
      return { type: "text", text: input.text };
    case "mention":
      return { type: "text", text: `@${input.name} (${input.path})` };
    default:
      return input;
  }
}

export function wireUserInput(input: UserInput): wire.UserInput {
  return input.type === "text" ? { ...input, text_elements: [] } : input;
}

export function wireSource(source: SessionSource): WireSource {
  if (typeof source !== "string") {
    // Rollouts of other versions may name what this one does not know.
    if ("custom" in source) return { custom: source.custom };
    return "subagent" in source ? { subAgent: source.subagent } : "unknown";
  }
  switch (source) {
    case "cli":
    case "vscode":
    case "exec":
    case "appServer":
      return source;
    case "mcp":
      return "appServer";
    default:
      return "unknown";
  }
}

export function wireThread(
  record: ThreadRecord,
  more: {
    readonly status: ThreadStatus;
    readonly turns: readonly wire.Turn[];
  },
): Thread {
  return {
    id: record.id,
    forkedFromId: record.forkedFromId ?? null,
    preview: record.preview,
    ephemeral: record.path === undefined,
    modelProvider: record.modelProvider,
    createdAt: seconds(record.createdAtMs),
    updatedAt: seconds(record.updatedAtMs),
    status: more.status,
    path: record.path ?? null,
    cwd: record.cwd,
    cliVersion: record.cliVersion,
    source: wireSource(record.source),
    agentNickname: record.agentNickname ?? null,
    agentRole: record.agentRole ?? null,
    gitInfo: record.git === undefined ? null : {
      sha: record.git.sha ?? null,
      branch: record.git.branch ?? null,
      originUrl: record.git.originUrl ?? null,
    },
    name: record.name ?? null,
    turns: [...more.turns],
  };
}

export function wireUsage(usage: TokenUsage): TokenUsageBreakdown {
  return {
    totalTokens: usage.totalTokens,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    outputTokens: usage.outputTokens,
    reasoningOutputTokens: usage.reasoningOutputTokens,
  };
}

export function wireError(error: TurnError): wire.TurnError {
  return {
    message: error.message,
    codexErrorInfo: errorInfo(error.code),
    additionalDetails: error.details ?? null,
  };
}

export function wireAgentState(status: AgentStatus): wire.CollabAgentState {
  return {
    status: status.kind,
    message: "message" in status ? status.message ?? null : null,
  };
}

/** The protocol's word for a kind of failure, where it has one. */
function errorInfo(code: ErrorCode): wire.CodexErrorInfo {
  switch (code) {
    case "context_window_exceeded":
      return "contextWindowExceeded";
    case "usage_limit":
    case "quota_exceeded":
      return "usageLimitExceeded";
    case "server_overloaded":
      return "serverOverloaded";
    case "unauthorized":
    case "missing_credentials":
      return "unauthorized";
    case "bad_request":
      return "badRequest";
    case "sandbox_unavailable":
      return "sandboxError";
    case "internal_server_error":
      return "internalServerError";
    case "stream_disconnected":
      return { responseStreamDisconnected: { httpStatusCode: null } };
    case "retry_limit":
      return { responseTooManyFailedAttempts: { httpStatusCode: null } };
    default:
      return "other";
  }
}
