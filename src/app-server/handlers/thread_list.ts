/** Lists of stored threads, page by page in either direction. */
import * as v from "valibot";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { AgentServices } from "@/protocol/services.ts";
import type { ThreadQuery } from "@/protocol/stored_threads.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadViews } from "../thread_views.ts";
import { pageSize } from "./turn_page.ts";

const PAGE_THREADS = 25;
/** A page is one message; who wants more asks again. */
const PAGE_THREADS_MAX = 100;
/** Threads a person talks in; agents and scripts are asked for by name. */
const INTERACTIVE = ["cli", "vscode"] as const;

/** Time and id of the thread where a list goes on. */
const Cursor = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    at: v.number(),
    id: v.string(),
    includeAnchor: v.boolean(),
  }),
);

export function threadListHandlers(
  services: AgentServices,
  views: ThreadViews,
): Pick<Handlers, "thread/list"> {
  return {
    async "thread/list"(params, { signal }) {
      const query = queryOf(params, services.modelProvider);
      const { threads, isMore } = await services.stored.list(query, signal);
      return pageOf(threads, isMore, query, views);
    },
  };
}

function queryOf(
  params: Params<"thread/list">,
  provider: string,
): ThreadQuery {
  const { cursor, cwd, modelProviders, searchTerm, sourceKinds } = params;
  const cwds = typeof cwd === "string" ? [cwd] : cwd;
  const providers = modelProviders ?? [provider];
  return {
    isArchived: params.archived ?? false,
    sortKey: params.sortKey === "updated_at" ? "updated" : "created",
    direction: params.sortDirection === "asc" ? "ascending" : "descending",
    limit: pageSize(params.limit, PAGE_THREADS, PAGE_THREADS_MAX),
    isFresh: params.useStateDbOnly !== true,
    // No provider means any; no kind means those people talk in.
    ...(providers.length === 0 ? {} : { providers }),
    sourceKinds: sourceKinds == null || sourceKinds.length === 0
      ? INTERACTIVE
      : sourceKinds,
    ...(cwds == null ? {} : { cwds }),
    ...(searchTerm == null ? {} : { searchTerm }),
    ...(cursor == null ? {} : { from: fromOf(cursor) }),
  };
}

function fromOf(cursor: string): NonNullable<ThreadQuery["from"]> {
  const parsed = v.safeParse(Cursor, cursor);
  if (!parsed.success) throw refused(`invalid cursor: ${cursor}`);
  const { at, id, includeAnchor } = parsed.output;
  return { atMs: at, id, isIncluded: includeAnchor };
}

function pageOf(
  threads: readonly ThreadRecord[],
  isMore: boolean,
  query: ThreadQuery,
  views: ThreadViews,
): Result<"thread/list"> {
  const cursorAt = (
    thread: ThreadRecord | undefined,
    includeAnchor: boolean,
  ) => {
    if (thread === undefined) return null;
    const at = query.sortKey === "updated"
      ? thread.updatedAtMs
      : thread.createdAtMs;
    return JSON.stringify({ at, id: thread.id, includeAnchor });
  };
  return {
    data: threads.map((thread) => views.view(thread, [])),
    nextCursor: isMore ? cursorAt(threads.at(-1), false) : null,
    backwardsCursor: cursorAt(threads[0], true),
  };
}
