/** What guarded commands and patches need, with a sandbox that only pretends. */
import { ApprovalBroker, type StandIn } from "@/core/approvals/broker.ts";
import { CommandRules } from "@/core/approvals/command_rules.ts";
import { type GuardPorts, runGuarded } from "@/core/approvals/guarded_exec.ts";
import { ExecSessions } from "@/core/exec_sessions.ts";
import { applyPatchGuarded } from "@/core/patching.ts";
import type { ThreadSettings } from "@/core/settings.ts";
import { parseRules } from "@/exec-policy/parse.ts";
import { NO_RULES, type RuleSet } from "@/exec-policy/rule.ts";
import { fileSystemWriter } from "@/patch/apply.ts";
import { TurnDiff } from "@/patch/turn_diff.ts";
import type { ChildProcess, FileSystem } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";
import type { SandboxedCommand } from "@/sandbox/sandbox.ts";
import { createWriteCheck } from "@/sandbox/writable.ts";
import type { CommandOutcome, CommandRequest } from "@/tools/tool.ts";
import { FakeClock, NEVER } from "@test/support/fake_clock.ts";
import { memoryFiles } from "@test/support/memory_files.ts";

export const READ_ONLY: SandboxPolicy = {
  type: "read-only",
  network_access: false,
};
export const WORKSPACE: SandboxPolicy = {
  type: "workspace-write",
  writable_roots: [],
  network_access: false,
  exclude_tmpdir_env_var: true,
  exclude_slash_tmp: true,
};
export const FULL: SandboxPolicy = { type: "danger-full-access" };

/** How the pretended command ends under its policy. */
export type Behaviour = (
  command: SandboxedCommand,
) => { readonly output: string; readonly exitCode: number };

export interface RoomOptions {
  readonly approval?: ApprovalPolicy;
  readonly sandbox?: SandboxPolicy;
  /** The text of a rule file. */
  readonly rules?: string;
  readonly behaviour?: Behaviour;
  /** The answers to questions, in order; the last one goes on. */
  readonly answers?: readonly ApprovalDecision[];
  readonly files?: Readonly<Record<string, string>>;
  /** Answers before anyone is asked. */
  readonly standIn?: StandIn;
  /** Happens while a question waits. */
  readonly whileAsked?: (files: FileSystem) => Promise<void>;
}

export interface Room {
  readonly events: readonly ThreadEvent[];
  readonly spawned: readonly SandboxedCommand[];
  readonly files: FileSystem;
  readonly rules: CommandRules;
  run(script: string, more?: Partial<CommandRequest>): Promise<CommandOutcome>;
  patch(text: string): ReturnType<typeof applyPatchGuarded>;
  /** The questions asked so far. */
  questions(): readonly Extract<ThreadEvent, { type: "approvalRequested" }>[];
}

const TURN = "turn" as TurnId;

export function makeRoom(options: RoomOptions = {}): Room {
  const events: ThreadEvent[] = [];
  const spawned: SandboxedCommand[] = [];
  const answers = [...options.answers ?? [{ kind: "accept" } as const]];
  const files = roomFiles(options.files ?? {});
  const clock = new FakeClock();
  const emit = async (event: ThreadEvent) => {
    events.push(event);
    if (event.type !== "approvalRequested") return;
    await options.whileAsked?.(files);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer !== undefined) broker.answer(event.requestId, answer);
  };
  const broker = new ApprovalBroker(emit, options.standIn);
  const settings = {
    cwd: "/project",
    approvalPolicy: options.approval ?? "on-request",
    sandboxPolicy: options.sandbox ?? WORKSPACE,
    // deno-lint-ignore no-explicit-any -- the guard looks at nothing else
  } as any as ThreadSettings;
  const rules = new CommandRules({
    files,
    codexHome: "/home",
    rules: rulesOf(options.rules),
    shell: "/bin/bash",
    warn: (message) => emit({ type: "warning", message }),
  });
  const openWriter = async () => ({
    ...fileSystemWriter(files),
    close: async () => {},
  });
  const random = { bytes: (count: number) => new Uint8Array(count) };
  const guard: GuardPorts = {
    threadId: "thread" as ThreadId,
    settings,
    environmentPolicy: {
      inherit: "none",
      ignoreDefaultExcludes: false,
      exclude: [],
      set: {},
      includeOnly: [],
      useProfile: false,
    },
    env: { get: () => undefined, all: () => ({}) },
    files,
    sandbox: {
      status: () => Promise.reject(new Error("Nobody asks")),
      openWriter,
      spawn: async (command) => {
        spawned.push(command);
        const { output, exitCode } = options.behaviour?.(command) ??
          { output: "", exitCode: 0 };
        return fakeChild(output, exitCode);
      },
    },
    sessions: new ExecSessions({ clock, random, emit }),
    broker,
    rules,
    log: { error() {}, warn() {}, info() {}, debug() {} },
    emit,
  };
  return {
    events,
    spawned,
    files,
    rules,
    run: (script, more = {}) =>
      runGuarded(guard, {
        turnId: TURN,
        itemId: "call",
        request: {
          argv: ["/bin/bash", "-c", script],
          tty: false,
          wantsEscalation: false,
          yieldMs: Infinity,
          ...more,
        },
      }, NEVER),
    patch: (patch) =>
      applyPatchGuarded(
        {
          settings,
          tmpdir: undefined,
          files,
          clock,
          writeCheck: createWriteCheck(files, "/home"),
          sandbox: { openWriter },
          broker,
          turnDiff: new TurnDiff(undefined),
          emit,
        },
        { turnId: TURN, itemId: "call", patch },
        NEVER,
      ),
    questions: () =>
      events.filter((event) => event.type === "approvalRequested"),
  };
}

function rulesOf(text: string | undefined): RuleSet {
  if (text === undefined) return NO_RULES;
  const parsed = parseRules(text);
  if (parsed.kind === "ok") return parsed.rules;
  throw new Error(`line ${parsed.place.line}: ${parsed.message}`);
}

function roomFiles(given: Readonly<Record<string, string>>): FileSystem {
  const files = memoryFiles({
    "/project/README": "",
    "/home/config.toml": "",
    ...given,
  });
  const directory = {
    isFile: false,
    isDirectory: true,
    isSymlink: false,
    size: 0,
    modifiedMs: 0,
    mode: 0o755,
    inode: 1,
  };
  const isDirectory = (path: string) =>
    ["/", "/project", "/home"].includes(path);
  return {
    ...files,
    stat: async (path) =>
      isDirectory(path) ? directory : await files.stat(path),
    lstat: async (path) =>
      isDirectory(path) ? directory : await files.lstat(path),
  };
}

function fakeChild(output: string, exitCode: number): ChildProcess {
  const stream = (text: string) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        if (text !== "") controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  return {
    pid: 1,
    stdout: stream(output),
    stderr: stream(""),
    exit: Promise.resolve({ code: exitCode }),
    writeStdin: async () => {},
    closeStdin: async () => {},
    kill: () => {},
  };
}
