/**
 * The agent in this process: starts threads, continues and copies stored ones.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type {
  ThreadHost,
  ThreadOptions,
  ThreadSelector,
} from "@/protocol/host.ts";
import { uuidV7 } from "@/protocol/ids.ts";
import { VERSION } from "@/protocol/version.ts";
import { readRollout, type StoredThread } from "@/state/rollout_reader.ts";
import {
  findByName,
  findLatest,
  findSession,
  rolloutPath,
  type SessionFile,
} from "@/state/sessions.ts";
import { type HostPorts, openThread, type ThreadSpec } from "./open_thread.ts";

/** The agent behind the ThreadHost interface. */
export function createHost(ports: HostPorts): ThreadHost {
  const { config, source, approvalPolicy } = ports;
  const specOf = (options: ThreadOptions): ThreadSpec => ({
    config: options.developerInstructions === undefined
      ? config
      : { ...config, developerInstructions: options.developerInstructions },
    source,
    choices: { approvalPolicy, ...options.choices },
    place: { depth: 0 },
    ...(options.instructions === undefined
      ? {}
      : { instructions: options.instructions }),
    ...(options.dynamicTools === undefined
      ? {}
      : { dynamicTools: options.dynamicTools }),
  });
  return {
    startThread: (options, signal) =>
      openThread(ports, specOf(options), signal),
    async resumeThread(selector, options, signal) {
      const stored = await findStored(ports, selector);
      return await openThread(ports, { ...specOf(options), stored }, signal);
    },
    async forkThread(from, options, signal) {
      const parent = await findStored(ports, { kind: "id", id: from });
      const spec = specOf(options);
      const fork = ports.isEphemeral
        ? { ...spec, ...unkeptFork(parent, options) }
        : { ...spec, stored: await keptFork(ports, parent, options) };
      return await openThread(ports, fork, signal);
    },
  };
}

/** A fork nobody will read back needs the conversation only. */
function unkeptFork(
  { meta, history, lastContext }: StoredThread,
  options: ThreadOptions,
): Pick<ThreadSpec, "fork" | "instructions"> {
  const instructions = options.instructions ?? meta.base_instructions?.text;
  return {
    fork: { from: meta.id, history, lastContext },
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** The whole record is copied, so that its turns can be shown, and rolled back. */
async function keptFork(
  { platform, config, originator, source }: HostPorts,
  parent: StoredThread,
  { instructions }: ThreadOptions,
): Promise<StoredThread> {
  const startedMs = platform.clock.now();
  const id = uuidV7(startedMs, platform.random.bytes(10));
  const to = rolloutPath(config.codexHome, id, startedMs);
  // Who an agent was is no business of a thread that was copied from it.
  const { agent_nickname: _, agent_role: __, ...meta } = parent.meta;
  const { forkRollout } = await import("@/state/fork_rollout.ts");
  await forkRollout(platform, {
    from: parent.path,
    to,
    meta: {
      ...meta,
      id,
      forked_from_id: parent.meta.id,
      timestamp: new Date(startedMs).toISOString(),
      cwd: config.cwd,
      originator,
      source,
      cli_version: VERSION,
      model_provider: config.provider.id,
      ...(instructions === undefined
        ? {}
        : { base_instructions: { text: instructions } }),
    },
  });
  return await read(platform.files, to);
}

async function findStored(
  ports: HostPorts,
  selector: ThreadSelector,
): Promise<StoredThread> {
  const { files } = ports.platform;
  const { codexHome, cwd } = ports.config;
  const session = selector.kind === "id"
    ? await findSession(files, codexHome, selector.id)
    : await search(ports, selector);
  if (session === undefined) {
    throw new CodexError("not_found", notFoundText(selector, cwd));
  }
  return await read(files, session.path);
}

/** The index, where there is one, saves reading every rollout that is looked at. */
async function search(
  { platform, config }: HostPorts,
  selector: Exclude<ThreadSelector, { kind: "id" }>,
): Promise<SessionFile | undefined> {
  const { codexHome, sqliteHome, provider, cwd } = config;
  const filter = selector.anyDirectory
    ? { provider: provider.id }
    : { provider: provider.id, cwd };
  const { openKnownSessions } = await import("@/state/known_sessions.ts");
  const known = await openKnownSessions({ ...platform, sqliteHome }, codexHome);
  try {
    const places = { files: platform.files, codexHome, known };
    return selector.kind === "name"
      ? await findByName(places, selector.name, filter)
      : await findLatest(places, filter);
  } finally {
    known?.close();
  }
}

async function read(files: FileSystem, path: string): Promise<StoredThread> {
  const stored = await readRollout(files, path);
  if (stored !== undefined) return stored;
  throw new CodexError(
    "not_found",
    `Cannot resume "${path}": its first line cannot be read, so it is no thread`,
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
