/** The threads an app-server has stored, as a front end asks for them. */
import type { ThreadId } from "@/protocol/ids.ts";
import type {
  StoredTurn,
  ThreadQuery,
  ThreadStore,
} from "@/protocol/stored_threads.ts";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { Turn } from "@/protocol/rpc/shared.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import type { RemoteConnection } from "./connection.ts";
import { itemOf, recordOf } from "./values.ts";

/** As many as a server gives at a time. */
const PAGE_THREADS = 100;

/** @param lifetime ends with the connection */
export function remoteStore(
  connection: RemoteConnection,
  lifetime: AbortSignal,
): ThreadStore {
  return {
    async find(id) {
      const { thread } = await connection.request(
        "thread/read",
        { threadId: id },
        lifetime,
      );
      return recordOf(thread);
    },
    async turns(id) {
      const params = { threadId: id, includeTurns: true };
      const { thread } = await connection.request(
        "thread/read",
        params,
        lifetime,
      );
      return thread.turns.map(turnOf);
    },
    list: (query, signal) => list(connection, query, signal),
    rename: (threadId, name) =>
      done(connection, "thread/name/set", { threadId, name }, lifetime),
    changeGit: (threadId: ThreadId, { sha, branch, originUrl }) =>
      done(connection, "thread/metadata/update", {
        threadId,
        gitInfo: { sha, branch, originUrl },
      }, lifetime),
    archive: (threadId) =>
      done(connection, "thread/archive", { threadId }, lifetime),
    unarchive: (threadId) =>
      done(connection, "thread/unarchive", { threadId }, lifetime),
    setMemoryMode: (threadId, mode) =>
      done(connection, "thread/memoryMode/set", { threadId, mode }, lifetime),
    // It opens nothing of its own.
    close: () => Promise.resolve(),
  };
}

async function done<
  M extends
    | "thread/name/set"
    | "thread/metadata/update"
    | "thread/archive"
    | "thread/unarchive"
    | "thread/memoryMode/set",
>(
  connection: RemoteConnection,
  method: M,
  params: Params<M>,
  signal: AbortSignal,
): Promise<void> {
  await connection.request(method, params, signal);
}

async function list(
  connection: RemoteConnection,
  query: ThreadQuery,
  signal: AbortSignal,
) {
  const threads: ThreadRecord[] = [];
  let cursor: string | undefined;
  do {
    const page: Result<"thread/list"> = await connection.request(
      "thread/list",
      {
        archived: query.isArchived,
        limit: Math.min(PAGE_THREADS, query.limit - threads.length),
        sortKey: query.sortKey === "created" ? "created_at" : "updated_at",
        sortDirection: query.direction === "ascending" ? "asc" : "desc",
        ...(query.cwds === undefined ? {} : { cwd: [...query.cwds] }),
        ...(query.searchTerm === undefined
          ? {}
          : { searchTerm: query.searchTerm }),
        ...(query.providers === undefined
          ? {}
          : { modelProviders: [...query.providers] }),
        ...(query.sourceKinds === undefined
          ? {}
          : { sourceKinds: [...query.sourceKinds] }),
        ...(cursor === undefined ? {} : { cursor }),
      },
      signal,
    );
    threads.push(...page.data.map(recordOf));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && threads.length < query.limit);
  return { threads, isMore: cursor !== undefined };
}

function turnOf(turn: Turn): StoredTurn {
  return {
    id: turn.id,
    items: turn.items.map(itemOf),
    status: turn.status === "inProgress" ? undefined : turn.status,
  };
}
