/**
 * The paths a client watches. What changes within a moment is told at once, so that a
 * checkout of thousands of files is a few messages.
 */
import { type Watch, watchPath } from "@/platform/watching.ts";
import { type Clock, FileError } from "@/platform/platform.ts";
import { RPC_INTERNAL, RpcError } from "@/jsonrpc/peer.ts";
import { elapsed } from "@/async/scope.ts";
import { refused } from "./refusal.ts";
import type { Session } from "./session.ts";

/** Of one connection; each is a watch of the system's, which has few thousand. */
const WATCHES_MAX = 256;
/** How long changes are gathered. */
const GATHER_MS = 100;
/** Paths of one message; more are told as a change of what is watched itself. */
const PATHS_MAX = 1_000;

interface Running {
  readonly watch: Watch;
  readonly told: Promise<void>;
}

export class FileWatches {
  readonly #clock: Clock;
  readonly #sessions = new Map<Session, Map<string, Promise<Running>>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws RpcError when it cannot be watched */
  async watch(session: Session, id: string, path: string): Promise<void> {
    const own = this.#sessions.get(session) ?? new Map();
    this.#sessions.set(session, own);
    if (own.has(id)) throw refused(`watchId already exists: ${id}`);
    if (own.size >= WATCHES_MAX) {
      throw refused(
        `Cannot watch another path: ${WATCHES_MAX} of this connection are; unwatch one first`,
      );
    }
    const starting = this.#start(session, id, path);
    own.set(id, starting);
    try {
      await starting;
    } catch (error) {
      own.delete(id);
      throw error;
    }
  }

  /** Nothing happens when there is no such watch. */
  async unwatch(session: Session, id: string): Promise<void> {
    const own = this.#sessions.get(session);
    const running = own?.get(id);
    own?.delete(id);
    if (running !== undefined) await end(running);
  }

  /** Ends what a connection watches. */
  async end(session: Session): Promise<void> {
    const own = this.#sessions.get(session);
    this.#sessions.delete(session);
    await Promise.all([...own?.values() ?? []].map(end));
  }

  async #start(session: Session, id: string, path: string): Promise<Running> {
    try {
      const watch = await watchPath(path);
      const told = tellChanges(
        { watch, path, clock: this.#clock },
        (paths) =>
          session.notify({
            method: "fs/changed",
            params: { watchId: id, changedPaths: paths },
          }),
      );
      return { watch, told };
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new RpcError(
        RPC_INTERNAL,
        `Cannot watch "${error.path}": ${error.osText}`,
      );
    }
  }
}

async function end(starting: Promise<Running>): Promise<void> {
  // One that could not begin was told of.
  const running = await starting.catch(() => undefined);
  running?.watch.close();
  await running?.told;
}

async function tellChanges(
  { watch, path, clock }: {
    readonly watch: Watch;
    readonly path: string;
    readonly clock: Clock;
  },
  tell: (paths: string[]) => Promise<void>,
): Promise<void> {
  let gathered = new Set<string>();
  let telling: Promise<void> | undefined;
  const tellSoon = async () => {
    await elapsed(clock.timeout(GATHER_MS));
    const paths = gathered;
    gathered = new Set();
    telling = undefined;
    await tell(paths.size > PATHS_MAX ? [path] : [...paths].sort());
  };
  try {
    for await (const paths of watch.changes) {
      for (const one of paths) {
        if (gathered.size <= PATHS_MAX) gathered.add(one);
      }
      telling ??= tellSoon();
    }
  } catch {
    // The system lost count: whoever watches must look for itself.
    gathered.add(path);
    telling ??= tellSoon();
  }
  await telling;
}
