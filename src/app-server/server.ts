/** What all connections of one server share: the threads, and one table of handlers. */
import type { Platform } from "@/platform/platform.ts";
import { uuidV7 } from "@/protocol/ids.ts";
import type { AgentServices } from "@/protocol/services.ts";
import { createHandlers } from "./handlers.ts";
import { FileSearches } from "./file_searches.ts";
import { FileWatches } from "./file_watches.ts";
import { Logins } from "./logins.ts";
import { McpLogins } from "./mcp_logins.ts";
import type { Notification } from "./projection.ts";
import { Session, type SessionPorts } from "./session.ts";
import { ThreadTable } from "./thread_table.ts";

/** The parts of the machine a server needs, whatever it listens on. */
export type ServerPlatform = Pick<
  Platform,
  "terminal" | "clock" | "random" | "signals" | "log" | "host"
>;

export interface AgentServer {
  readonly threads: ThreadTable;
  /** Ends all threads, and what else is under way. */
  close(): Promise<void>;
  /** A connection whose frames are written by `write`, which rejects at its end. */
  connect(client: Pick<SessionPorts, "write" | "transport">): Session;
  /** Ends a session, and the threads nobody watches without it. */
  disconnect(session: Session): Promise<void>;
  log(text: string): void;
}

export function createServer(
  services: AgentServices,
  { clock, random, log, host }: ServerPlatform,
): AgentServer {
  const threads = new ThreadTable(() => clock.now());
  const sessions = new Set<Session>();
  const tellAll = (notification: Notification) =>
    announce(sessions, notification);
  const logins = new Logins({
    service: services.logins,
    settings: services.settings,
    clock,
    announce: tellAll,
  });
  const mcpLogins = new McpLogins({
    service: services.mcp,
    announce: tellAll,
  });
  const searches = new FileSearches(services.fileSearch);
  const watches = new FileWatches(clock);
  const handlers = createHandlers({
    services,
    table: threads,
    logins,
    mcpLogins,
    searches,
    watches,
    uid: host.uid,
    clock,
    newTurnId: () => uuidV7(clock.now(), random.bytes(10)),
    announce: tellAll,
  });
  const report = (text: string) => log.error("codex::app_server", () => text);
  return {
    threads,
    connect(client) {
      const session = new Session({
        ...client,
        handlers,
        log: report,
        timeout: (ms) => clock.timeout(ms),
      });
      sessions.add(session);
      return session;
    },
    async close() {
      await Promise.all([logins.close(), mcpLogins.close()]);
      await threads.close();
    },
    async disconnect(session) {
      sessions.delete(session);
      await session.close();
      await Promise.all([searches.end(session), watches.end(session)]);
      // Asked only now: what the session was about to start is watched by it, too.
      const left = threads.all().filter((thread) =>
        thread.unwatch(session) && !thread.isWatched
      );
      await Promise.all(left.map((thread) => thread.close()));
    },
    log: report,
  };
}

/** Tells every connection that has said who it is. */
async function announce(
  sessions: Iterable<Session>,
  notification: Notification,
): Promise<void> {
  const listening = [...sessions].filter(({ client }) => client !== undefined);
  await Promise.all(listening.map((session) => session.notify(notification)));
}

/** Resolves when the user or the system asks the process to end. */
export function endAsked(
  { signals }: ServerPlatform,
): { readonly asked: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stops = [
    signals.onInterrupt(() => resolve()),
    signals.onTerminate(() => resolve()),
  ];
  return { asked: promise, stop: () => stops.forEach((stop) => stop()) };
}
