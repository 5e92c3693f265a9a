/**
 * The user's hooks, as the turn sees them: a question at each moment they can have a
 * say in. What implements this is loaded only when a hook is configured.
 */
import { hasHooks, readHookFolders } from "@/config/hook_files.ts";
import type { Config } from "@/config/config.ts";
import type { Platform } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { SessionStartSource } from "@/protocol/hooks.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { HookedCall } from "@/tools/tool.ts";
import type { ThreadSettings } from "./settings.ts";

/** The turn a hook is asked in. */
export interface HookMoment {
  readonly turnId: TurnId;
  readonly settings: Pick<ThreadSettings, "cwd" | "model" | "approvalPolicy">;
}

/** What hooks say before the model is asked. */
export interface PromptHooks {
  /** For the model, in the order of the hooks. */
  readonly context: readonly ResponseItem[];
  /** False: the model is not asked. */
  readonly mayGoOn: boolean;
}

/** What hooks say of a call that has ended. */
export interface CallHooks {
  readonly context: readonly ResponseItem[];
  /** What the model reads in place of the output. */
  readonly replacement: string | undefined;
}

/** What hooks answer in the user's place. */
export type HookPermission =
  | { readonly kind: "allow" }
  | { readonly kind: "deny"; readonly text: string };

/** A turn whose model has nothing left to do. */
export interface TurnAtRest {
  readonly lastMessage: string | undefined;
  /** A hook has made this turn go on before. */
  readonly hasGoneOn: boolean;
}

export interface TurnHooks {
  /** What the user should know of hooks that cannot run; given out once. */
  takeWarnings(): readonly string[];
  /** Asks once in a thread's life here; later calls say nothing. */
  sessionStart(at: HookMoment, signal: AbortSignal): Promise<PromptHooks>;
  userPrompt(
    at: HookMoment,
    prompt: string,
    signal: AbortSignal,
  ): Promise<PromptHooks>;
  /** Why the call must not be made, for the model; undefined lets it happen. */
  beforeCall(
    at: HookMoment,
    call: HookedCall & { readonly id: string },
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** An answer to what the user would be asked; undefined: ask. */
  permission(
    at: HookMoment,
    call: HookedCall & { readonly id: string },
    signal: AbortSignal,
  ): Promise<HookPermission | undefined>;
  afterCall(
    at: HookMoment,
    call: HookedCall & { readonly id: string; readonly response: unknown },
    signal: AbortSignal,
  ): Promise<CallHooks>;
  /** The message with which the turn goes on; undefined lets it end. */
  atRest(
    at: HookMoment,
    turn: TurnAtRest,
    signal: AbortSignal,
  ): Promise<ResponseItem | undefined>;
}

export interface HookPorts {
  readonly platform: Platform;
  readonly config: Config;
  readonly threadId: ThreadId;
  /** The thread's file; undefined when it is not kept. */
  readonly transcriptPath: string | undefined;
  readonly source: SessionStartSource;
  emit(event: ThreadEvent): Promise<void>;
}

/**
 * The hooks of a thread; undefined when none is configured.
 *
 * @throws ConfigError when a `[hooks]` table cannot be read
 */
export async function loadHooks(
  ports: HookPorts,
): Promise<TurnHooks | undefined> {
  const { config, platform } = ports;
  if (!config.features.codex_hooks) return undefined;
  const folders = await readHookFolders(platform.files, config);
  if (!hasHooks(folders, config)) return undefined;
  const { createTurnHooks } = await import("./hooks/create.ts");
  return await createTurnHooks(ports, folders);
}
