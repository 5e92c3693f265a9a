/**
 * The only way a command starts: decide what it needs, ask if it must be asked about,
 * confine it, run it. Every path that does not end in a confined or approved process
 * ends in a refusal the model reads.
 */
import { shellEnvironment } from "@/config/shell_environment.ts";
import type { ShellEnvironmentPolicy } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import {
  type Environment,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { Sandbox } from "@/sandbox/sandbox.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import type { CommandOutcome, CommandRequest } from "@/tools/tool.ts";
import type { ExecSession } from "../exec_session.ts";
import type { ExecSessions } from "../exec_sessions.ts";
import type { ThreadSettings } from "../settings.ts";
import type { ApprovalBroker } from "./broker.ts";
import { commandRequirement } from "./requirement.ts";

export interface GuardPorts {
  readonly threadId: ThreadId;
  readonly settings: ThreadSettings;
  readonly environmentPolicy: ShellEnvironmentPolicy;
  readonly env: Environment;
  readonly files: FileSystem;
  readonly sandbox: Sandbox;
  readonly sessions: ExecSessions;
  readonly broker: ApprovalBroker;
  emit(event: ThreadEvent): Promise<void>;
}

export interface GuardedCommand {
  readonly turnId: TurnId;
  readonly itemId: string;
  readonly request: CommandRequest;
}

/** What a refused command reports, whoever refused it. */
interface Refusal {
  readonly kind: "refused";
  readonly text: string;
}

type Clearance =
  | { readonly kind: "run"; readonly policy: SandboxPolicy }
  | Refusal;

/** Runs a command under guard, or says why it did not run. */
export async function runGuarded(
  ports: GuardPorts,
  command: GuardedCommand,
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const cwd = resolvePath(ports.settings.cwd, command.request.workdir ?? ".");
  if (!(await ports.files.stat(cwd))?.isDirectory) {
    return refused(`cannot use workdir "${cwd}": No such directory`);
  }
  const clearance = await clear(ports, command, cwd, signal);
  if (clearance.kind === "refused") {
    await reportDeclined(ports, command, cwd);
    return clearance;
  }
  const session = await start(ports, command, cwd, clearance.policy, signal);
  if ("kind" in session) return session;
  return await waitFor(ports, session, command.request, signal);
}

/** Decides, and asks the user when the decision is theirs. */
async function clear(
  ports: GuardPorts,
  { request, itemId }: GuardedCommand,
  cwd: string,
  signal: AbortSignal,
): Promise<Clearance> {
  const { approvalPolicy, sandboxPolicy } = ports.settings;
  const requirement = commandRequirement({
    approval: approvalPolicy,
    sandbox: sandboxPolicy,
    wantsEscalation: request.wantsEscalation,
    justification: request.justification,
  });
  switch (requirement.kind) {
    case "refuse":
      return refused(requirement.text);
    case "run":
      return { kind: "run", policy: sandboxPolicy };
    case "ask": {
      const subject = { kind: "command" as const, command: request.argv, cwd };
      const decision = await ports.broker.ask(
        { itemId, subject, reason: requirement.reason },
        signal,
      );
      if (decision.kind === "decline" || decision.kind === "cancel") {
        return refused("rejected by user");
      }
      return { kind: "run", policy: { type: "danger-full-access" } };
    }
  }
}

async function start(
  ports: GuardPorts,
  command: GuardedCommand,
  cwd: string,
  policy: SandboxPolicy,
  signal: AbortSignal,
): Promise<ExecSession | Refusal> {
  const { request, turnId, itemId } = command;
  try {
    const child = await ports.sandbox.spawn({
      argv: request.argv,
      cwd,
      env: commandEnvironment(ports, policy),
      policy,
      policyCwd: ports.settings.cwd,
      stdin: request.tty ? "terminal" : "null",
      mergeOutput: true,
    }, signal);
    return ports.sessions.start({
      child,
      turnId,
      itemId,
      command: quoteCommand(request.argv),
      cwd,
      acceptsInput: request.tty,
    });
  } catch (error) {
    if (error instanceof FileError) {
      return refused(`${request.argv[0]}: ${error.osText}`);
    }
    if (
      !(error instanceof CodexError) || error.code !== "sandbox_unavailable"
    ) throw error;
    // The run as a whole cannot count as a success when a command could not be confined.
    await ports.emit({
      type: "error",
      error: { code: error.code, message: error.message },
      willRetry: false,
    });
    return refused(error.message);
  }
}

/** Waits as the tool asked: to the end within a time limit, or for a while. */
async function waitFor(
  ports: GuardPorts,
  session: ExecSession,
  request: CommandRequest,
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const { timeoutMs } = request;
  const outcome = await ports.sessions.collect(
    session,
    timeoutMs ?? request.yieldMs,
    signal,
  );
  if (outcome.kind !== "running" || timeoutMs === undefined) return outcome;
  await ports.sessions.stop(session);
  return {
    kind: "exited",
    exitCode: 137,
    output: outcome.output + session.takeOutput(),
    wallMs: outcome.wallMs,
    timedOutAfterMs: outcome.wallMs,
  };
}

async function reportDeclined(
  ports: GuardPorts,
  command: GuardedCommand,
  cwd: string,
): Promise<void> {
  const item = {
    type: "commandExecution" as const,
    id: command.itemId,
    command: quoteCommand(command.request.argv),
    cwd,
    aggregatedOutput: "",
  };
  const { turnId } = command;
  await ports.emit({
    type: "itemStarted",
    turnId,
    item: { ...item, status: "inProgress" },
  });
  await ports.emit({
    type: "itemCompleted",
    turnId,
    item: { ...item, status: "declined", durationMs: 0 },
  });
}

/** What programs must know to behave without a person: no pagers, no colours. */
const TOOL_ENVIRONMENT: Readonly<Record<string, string>> = {
  NO_COLOR: "1",
  TERM: "dumb",
  LANG: "C.UTF-8",
  LC_CTYPE: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  COLORTERM: "",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GH_PAGER: "cat",
  CODEX_CI: "1",
};

function commandEnvironment(
  ports: GuardPorts,
  policy: SandboxPolicy,
): Readonly<Record<string, string>> {
  const hasNetwork = policy.type === "danger-full-access" ||
    policy.network_access;
  return {
    ...shellEnvironment(ports.environmentPolicy, ports.env.all()),
    ...TOOL_ENVIRONMENT,
    CODEX_THREAD_ID: ports.threadId,
    ...(hasNetwork ? {} : { CODEX_SANDBOX_NETWORK_DISABLED: "1" }),
  };
}

function refused(text: string): Refusal {
  return { kind: "refused", text };
}
