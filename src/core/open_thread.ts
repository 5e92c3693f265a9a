/**
 * Opens a thread: reads what it needs, builds its parts once and hands each only what
 * it uses. New threads, continued ones and agents all begin here.
 */
import { PendingAnswers } from "@/async/pending_answers.ts";
import { TimeHold } from "@/async/time_hold.ts";
import { AsyncQueue } from "@/async/queue.ts";
import type { Config } from "@/config/config.ts";
import type { RuleSet } from "@/exec-policy/rule.ts";
import type { ModelClient } from "@/model/model.ts";
import type { Platform } from "@/platform/platform.ts";
import type { DynamicToolSpec } from "@/protocol/dynamic_tools.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import { type ThreadId, uuidV7 } from "@/protocol/ids.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Sandbox } from "@/sandbox/sandbox.ts";
import type { WriteCheck } from "@/sandbox/writable.ts";
import type { StoredThread } from "@/state/rollout_reader.ts";
import {
  createRolloutWriter,
  ephemeralWriter,
} from "@/state/rollout_writer.ts";
import { rolloutPath } from "@/state/sessions.ts";
import { ApprovalBroker } from "./approvals/broker.ts";
import { CommandRules } from "./approvals/command_rules.ts";
import { CurrentSettings } from "./current_settings.ts";
import { ExecSessions } from "./exec_sessions.ts";
import basePrompt from "./prompts/base.md" with { type: "text" };
import { buildRequest, withoutTools } from "./request.ts";
import { hasEnabledServers } from "./settings.ts";
import type { ThreadServers } from "./server_tools.ts";
import { readSurroundings, type Surroundings } from "./surroundings.ts";
import { Thread } from "./thread.ts";
import { createThreadAgents } from "./thread_agents.ts";
import { placeRecord, type ThreadPlace } from "./thread_place.ts";
import {
  type Conversation,
  type NewThread,
  ThreadState,
} from "./thread_state.ts";
import { loadHooks } from "./turn_hooks.ts";
import { loadNotice, type TurnNotice } from "./turn_notice.ts";
import type { TurnEnvironment } from "./turn_environment.ts";

/** Events that may wait for a slow front end before the turn waits for it. */
const EVENTS_MAX = 256;

export interface HostPorts {
  readonly platform: Platform;
  readonly config: Config;
  readonly model: ModelClient;
  readonly sandbox: Sandbox;
  readonly writeCheck: WriteCheck;
  readonly approvalPolicy: ApprovalPolicy;
  /** The rules of the rule files. */
  readonly rules: RuleSet;
  /** What started the thread, as the rollout keeps it: `exec`, `cli`. */
  readonly source: string;
  readonly originator: string;
  /** Keep nothing on disk. */
  readonly isEphemeral: boolean;
  /** The configuration as it is now, where servers may be read anew while it runs. */
  readonly reloadConfig?: (() => Promise<Config>) | undefined;
}

/** What is special about one thread. */
export interface ThreadSpec {
  readonly config: Config;
  readonly choices: TurnChoices;
  readonly source: string;
  readonly place: ThreadPlace;
  /** The thread to go on with. */
  readonly stored?: StoredThread;
  /** The conversation a new thread begins with. */
  readonly fork?: Fork;
  /** In place of the configured instructions. */
  readonly instructions?: string;
  /** Tools the client brought; a stored thread has its own. */
  readonly dynamicTools?: readonly DynamicToolSpec[];
  /** Servers another thread owns; without them it starts its own. */
  readonly servers?: ThreadServers;
}

export interface Fork extends Conversation {
  readonly from: ThreadId;
}

export async function openThread(
  ports: HostPorts,
  spec: ThreadSpec,
  signal: AbortSignal,
): Promise<Thread> {
  const { platform } = ports;
  const { config, stored, place } = spec;
  const startedMs = platform.clock.now();
  const id = stored?.meta.id ?? uuidV7(startedMs, platform.random.bytes(10));
  const events = new AsyncQueue<ThreadEvent>(EVENTS_MAX);
  const emit = (event: ThreadEvent) => events.push(event);
  const path = ports.isEphemeral
    ? undefined
    : stored?.path ?? rolloutPath(config.codexHome, id, startedMs);
  const settings = new CurrentSettings(config, spec.choices, place);
  const [surroundings, hooks, program] = await Promise.all([
    readSurroundings(
      platform,
      config,
      settings.freeze().settings.contextWindow,
    ),
    loadHooks({
      platform,
      config,
      threadId: id,
      transcriptPath: path,
      source: stored === undefined ? "startup" : "resume",
      emit,
    }),
    loadNotice({
      platform,
      config,
      threadId: id,
      client: `codex_${ports.source}`,
      emit,
    }, place),
  ]);
  const state = openState({ ports, spec, surroundings, path }, id, startedMs);
  const notes = await openNotes({ ports, spec, surroundings, settings, state });
  const notices = [program, notes].filter((notice) => notice !== undefined);
  const sessions = new ExecSessions({
    clock: platform.clock,
    random: platform.random,
    emit,
  });
  const broker = new ApprovalBroker(
    emit,
    hooks && (({ at, call }, signal) => hooks.permission(at, call, signal)),
  );
  const toolTime = new TimeHold();
  // Last, because nothing may fail between starting processes and owning them.
  const { own, reload } = spec.servers === undefined
    ? await openServers(ports, { config, settings, toolTime, emit }, signal)
    : NO_SERVERS;
  const servers = spec.servers ?? own;
  const agents = createThreadAgents({
    host: ports,
    spec,
    threadId: id,
    state,
    servers,
    emit,
    open: (agent) => openThread(ports, agent, signal),
    note: (item) => thread.note(item),
  });
  const environment: TurnEnvironment = {
    ...surroundings,
    platform,
    config,
    model: ports.model,
    writeCheck: ports.writeCheck,
    servers,
    hooks,
    notices,
    agents,
    questions: new PendingAnswers("question"),
    permissions: new PendingAnswers("permissions"),
    dynamicTools: spec.dynamicTools ?? stored?.meta.dynamic_tools ?? [],
    dynamicCalls: new PendingAnswers("tool"),
    place,
    originator: ports.originator,
    emit,
    guard: {
      threadId: id,
      environmentPolicy: config.shellEnvironmentPolicy,
      env: platform.env,
      files: platform.files,
      sandbox: ports.sandbox,
      sessions,
      broker,
      log: platform.log,
      rules: new CommandRules({
        files: platform.files,
        codexHome: config.codexHome,
        rules: ports.rules,
        shell: surroundings.shell,
        warn: (message) => emit({ type: "warning", message }),
      }),
      emit,
    },
  };
  const thread = new Thread({
    info: threadInfo(
      { ports, spec, surroundings, path },
      settings,
      { id, startedMs },
    ),
    state,
    settings,
    broker,
    agents,
    sessions,
    events,
    owned: [sessions, own, ...notices].filter((part) => part !== undefined),
    mcp: servers && {
      readResource: (server, uri, end) =>
        servers.readResource(server, uri, end),
      callTool: (call, end) => servers.callTool(call, id, end),
    },
    reloadServers: reload,
    toolTime,
    sandboxMechanism: async () =>
      (await ports.sandbox.status(signal)).description,
    environment,
    async review(op, { settings: frozen }, reviewSignal) {
      const { conductReview } = await import("./review/conduct_review.ts");
      const unkept = { ...ports, isEphemeral: true };
      const open = (review: Omit<ThreadSpec, "source">) =>
        openThread(unkept, { ...review, source: spec.source }, signal);
      const review = { environment, state, settings: frozen, open };
      await conductReview(review, op, reviewSignal);
    },
  }, signal);
  return thread;
}

/** Notes for later sessions: only of a kept thread of the user's own, and if asked for. */
async function openNotes(thread: {
  readonly ports: HostPorts;
  readonly spec: ThreadSpec;
  readonly surroundings: Surroundings;
  readonly settings: CurrentSettings;
  readonly state: ThreadState;
}): Promise<TurnNotice | undefined> {
  const { ports, spec: { config, place }, state } = thread;
  const isKept = !ports.isEphemeral && place.depth === 0;
  if (!config.memories.isWritten || !isKept) return undefined;
  const { MemoryNotes } = await import("./memory_notes.ts");
  return new MemoryNotes({
    platform: ports.platform,
    config,
    model: ports.model,
    threadId: state.id,
    isWanted: () => state.memoryMode === "enabled",
    history: () => state.history.items,
    request(turnId, input) {
      const { settings } = thread.settings.freeze();
      const request = withoutTools(buildRequest({
        ...thread.surroundings,
        settings,
        threadId: state.id,
        turnId,
        place,
        compactions: state.compactions,
        instructions: state.instructions,
        tools: [],
        originator: ports.originator,
        outputSchema: undefined,
      }, input));
      const { extractModel } = config.memories;
      return extractModel === undefined
        ? request
        : { ...request, model: extractModel };
    },
  });
}

interface OpenServers {
  readonly own: ThreadServers | undefined;
  reload(): void;
}

/** There is nothing to read anew, or another thread does. */
const NO_SERVERS: OpenServers = { own: undefined, reload() {} };

/** The thread's MCP servers; their client is not loaded for a thread without any. */
async function openServers(
  { platform, reloadConfig }: HostPorts,
  thread: {
    readonly config: Config;
    readonly settings: CurrentSettings;
    readonly toolTime: TimeHold;
    emit(event: ThreadEvent): Promise<void>;
  },
  signal: AbortSignal,
): Promise<OpenServers> {
  const { settings, toolTime, emit } = thread;
  const start = async (config: Config, lifetime: AbortSignal) => {
    if (!hasEnabledServers(config)) return undefined;
    const { startThreadServers } = await import("./mcp/thread_servers.ts");
    return await startThreadServers({
      platform,
      config,
      toolTime,
      emit,
      approvalPolicy: () => settings.freeze().settings.approvalPolicy,
    }, lifetime);
  };
  const own = await start(thread.config, signal);
  if (reloadConfig === undefined) return { ...NO_SERVERS, own };
  const { ReloadableServers } = await import("./reloadable_servers.ts");
  const servers = new ReloadableServers(
    { config: reloadConfig, start, emit },
    own,
    signal,
  );
  return { own: servers, reload: () => servers.reload() };
}

interface Opening {
  readonly ports: HostPorts;
  readonly spec: ThreadSpec;
  readonly surroundings: Surroundings;
  /** The thread's file; undefined when it is not kept. */
  readonly path: string | undefined;
}

function openState(
  opening: Opening,
  id: ThreadId,
  startedMs: number,
): ThreadState {
  const { ports, spec, path } = opening;
  const { config, stored, fork } = spec;
  const start: NewThread = {
    id,
    instructions: stored?.meta.base_instructions?.text ??
      spec.instructions ??
      config.modelInstructions ??
      basePrompt.trim(),
    meta: sessionMeta(opening, id, startedMs),
    writer: path === undefined
      ? ephemeralWriter
      : createRolloutWriter(ports.platform, path),
  };
  if (stored !== undefined) return ThreadState.resume(start, stored);
  return fork === undefined
    ? ThreadState.create(start)
    : ThreadState.fork(start, fork);
}

function sessionMeta(
  { ports, spec, surroundings: { git } }: Opening,
  id: ThreadId,
  startedMs: number,
): SessionMeta {
  const { config, place, source, fork } = spec;
  return {
    id,
    ...(fork === undefined ? {} : { forked_from_id: fork.from }),
    timestamp: new Date(startedMs).toISOString(),
    cwd: config.cwd,
    originator: ports.originator,
    cli_version: VERSION,
    ...placeRecord(place, source),
    model_provider: config.provider.id,
    base_instructions: {
      text: spec.instructions ?? config.modelInstructions ?? basePrompt.trim(),
    },
    ...(spec.dynamicTools === undefined
      ? {}
      : { dynamic_tools: spec.dynamicTools }),
    ...(git === undefined ? {} : {
      git: {
        ...(git.commit === undefined ? {} : { commit_hash: git.commit }),
        ...(git.branch === undefined ? {} : { branch: git.branch }),
        ...(git.originUrl === undefined
          ? {}
          : { repository_url: git.originUrl }),
      },
    }),
  };
}

function threadInfo(
  opening: Opening,
  current: CurrentSettings,
  begun: { readonly id: ThreadId; readonly startedMs: number },
): ThreadInfo {
  const { config } = opening.spec;
  const { settings } = current.freeze();
  return {
    id: begun.id,
    record: threadRecord(opening, settings.cwd, begun),
    instructionSources: opening.surroundings.projectDocs.sources,
    cwd: settings.cwd,
    model: settings.model.name,
    provider: config.provider.id,
    approvalPolicy: settings.approvalPolicy,
    sandboxPolicy: settings.sandboxPolicy,
    ...(config.reasoningEffort === undefined
      ? {}
      : { reasoningEffort: config.reasoningEffort }),
    ...(config.reasoningSummary === undefined
      ? {}
      : { reasoningSummary: config.reasoningSummary }),
  };
}

function threadRecord(
  { ports, spec, surroundings, path }: Opening,
  cwd: string,
  { id, startedMs }: { readonly id: ThreadId; readonly startedMs: number },
): ThreadRecord {
  const { stored, fork, place } = spec;
  const { git } = surroundings;
  const placed = placeRecord(place, ports.source);
  const createdAtMs = Date.parse(stored?.meta.timestamp ?? "");
  const forkedFromId = fork?.from ?? stored?.meta.forked_from_id;
  return {
    id,
    preview: stored?.preview ?? "",
    cwd,
    modelProvider: spec.config.provider.id,
    createdAtMs: Number.isNaN(createdAtMs) ? startedMs : createdAtMs,
    updatedAtMs: startedMs,
    ...(path === undefined ? {} : { path }),
    cliVersion: VERSION,
    source: placed.source,
    ...(git === undefined ? {} : {
      git: {
        ...(git.commit === undefined ? {} : { sha: git.commit }),
        ...(git.branch === undefined ? {} : { branch: git.branch }),
        ...(git.originUrl === undefined ? {} : { originUrl: git.originUrl }),
      },
    }),
    ...(forkedFromId === undefined ? {} : { forkedFromId }),
    ...(placed.agent_nickname === undefined
      ? {}
      : { agentNickname: placed.agent_nickname }),
    ...(placed.agent_role === undefined
      ? {}
      : { agentRole: placed.agent_role }),
  };
}
