/**
 * What the terminal UI is offered when its agent is in an app-server: threads are the
 * server's; the login and the configuration of this machine have no part in them.
 */
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import type { AgentServices, OpenThread } from "@/protocol/services.ts";
import type { RemoteHost } from "@/remote/host.ts";
import type { TuiPorts } from "@/tui/ports.ts";

/** @param local what is of this machine: models, and what is refused */
export function remoteServices(
  local: AgentServices,
  host: RemoteHost,
): AgentServices {
  const open = async (handle: Promise<ThreadHandle>): Promise<OpenThread> => {
    const opened = await handle;
    return { handle: opened, warnings: [], close: () => opened.close() };
  };
  return {
    ...local,
    stored: host.stored,
    threads: {
      start: (request, signal) => open(host.startThread(request, signal)),
      resume: (id, request, signal) =>
        open(host.resumeThread({ kind: "id", id }, request, signal)),
      fork: (id, request, signal) => open(host.forkThread(id, request, signal)),
    },
    settings: {
      ...local.settings,
      // Skills lie on the server's machine and are found there.
      skills: () => Promise.resolve({ skills: [], errors: [] }),
    },
    fileSearch: {
      open: () => ({
        // deno-lint-ignore require-yield -- there is nothing to find
        async *query() {
          throw elsewhere("Cannot look for files");
        },
        close: () => Promise.resolve(),
      }),
    },
  };
}

/** What would look at the wrong machine, refused. */
export function remotePorts(ports: TuiPorts): TuiPorts {
  const refused = (attempt: string) => () => Promise.reject(elsewhere(attempt));
  return {
    ...ports,
    gitBranch: () => Promise.resolve(undefined),
    gitDiff: refused("Cannot show changes"),
    gitBranches: refused("Cannot list branches"),
    gitCommits: refused("Cannot list commits"),
    exists: refused("Cannot look for files"),
    sandboxMechanism: () =>
      Promise.resolve({
        isConfined: true,
        text: "the app server's own configuration",
      }),
  };
}

function elsewhere(attempt: string): CodexError {
  return new CodexError(
    "unsupported",
    `${attempt}: with --remote they are on the app server's machine; ask the agent`,
  );
}
