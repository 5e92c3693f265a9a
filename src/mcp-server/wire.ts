/** Values of the agent as clients of `codex mcp-server` read them. Pure. */
import { commandActions } from "@/exec-policy/actions.ts";
import type { ThreadEvent, TokenUsage } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { FileChange } from "@/protocol/items.ts";
import type {
  LegacyChange,
  LegacyChanges,
  LegacyDuration,
  LegacyEvent,
  LegacyUsage,
  ParsedCommand,
} from "@/protocol/legacy_events.ts";
import { quoteCommand } from "@/text/shell_quote.ts";

/** The first event of every thread. */
export function sessionConfigured(info: ThreadInfo): LegacyEvent {
  return {
    type: "session_configured",
    session_id: info.id,
    model: info.model,
    model_provider_id: info.provider,
    approval_policy: info.approvalPolicy,
    approvals_reviewer: "user",
    sandbox_policy: info.sandboxPolicy,
    cwd: info.cwd,
    ...(info.reasoningEffort === undefined
      ? {}
      : { reasoning_effort: info.reasoningEffort }),
    history_log_id: 0,
    history_entry_count: 0,
    rollout_path: info.record.path ?? null,
  };
}

/** Tells of a question about a command or a patch; of the others there is no event. */
export function approvalEvents(
  event: Extract<ThreadEvent, { type: "approvalRequested" }>,
  turnId: TurnId,
): readonly LegacyEvent[] {
  const { itemId, subject, reason } = event;
  const common = {
    call_id: itemId,
    turn_id: turnId,
    ...(reason === undefined ? {} : { reason }),
  };
  switch (subject.kind) {
    case "command":
      return [{
        type: "exec_approval_request",
        ...common,
        command: subject.command,
        cwd: subject.cwd,
        ...(subject.proposedPrefix === undefined
          ? {}
          : { proposed_execpolicy_amendment: subject.proposedPrefix }),
        parsed_cmd: parsedCommand(quoteCommand(subject.command), subject.cwd),
      }];
    case "patch":
      return [{
        type: "apply_patch_approval_request",
        ...common,
        changes: legacyChanges(subject.changes),
      }];
    default:
      return [];
  }
}

/** @param line quoted for a POSIX shell */
export function parsedCommand(
  line: string,
  cwd: string,
): readonly ParsedCommand[] {
  return commandActions(line, cwd).map((action): ParsedCommand => {
    const { command: cmd } = action;
    switch (action.type) {
      case "read":
        return { type: "read", cmd, name: action.name, path: action.path };
      case "listFiles":
        return { type: "list_files", cmd, path: action.path };
      case "search":
        return {
          type: "search",
          cmd,
          query: action.query,
          path: action.path,
        };
      case "unknown":
        return { type: "unknown", cmd };
    }
  });
}

export function legacyChanges(changes: readonly FileChange[]): LegacyChanges {
  return Object.fromEntries(
    changes.map((change) => [change.path, legacyChange(change)]),
  );
}

function legacyChange({ kind, diff }: FileChange): LegacyChange {
  return kind.type === "update"
    ? { type: "update", unified_diff: diff, move_path: kind.move_path }
    : { type: kind.type, content: diff };
}

export function legacyUsage(usage: TokenUsage): LegacyUsage {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    reasoning_output_tokens: usage.reasoningOutputTokens,
    total_tokens: usage.totalTokens,
  };
}

export function legacyDuration(ms: number): LegacyDuration {
  const secs = Math.floor(ms / 1000);
  return { secs, nanos: Math.round((ms - secs * 1000) * 1_000_000) };
}
