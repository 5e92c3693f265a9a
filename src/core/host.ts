/**
 * The agent in this process: starts threads and continues stored ones.
 */
import { CodexError } from "@/protocol/errors.ts";
import type {
  ThreadHost,
  ThreadOptions,
  ThreadSelector,
} from "@/protocol/host.ts";
import { readRollout, type StoredThread } from "@/state/rollout_reader.ts";
import { findByName, findLatest, findSession } from "@/state/sessions.ts";
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
  };
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
