/**
 * The agent in this process: starts threads and continues stored ones. It builds what
 * a thread needs once and hands each part only what it uses.
 */
import { AsyncQueue } from "@/async/queue.ts";
import type { Config } from "@/config/config.ts";
import type { RuleSet } from "@/exec-policy/rule.ts";
import type { ModelClient } from "@/model/model.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type {
  ThreadHandle,
  ThreadHost,
  ThreadInfo,
  ThreadSelector,
} from "@/protocol/host.ts";
import { type ThreadId, uuidV4, uuidV7 } from "@/protocol/ids.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import { VERSION } from "@/protocol/version.ts";
import type { Sandbox } from "@/sandbox/sandbox.ts";
import type { WriteCheck } from "@/sandbox/writable.ts";
import { readRollout, type StoredThread } from "@/state/rollout_reader.ts";
import {
  createRolloutWriter,
  ephemeralWriter,
} from "@/state/rollout_writer.ts";
import {
  findByName,
  findLatest,
  findSession,
  rolloutPath,
} from "@/state/sessions.ts";
import { ApprovalBroker } from "./approvals/broker.ts";
import { CommandRules } from "./approvals/command_rules.ts";
import { CurrentSettings } from "./current_settings.ts";
import { ExecSessions } from "./exec_sessions.ts";
import { type GitInfo, readGitInfo } from "./git_info.ts";
import { readProjectDocs } from "./project_docs.ts";
import basePrompt from "./prompts/base.md" with { type: "text" };
import type { ThreadServers } from "./server_tools.ts";
import { hasEnabledServers } from "./settings.ts";
import { Thread } from "./thread.ts";
import { type NewThread, ThreadState } from "./thread_state.ts";

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
}

/** The agent behind the ThreadHost interface. */
export function createHost(ports: HostPorts): ThreadHost {
  return {
    startThread: (signal) => startThread(ports, undefined, signal),
    async resumeThread(selector, signal) {
      const stored = await findStored(ports, selector);
      return await startThread(ports, stored, signal);
    },
  };
}

async function startThread(
  ports: HostPorts,
  stored: StoredThread | undefined,
  signal: AbortSignal,
): Promise<ThreadHandle> {
  const { platform, config, approvalPolicy } = ports;
  const settings = new CurrentSettings(config, { approvalPolicy });
  const startedMs = platform.clock.now();
  const id = stored?.meta.id ?? uuidV7(startedMs, platform.random.bytes(10));
  const [git, projectDocs, installationId, timezone] = await Promise
    .all([
      readGitInfo(platform.files, config.cwd),
      readProjectDocs(platform.files, config),
      readInstallationId(ports),
      readTimezone(platform),
    ]);
  const start: NewThread = {
    id,
    instructions: stored?.meta.base_instructions?.text ??
      config.modelInstructions ??
      basePrompt.trim(),
    meta: sessionMeta(ports, id, startedMs, git),
    writer: writerFor(ports, id, startedMs, stored),
  };
  const state = stored === undefined
    ? ThreadState.create(start)
    : ThreadState.resume(start, stored);

  const events = new AsyncQueue<ThreadEvent>(EVENTS_MAX);
  const emit = (event: ThreadEvent) => events.push(event);
  const sessions = new ExecSessions({
    clock: platform.clock,
    random: platform.random,
    emit,
  });
  const broker = new ApprovalBroker(emit);
  const shell = userShell(platform);
  // Last, because nothing may fail between starting processes and owning them.
  const servers = await startServers(ports, settings, emit, signal);
  return new Thread({
    info: threadInfo(ports, settings, id),
    state,
    settings,
    sessions,
    broker,
    events,
    sandboxMechanism: async () =>
      (await ports.sandbox.status(signal)).description,
    environment: {
      platform,
      config,
      model: ports.model,
      writeCheck: ports.writeCheck,
      servers,
      installationId,
      originator: ports.originator,
      git,
      projectDocs,
      shell,
      timezone,
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
          shell,
          warn: (message) => emit({ type: "warning", message }),
        }),
        emit,
      },
    },
  }, signal);
}

/** The thread's MCP servers; their client is not loaded for a thread without any. */
async function startServers(
  { platform, config }: HostPorts,
  settings: CurrentSettings,
  emit: (event: ThreadEvent) => Promise<void>,
  signal: AbortSignal,
): Promise<ThreadServers | undefined> {
  if (!hasEnabledServers(config)) return undefined;
  const { startThreadServers } = await import("./mcp/thread_servers.ts");
  return await startThreadServers({
    platform,
    config,
    approvalPolicy: () => settings.freeze().settings.approvalPolicy,
    emit,
  }, signal);
}

function threadInfo(
  ports: HostPorts,
  current: CurrentSettings,
  id: ThreadId,
): ThreadInfo {
  const { config } = ports;
  const { settings } = current.freeze();
  return {
    id,
    cwd: config.cwd,
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

function sessionMeta(
  ports: HostPorts,
  id: ThreadId,
  startedMs: number,
  git: GitInfo | undefined,
): SessionMeta {
  const { config } = ports;
  return {
    id,
    timestamp: new Date(startedMs).toISOString(),
    cwd: config.cwd,
    originator: ports.originator,
    cli_version: VERSION,
    source: ports.source,
    model_provider: config.provider.id,
    base_instructions: { text: config.modelInstructions ?? basePrompt.trim() },
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

function writerFor(
  ports: HostPorts,
  id: ThreadId,
  startedMs: number,
  stored: StoredThread | undefined,
) {
  if (ports.isEphemeral) return ephemeralWriter;
  const path = stored?.path ??
    rolloutPath(ports.config.codexHome, id, startedMs);
  return createRolloutWriter(ports.platform, path);
}

async function findStored(
  ports: HostPorts,
  selector: ThreadSelector,
): Promise<StoredThread> {
  const { files } = ports.platform;
  const { codexHome, provider, cwd } = ports.config;
  const filter = (anyDirectory: boolean) =>
    anyDirectory ? { provider: provider.id } : { provider: provider.id, cwd };
  const session = selector.kind === "id"
    ? await findSession(files, codexHome, selector.id)
    : selector.kind === "name"
    ? await findByName(
      files,
      codexHome,
      selector.name,
      filter(selector.anyDirectory),
    )
    : await findLatest(files, codexHome, filter(selector.anyDirectory));
  if (session === undefined) {
    throw new CodexError("not_found", notFoundText(selector, cwd));
  }
  const stored = await readRollout(files, session.path);
  if (stored !== undefined) return stored;
  throw new CodexError(
    "not_found",
    `Cannot resume "${session.path}": its first line cannot be read, so it is no thread`,
  );
}

function notFoundText(selector: ThreadSelector, cwd: string): string {
  switch (selector.kind) {
    case "id":
      return `no rollout found for thread id ${selector.id}`;
    case "name":
      return `no thread named "${selector.name}" was found${
        selector.anyDirectory
          ? ""
          : ` in "${cwd}"; --all looks in every directory`
      }`;
    case "last":
      return `no earlier thread was found${
        selector.anyDirectory
          ? ""
          : ` in "${cwd}"; --all looks in every directory`
      }`;
  }
}

/** A random id of this installation, made once. */
async function readInstallationId(
  { platform, config }: HostPorts,
): Promise<string> {
  const path = `${config.codexHome}/installation_id`;
  const known = (await platform.files.readTextIfExists(path))?.trim();
  if (known) return known;
  const id = uuidV4(platform.random.bytes(16));
  await platform.files.makeDirectory(config.codexHome, 0o700);
  await platform.files.replaceFile(path, id, 0o600);
  return id;
}

/** The time zone's name, as `TZ` or the system's link says; Intl would cost 10 ms. */
async function readTimezone(platform: Platform): Promise<string> {
  const variable = platform.env.get("TZ")?.replace(/^:/, "");
  if (variable) return variable;
  const link = await platform.files.realPath("/etc/localtime");
  return /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(link ?? "")?.[1] ??
    "Etc/UTC";
}

function userShell(platform: Platform): string {
  const { os } = platform.host;
  if (os === "windows") return "powershell.exe";
  const shell = platform.env.get("SHELL");
  const name = shell?.slice(shell.lastIndexOf("/") + 1);
  const isKnown = name !== undefined && ["bash", "zsh", "sh"].includes(name);
  return isKnown && shell?.startsWith("/") ? resolvePath(shell) : "/bin/bash";
}
