/** Files by parts of their paths: once, or while somebody types. */
import type { FileSearch } from "@/protocol/file_search.ts";
import { type FileSearches, wireMatches } from "../file_searches.ts";
import type { Handlers, Session } from "../session.ts";

type Names =
  | "fuzzyFileSearch"
  | "fuzzyFileSearch/sessionStart"
  | "fuzzyFileSearch/sessionStop"
  | "fuzzyFileSearch/sessionUpdate";

class Superseded extends Error {
  override readonly name = "Superseded";
}

export function fileSearchHandlers(
  service: FileSearch,
  searches: FileSearches,
): Pick<Handlers, Names> {
  const tokens = new WeakMap<Session, Map<string, AbortController>>();
  return {
    async fuzzyFileSearch({ query, roots, cancellationToken }, call) {
      const own = tokens.get(call.session) ?? new Map();
      tokens.set(call.session, own);
      const superseded = new AbortController();
      if (cancellationToken != null) {
        // A client that asks again has no use for the first answer.
        own.get(cancellationToken)?.abort(new Superseded());
        own.set(cancellationToken, superseded);
      }
      try {
        return await searchOnce(
          service,
          { query, roots },
          AbortSignal.any([call.signal, superseded.signal]),
        );
      } catch (error) {
        if (error instanceof Superseded) return { files: [] };
        throw error;
      } finally {
        if (own.get(cancellationToken) === superseded) {
          own.delete(cancellationToken);
        }
      }
    },
    async "fuzzyFileSearch/sessionStart"({ sessionId, roots }, call) {
      await searches.start(call.session, sessionId, roots);
      return {};
    },
    async "fuzzyFileSearch/sessionUpdate"({ sessionId, query }, call) {
      await searches.update(call.session, sessionId, query);
      return {};
    },
    async "fuzzyFileSearch/sessionStop"({ sessionId }, call) {
      await searches.stop(call.session, sessionId);
      return {};
    },
  };
}

async function searchOnce(
  service: FileSearch,
  { query, roots }: {
    readonly query: string;
    readonly roots: readonly string[];
  },
  signal: AbortSignal,
) {
  const search = service.open(roots);
  try {
    for await (const update of search.query(query, signal)) {
      if (update.isComplete) return { files: wireMatches(update) };
    }
    return { files: [] };
  } finally {
    await search.close();
  }
}
