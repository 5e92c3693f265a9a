/**
 * Runs the hooks of one moment side by side, and tells front ends of each: that it
 * runs, and how it ended, in the order of the configuration.
 */
import { TaskScope } from "@/async/scope.ts";
import type { HookHandler } from "@/config/hooks.ts";
import type { Platform } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { HookEvent, HookInput, HookRun } from "@/protocol/hooks.ts";
import type { TurnId } from "@/protocol/ids.ts";
import { runUserProgram } from "../user_program.ts";
import { type HookVerdict, hookVerdict } from "./verdict.ts";

export interface RunPorts {
  readonly platform: Platform;
  emit(event: ThreadEvent): Promise<void>;
}

export interface HookCall {
  readonly turnId: TurnId;
  /** The tool call it is about. */
  readonly callId?: string;
  readonly input: HookInput;
}

/** A hook's verdict, and the id under which its run was shown. */
export type NamedVerdict = HookVerdict & { readonly runId: string };

/** The verdicts, in the order of the handlers. An abort kills what still runs. */
export async function runHooks(
  ports: RunPorts,
  handlers: readonly HookHandler[],
  call: HookCall,
  signal: AbortSignal,
): Promise<readonly NamedVerdict[]> {
  if (handlers.length === 0) return [];
  const { clock } = ports.platform;
  const startedMs = clock.now();
  const started = clock.monotonic();
  const runs = handlers.map((handler) => startedRun(handler, call, startedMs));
  for (const run of runs) {
    await ports.emit({ type: "hookStarted", turnId: call.turnId, run });
  }
  await using scope = new TaskScope(signal);
  const running = handlers.map((handler) =>
    scope.spawn(async (signal) => ({
      verdict: await runHandler(ports.platform, handler, call.input, signal),
      endedMs: clock.now(),
      durationMs: Math.round(clock.monotonic() - started),
    }))
  );
  const verdicts: NamedVerdict[] = [];
  for (const [index, run] of runs.entries()) {
    const ended = await running[index];
    if (ended === undefined) continue;
    const { status, entries } = ended.verdict;
    await ports.emit({
      type: "hookCompleted",
      turnId: call.turnId,
      run: {
        ...run,
        status,
        entries,
        completedAt: seconds(ended.endedMs),
        durationMs: ended.durationMs,
      },
    });
    verdicts.push({ ...ended.verdict, runId: run.id });
  }
  signal.throwIfAborted();
  return verdicts;
}

const INTERRUPTED: HookVerdict = {
  status: "failed",
  entries: [{ kind: "error", text: "hook was interrupted" }],
};

async function runHandler(
  { processes, clock, env, host }: Platform,
  handler: HookHandler,
  input: HookInput,
  signal: AbortSignal,
): Promise<HookVerdict> {
  try {
    const end = await runUserProgram({ processes, clock }, {
      argv: shellCommand(handler.command, env.get("SHELL"), host.os),
      cwd: input.cwd,
      env: env.all(),
      stdin: JSON.stringify(input),
      timeoutMs: handler.timeoutMs,
    }, signal);
    return hookVerdict(handler.event, end, handler.timeoutMs);
  } catch (error) {
    // Every hook that was shown to run is shown to end, then the turn is told.
    if (signal.aborted) return INTERRUPTED;
    throw error;
  }
}

/** The user's own shell reads the command, so what works in a terminal works here. */
function shellCommand(
  command: string,
  shell: string | undefined,
  os: Platform["host"]["os"],
): readonly string[] {
  return os === "windows"
    ? ["cmd.exe", "/C", command]
    : [shell || "/bin/sh", "-lc", command];
}

const EVENT_IDS: Readonly<Record<HookEvent, string>> = {
  SessionStart: "session-start",
  UserPromptSubmit: "user-prompt-submit",
  PreToolUse: "pre-tool-use",
  PermissionRequest: "permission-request",
  PostToolUse: "post-tool-use",
  Stop: "stop",
};

function startedRun(
  handler: HookHandler,
  { callId }: HookCall,
  startedMs: number,
): HookRun {
  const { event, displayOrder, sourcePath, source } = handler;
  const call = callId === undefined ? [] : [callId];
  return {
    id: [EVENT_IDS[event], displayOrder, sourcePath, ...call].join(":"),
    eventName: uncapitalized(event),
    handlerType: "command",
    executionMode: "sync",
    scope: event === "SessionStart" ? "thread" : "turn",
    sourcePath,
    source,
    displayOrder,
    status: "running",
    statusMessage: handler.statusMessage ?? null,
    startedAt: seconds(startedMs),
    completedAt: null,
    durationMs: null,
    entries: [],
  };
}

function uncapitalized(event: HookEvent): Uncapitalize<HookEvent> {
  const name = event.charAt(0).toLowerCase() + event.slice(1);
  // Exactly what this type of a name is.
  return name as Uncapitalize<HookEvent>;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
