/** What a hook is told, field by field in the order other versions write them. */
import type {
  HookEvent,
  HookInput,
  SessionStartSource,
} from "@/protocol/hooks.ts";
import type { HookedCall } from "@/tools/tool.ts";
import type { HookMoment, HookPorts, TurnAtRest } from "../turn_hooks.ts";

/** What is the same for every hook of a thread. */
export type ThreadFacts = Pick<HookPorts, "threadId" | "transcriptPath">;

export function sessionStartInput(
  thread: ThreadFacts,
  at: HookMoment,
  source: SessionStartSource,
): HookInput {
  const { turn_id: _, ...rest } = commonInput(thread, at, "SessionStart");
  return { ...rest, source };
}

export function userPromptInput(
  thread: ThreadFacts,
  at: HookMoment,
  prompt: string,
): HookInput {
  return { ...commonInput(thread, at, "UserPromptSubmit"), prompt };
}

type Call = HookedCall & { readonly id: string };

export function preToolUseInput(
  thread: ThreadFacts,
  at: HookMoment,
  call: Call,
): HookInput {
  return {
    ...commonInput(thread, at, "PreToolUse"),
    tool_name: call.name,
    tool_input: call.input,
    tool_use_id: call.id,
  };
}

export function permissionInput(
  thread: ThreadFacts,
  at: HookMoment,
  call: Call,
): HookInput {
  return {
    ...commonInput(thread, at, "PermissionRequest"),
    tool_name: call.name,
    tool_input: call.input,
  };
}

export function postToolUseInput(
  thread: ThreadFacts,
  at: HookMoment,
  call: Call & { readonly response: unknown },
): HookInput {
  return {
    ...commonInput(thread, at, "PostToolUse"),
    tool_name: call.name,
    tool_input: call.input,
    tool_response: call.response,
    tool_use_id: call.id,
  };
}

export function stopInput(
  thread: ThreadFacts,
  at: HookMoment,
  turn: TurnAtRest,
): HookInput {
  return {
    ...commonInput(thread, at, "Stop"),
    stop_hook_active: turn.hasGoneOn,
    last_assistant_message: turn.lastMessage ?? null,
  };
}

function commonInput(
  thread: ThreadFacts,
  { turnId, settings }: HookMoment,
  event: HookEvent,
): HookInput {
  return {
    session_id: thread.threadId,
    turn_id: turnId,
    transcript_path: thread.transcriptPath ?? null,
    cwd: settings.cwd,
    hook_event_name: event,
    model: settings.model.name,
    permission_mode: settings.approvalPolicy === "never"
      ? "bypassPermissions"
      : "default",
  };
}
