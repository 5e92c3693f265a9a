/** The searches of clients that go on: one query at a time in each. */
import type { FileSearch, OpenSearch } from "@/protocol/file_search.ts";
import type { FuzzyFileSearchResult } from "@/protocol/rpc/file_search.ts";
import type { SearchUpdate } from "@/protocol/file_search.ts";
import { refused } from "./refusal.ts";
import type { Session } from "./session.ts";

/** Of one connection; each keeps the paths of its trees. */
const SEARCHES_MAX = 16;

interface Running {
  readonly search: OpenSearch;
  stop: AbortController;
  /** Resolves when the last query has been told or ended. */
  told: Promise<void>;
}

export class FileSearches {
  readonly #service: FileSearch;
  readonly #sessions = new Map<Session, Map<string, Running>>();

  constructor(service: FileSearch) {
    this.#service = service;
  }

  /** Begins a search; one of the same id is ended. @throws RpcError */
  async start(
    session: Session,
    id: string,
    roots: readonly string[],
  ): Promise<void> {
    if (id === "") throw refused("sessionId must not be empty");
    await this.stop(session, id);
    const own = this.#of(session);
    if (own.size >= SEARCHES_MAX) {
      throw refused(
        `Cannot begin another file search: ${SEARCHES_MAX} of this connection go on; stop one first`,
      );
    }
    own.set(id, {
      search: this.#service.open(roots),
      stop: new AbortController(),
      told: Promise.resolve(),
    });
    await this.update(session, id, "");
  }

  /** Asks something else; the client hears no more of the query before. */
  async update(session: Session, id: string, query: string): Promise<void> {
    const running = this.#sessions.get(session)?.get(id);
    if (running === undefined) {
      throw refused(`fuzzy file search session not found: ${id}`);
    }
    running.stop.abort(new Error("Another query came"));
    running.stop = new AbortController();
    const { signal } = running.stop;
    running.told = running.told.then(() =>
      tell(session, id, { search: running.search, query, signal })
    );
    // Told to whoever ends the search.
    running.told.catch(() => undefined);
  }

  async stop(session: Session, id: string): Promise<void> {
    const own = this.#sessions.get(session);
    const running = own?.get(id);
    own?.delete(id);
    if (running !== undefined) await end(running);
  }

  /** Ends what a connection searches for. */
  async end(session: Session): Promise<void> {
    const own = this.#sessions.get(session);
    this.#sessions.delete(session);
    await Promise.all([...own?.values() ?? []].map(end));
  }

  #of(session: Session): Map<string, Running> {
    const own = this.#sessions.get(session) ?? new Map();
    this.#sessions.set(session, own);
    return own;
  }
}

async function end({ search, stop, told }: Running): Promise<void> {
  stop.abort(new Error("The search was stopped"));
  await Promise.all([told, search.close()]);
}

async function tell(
  session: Session,
  sessionId: string,
  { search, query, signal }: {
    readonly search: OpenSearch;
    readonly query: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  try {
    for await (const update of search.query(query, signal)) {
      await session.notify({
        method: "fuzzyFileSearch/sessionUpdated",
        params: { sessionId, query, files: wireMatches(update) },
      });
    }
    await session.notify({
      method: "fuzzyFileSearch/sessionCompleted",
      params: { sessionId },
    });
  } catch (error) {
    // Another query took its place, or nobody wants to know any more.
    if (!signal.aborted) throw error;
  }
}

export function wireMatches(
  { matches }: SearchUpdate,
): FuzzyFileSearchResult[] {
  return matches.map(({ root, path, kind, score, indices }) => ({
    root,
    path,
    match_type: kind,
    file_name: path.slice(path.lastIndexOf("/") + 1),
    score,
    indices: [...indices],
  }));
}
