/** Threads as they are stored: read, named, put away, rolled back. */
import type { Params } from "@/protocol/rpc/methods.ts";
import type { GitChange, ThreadStore } from "@/protocol/stored_threads.ts";
import type { Notification } from "../projection.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";
import type { ThreadViews } from "../thread_views.ts";
import { turnPage } from "./turn_page.ts";

type Names =
  | "thread/read"
  | "thread/turns/list"
  | "thread/name/set"
  | "thread/archive"
  | "thread/unarchive"
  | "thread/metadata/update"
  | "thread/memoryMode/set"
  | "thread/rollback";

export interface StoredThreadPorts {
  readonly stored: ThreadStore;
  readonly table: ThreadTable;
  readonly views: ThreadViews;
  /** Tells every connection: lists of threads are open in all of them. */
  announce(notification: Notification): Promise<void>;
}

export function storedThreadHandlers(
  { stored, table, views, announce }: StoredThreadPorts,
): Pick<Handlers, Names> {
  return {
    async "thread/read"({ threadId, includeTurns }) {
      const turns = includeTurns === true
        ? await views.storedTurns(threadId, "includeTurns")
        : [];
      return { thread: await views.thread(threadId, turns) };
    },
    async "thread/turns/list"({ threadId, ...request }) {
      const turns = await views.storedTurns(threadId, "thread/turns/list");
      return turnPage(turns, request);
    },
    async "thread/name/set"({ threadId, name }, { afterAnswer }) {
      const threadName = name.trim();
      if (threadName === "") throw refused("thread name must not be empty");
      const running = table.find(threadId);
      if (running === undefined && !await stored.find(threadId)) {
        throw refused(`thread not found: ${threadId}`);
      }
      await stored.rename(threadId, threadName);
      running?.rename(threadName);
      afterAnswer(() =>
        announce({
          method: "thread/name/updated",
          params: { threadId, threadName },
        })
      );
      return {};
    },
    async "thread/archive"({ threadId }, { afterAnswer }) {
      // Its writer would go on at the old place, where nobody looks any more.
      await table.end(threadId);
      await stored.archive(threadId);
      afterAnswer(() =>
        announce({ method: "thread/archived", params: { threadId } })
      );
      return {};
    },
    async "thread/unarchive"({ threadId }, { afterAnswer }) {
      await stored.unarchive(threadId);
      afterAnswer(() =>
        announce({ method: "thread/unarchived", params: { threadId } })
      );
      return { thread: await views.thread(threadId, []) };
    },
    async "thread/metadata/update"({ threadId, gitInfo }) {
      await stored.changeGit(threadId, gitChangeOf(gitInfo));
      return { thread: await views.thread(threadId, []) };
    },
    async "thread/memoryMode/set"({ threadId, mode }) {
      const running = table.find(threadId);
      if (running === undefined) await stored.setMemoryMode(threadId, mode);
      else await running.submit({ type: "memoryMode", mode });
      return {};
    },
    async "thread/rollback"({ threadId, numTurns }) {
      if (numTurns < 1) throw refused("numTurns must be >= 1");
      const thread = table.get(threadId);
      // Nothing may be taken away whose rest cannot be told.
      await views.storedTurns(threadId, "thread/rollback");
      await thread.rollBack(numTurns);
      const turns = await views.turns(threadId);
      return { thread: await views.thread(threadId, turns) };
    },
  };
}

function gitChangeOf(
  gitInfo: Params<"thread/metadata/update">["gitInfo"],
): GitChange {
  const fields = Object.entries(gitInfo ?? {});
  if (fields.length === 0) {
    throw refused("gitInfo must include at least one field");
  }
  const change = fields.map(([key, value]) => {
    const text = value?.trim() ?? null;
    if (text === "") throw refused(`gitInfo.${key} must not be empty`);
    return [key, text];
  });
  // The keys are those of the parameters, which are those of a change.
  return Object.fromEntries(change) as GitChange;
}
