/**
 * The only way a command starts: decide what it needs, ask if it must be asked about,
 * confine it, run it. Every path that does not end in a confined or approved process
 * ends in a refusal the model reads.
 */
import { shellEnvironment } from "@/config/shell_environment.ts";
import type { ShellEnvironmentPolicy } from "@/config/config.ts";
import { proposePrefix } from "@/exec-policy/propose.ts";
import type { Argv } from "@/exec-policy/rule.ts";
import type { Log } from "@/platform/log.ts";
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
import { hasHostList } from "@/sandbox/policy.ts";
import type { NetworkGate } from "@/sandbox/proxy/serve.ts";
import type { Sandbox } from "@/sandbox/sandbox.ts";
import { quoteCommand } from "@/text/shell_quote.ts";
import { scriptOf } from "@/tools/shell_argv.ts";
import {
  type CommandOutcome,
  type CommandRequest,
  type HookedCall,
  hookedCommand,
} from "@/tools/tool.ts";
import type { ExecSession } from "../exec_session.ts";
import type { ExecSessions } from "../exec_sessions.ts";
import type { ThreadSettings } from "../settings.ts";
import type { ApprovalBroker } from "./broker.ts";
import type { CommandRules } from "./command_rules.ts";
import { looksDenied } from "./denial.ts";
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
  readonly rules: CommandRules;
  readonly log: Log;
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
  | {
    readonly kind: "run";
    readonly policy: SandboxPolicy;
    /** When the sandbox makes it fail, ask about running it without. */
    readonly mayRetry: boolean;
  }
  | Refusal;

/** What an approved or allowed command runs under. */
const UNCONFINED: SandboxPolicy = { type: "danger-full-access" };

/** Runs a command under guard, or says why it did not run. */
export async function runGuarded(
  ports: GuardPorts,
  command: GuardedCommand,
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const cwd = resolvePath(ports.settings.cwd, command.request.workdir ?? ".");
  const begun = await ports.sessions.inOrder((turn) =>
    begin(ports, command, { cwd, turn }, signal)
  );
  if (begun.kind === "refused") return begun;
  const outcome = await waitFor(ports, begun.session, command.request, signal);
  return begun.mayRetry && wasDenied(outcome)
    ? await retry(ports, command, cwd, outcome, signal)
    : outcome;
}

/** Where a command runs, and when it is its turn to be shown. */
interface Place {
  readonly cwd: string;
  readonly turn: Promise<void>;
}

type Begun =
  | {
    readonly kind: "begun";
    readonly session: ExecSession;
    readonly mayRetry: boolean;
  }
  | Refusal;

async function begin(
  ports: GuardPorts,
  command: GuardedCommand,
  place: Place,
  signal: AbortSignal,
): Promise<Begun> {
  const { cwd } = place;
  if (!(await ports.files.stat(cwd))?.isDirectory) {
    return refused(`cannot use workdir "${cwd}": No such directory`);
  }
  const clearance = await clear(ports, command, cwd, signal);
  if (clearance.kind === "refused") {
    await place.turn;
    await reportDeclined(ports, command, cwd);
    return clearance;
  }
  const session = await start(ports, command, place, clearance.policy, signal);
  return "kind" in session
    ? session
    : { kind: "begun", session, mayRetry: clearance.mayRetry };
}

/** Decides, and asks the user when the decision is theirs. */
async function clear(
  ports: GuardPorts,
  command: GuardedCommand,
  cwd: string,
  signal: AbortSignal,
): Promise<Clearance> {
  const { request } = command;
  const { approvalPolicy: approval, sandboxPolicy: sandbox } = ports.settings;
  const { wantsEscalation, justification, argv } = request;
  const facts = { approval, sandbox, wantsEscalation, justification };
  const verdict = await ports.rules.verdictIfNeeded(argv, facts);
  const requirement = commandRequirement({
    ...facts,
    verdict,
    command: quoteCommand(argv),
  });
  switch (requirement.kind) {
    case "refuse":
      return refused(requirement.text);
    case "run": {
      const { isSandboxed, mayRetry } = requirement;
      return {
        kind: "run",
        policy: isSandboxed ? sandbox : UNCONFINED,
        mayRetry,
      };
    }
    case "ask": {
      const { reason } = requirement;
      const asksFirst = approval === "untrusted" || wantsEscalation;
      const proposed = proposePrefix(
        verdict,
        request.prefixRule,
        (segment) => segment.isDangerous || (asksFirst && !segment.isKnownSafe),
      );
      const question = { cwd, reason, proposed };
      return await refusalOf(ports, command, question, signal) ??
        { kind: "run", policy: UNCONFINED, mayRetry: false };
    }
  }
}

interface Question {
  readonly cwd: string;
  readonly reason: string | undefined;
  readonly proposed: Argv | undefined;
}

/**
 * Asks about a command. Undefined when it may run; a prefix the user allows with it is
 * kept.
 */
async function refusalOf(
  ports: GuardPorts,
  { request, turnId, itemId }: GuardedCommand,
  { cwd, reason, proposed }: Question,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const subject = {
    kind: "command" as const,
    command: request.argv,
    cwd,
    ...(proposed === undefined ? {} : { proposedPrefix: proposed }),
  };
  const answer = await ports.broker.ask(
    {
      itemId,
      subject,
      reason,
      hooked: {
        at: { turnId, settings: ports.settings },
        call: { ...hookedRequest(request), id: itemId },
      },
    },
    signal,
  );
  switch (answer.kind) {
    case "acceptWithAmendment":
      await ports.rules.allowFromNowOn(answer.prefix);
      return undefined;
    case "accept":
    case "acceptForSession":
      return undefined;
    case "decline":
    case "cancel":
      return refused("rejected by user");
    case "refused":
      return refused(answer.text);
  }
}

/** The command as hooks are told of it: the script, not the shell that reads it. */
function hookedRequest({ argv, justification }: CommandRequest): HookedCall {
  const { name, input } = hookedCommand(scriptOf(argv) ?? quoteCommand(argv));
  return {
    name,
    input: {
      ...input,
      ...(justification === undefined ? {} : { description: justification }),
    },
  };
}

function wasDenied(
  outcome: CommandOutcome,
): outcome is CommandOutcome & { readonly kind: "exited" } {
  return outcome.kind === "exited" && outcome.timedOutAfterMs === undefined &&
    looksDenied(outcome.exitCode, outcome.output);
}

/** Offers to run a command again that the sandbox made fail, this time without. */
async function retry(
  ports: GuardPorts,
  command: GuardedCommand,
  cwd: string,
  failure: CommandOutcome & { readonly kind: "exited" },
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const { argv, prefixRule } = command.request;
  const verdict = await ports.rules.verdict(argv);
  const question = {
    cwd,
    reason: "command failed; retry without sandbox?",
    proposed: proposePrefix(verdict, prefixRule, () => true),
  };
  const refusal = await refusalOf(ports, command, question, signal);
  if (refusal !== undefined) {
    return refused(
      `${refusal.text}; inside the sandbox it ended with exit code ` +
        `${failure.exitCode}:\n${failure.output}`,
    );
  }
  // Another run is another item: the first one has ended and stays as it is.
  const again = { ...command, itemId: `${command.itemId}-retry` };
  const place = { cwd, turn: Promise.resolve() };
  const session = await start(ports, again, place, UNCONFINED, signal);
  if ("kind" in session) return session;
  return await waitFor(ports, session, again.request, signal);
}

async function start(
  ports: GuardPorts,
  command: GuardedCommand,
  { cwd, turn }: Place,
  policy: SandboxPolicy,
  signal: AbortSignal,
): Promise<ExecSession | Refusal> {
  const { request, turnId, itemId } = command;
  try {
    const gate = await networkGate(ports, command, policy);
    const child = await ports.sandbox.spawn({
      argv: request.argv,
      cwd,
      env: commandEnvironment(ports, policy),
      policy,
      policyCwd: ports.settings.cwd,
      stdin: request.tty ? "terminal" : "null",
      mergeOutput: true,
      owner: ports.threadId,
      ...(gate === undefined ? {} : { networkGate: gate }),
    }, signal);
    // Commands start side by side and are shown in the order they were asked for.
    await turn;
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

/** Who decides about hosts, for a command whose policy lists some. */
async function networkGate(
  ports: GuardPorts,
  { itemId, request }: GuardedCommand,
  policy: SandboxPolicy,
): Promise<NetworkGate | undefined> {
  if (!hasHostList(policy)) return undefined;
  const { commandGate } = await import("./command_gate.ts");
  return commandGate(ports, { itemId, argv: request.argv, policy });
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
    policy.network_access || hasHostList(policy);
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
