/**
 * Hooks on the wire: what a hook program reads on its standard input, what it may
 * write on its standard output, and how a run of one is told to front ends. Field
 * names and their order are those of Codex CLI 0.124, for which hooks are written.
 */
import * as v from "valibot";
import type * as rpc from "./rpc/hook.ts";

/** When hooks run, as configuration names it. */
export const HOOK_EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PreToolUse",
  "PermissionRequest",
  "PostToolUse",
  "Stop",
] as const;
export type HookEvent = typeof HOOK_EVENTS[number];

/** What kind of configuration a hook came from. */
export type HookSource = rpc.HookSource;

export type HookRunStatus = rpc.HookRunStatus;

/** One thing a hook said. */
export type HookOutputEntry = Readonly<rpc.HookOutputEntry>;

/** One run of one hook, as clients of the app-server are told of it. Times in seconds. */
export type HookRun =
  & Readonly<Omit<rpc.HookRunSummary, "entries">>
  & { readonly entries: readonly HookOutputEntry[] };

/** How the user is asked about things here: never means that nobody is. */
export type HookPermissionMode = "default" | "bypassPermissions";

/** What every hook is told, in the order in which it is written. */
export interface HookInput {
  readonly session_id: string;
  /** Absent before a turn. */
  readonly turn_id?: string;
  /** Null when the thread is not kept. */
  readonly transcript_path: string | null;
  readonly cwd: string;
  readonly hook_event_name: HookEvent;
  readonly model: string;
  readonly permission_mode: HookPermissionMode;
  readonly [field: string]: unknown;
}

export type SessionStartSource = "startup" | "resume";

const text = v.nullish(v.string());
const flag = v.nullish(v.boolean());
const eventName = v.picklist(HOOK_EVENTS);
const block = v.nullish(v.picklist(["block"]));

const universal = {
  continue: flag,
  stopReason: text,
  suppressOutput: flag,
  systemMessage: text,
};

const promptOutput = v.nullish(
  v.strictObject({ hookEventName: eventName, additionalContext: text }),
);

/** What hooks of each event may print as JSON. An unknown field is a mistake. */
export const HOOK_OUTPUTS = {
  SessionStart: v.strictObject({
    ...universal,
    hookSpecificOutput: promptOutput,
  }),
  UserPromptSubmit: v.strictObject({
    ...universal,
    decision: block,
    reason: text,
    hookSpecificOutput: promptOutput,
  }),
  PreToolUse: v.strictObject({
    ...universal,
    decision: v.nullish(v.picklist(["approve", "block"])),
    reason: text,
    hookSpecificOutput: v.nullish(v.strictObject({
      hookEventName: eventName,
      permissionDecision: v.nullish(v.picklist(["allow", "deny", "ask"])),
      permissionDecisionReason: text,
      updatedInput: v.nullish(v.unknown()),
      additionalContext: text,
    })),
  }),
  PermissionRequest: v.strictObject({
    ...universal,
    hookSpecificOutput: v.nullish(v.strictObject({
      hookEventName: eventName,
      decision: v.nullish(v.strictObject({
        behavior: v.picklist(["allow", "deny"]),
        message: text,
        interrupt: flag,
        updatedInput: v.nullish(v.unknown()),
        updatedPermissions: v.nullish(v.unknown()),
      })),
    })),
  }),
  PostToolUse: v.strictObject({
    ...universal,
    decision: block,
    reason: text,
    hookSpecificOutput: v.nullish(v.strictObject({
      hookEventName: eventName,
      additionalContext: text,
      updatedMCPToolOutput: v.nullish(v.unknown()),
    })),
  }),
  Stop: v.strictObject({ ...universal, decision: block, reason: text }),
} as const;

/** What a hook of an event printed. */
export type HookOutput<E extends HookEvent> = v.InferOutput<
  typeof HOOK_OUTPUTS[E]
>;
