/** Threads: started, continued, copied, watched, let go. */
import type { ThreadId } from "@/protocol/ids.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { AgentServices, ThreadRequest } from "@/protocol/services.ts";
import type { Thread } from "@/protocol/rpc/thread.ts";
import type { LoadedThread } from "../loaded_thread.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";
import type { ThreadViews } from "../thread_views.ts";
import { wireSandbox } from "../wire.ts";
import { page } from "./page.ts";

type Names =
  | "thread/start"
  | "thread/resume"
  | "thread/fork"
  | "thread/unsubscribe"
  | "thread/loaded/list";

export function threadHandlers(
  services: AgentServices,
  table: ThreadTable,
  views: ThreadViews,
): Pick<Handlers, Names> {
  return {
    async "thread/start"(params, { session, signal, afterAnswer }) {
      const open = await services.threads.start(requestOf(params), signal);
      const thread = table.add(open);
      thread.watch(session);
      afterAnswer(async () => {
        await session.notify({
          method: "thread/started",
          params: { thread: views.view(thread.record, []) },
        });
        await tellWarnings(thread, session);
      });
      return opened(thread, views.view(thread.record, []));
    },
    async "thread/resume"(params, { session, signal, afterAnswer }) {
      refuseHistory(params);
      const id: ThreadId = params.threadId;
      const thread = await table.resume(id, () => {
        afterAnswer(async () => {
          const running = table.find(id);
          if (running !== undefined) await tellWarnings(running, session);
        });
        return services.threads.resume(id, requestOf(params), signal);
      });
      thread.watch(session);
      return opened(thread, await views.thread(id, await views.turns(id)));
    },
    async "thread/fork"(params, { session, signal, afterAnswer }) {
      refuseHistory(params);
      const from: ThreadId = params.threadId;
      const thread = table.add(
        await services.threads.fork(from, requestOf(params), signal),
      );
      thread.watch(session);
      afterAnswer(async () => {
        await session.notify({
          method: "thread/started",
          params: { thread: views.view(thread.record, []) },
        });
        await tellWarnings(thread, session);
      });
      // A thread that is not kept shows the turns of the one it was copied from.
      const shown = thread.record.path === undefined ? from : thread.id;
      const turns = await views.turns(shown);
      return opened(thread, await views.thread(thread.id, turns));
    },
    async "thread/unsubscribe"({ threadId }, { session, afterAnswer }) {
      const thread = table.find(threadId);
      if (thread === undefined) return { status: "notLoaded" };
      if (!thread.unwatch(session)) return { status: "notSubscribed" };
      if (thread.isWatched) return { status: "unsubscribed" };
      // Nobody is left to see it or to answer what it asks.
      afterAnswer(async () => {
        await thread.close();
        await session.notify({ method: "thread/closed", params: { threadId } });
      });
      return { status: "unsubscribed" };
    },
    async "thread/loaded/list"({ cursor, limit }) {
      const ids = table.all().map(({ id }) => id).toSorted();
      return page(ids, (id) => id, { cursor, limit });
    },
  };
}

type OpenParams =
  | Params<"thread/start">
  | Params<"thread/resume">
  | Params<"thread/fork">;

/** A thread is named by its id alone: nothing that was asked for may be passed over. */
function refuseHistory(
  params: Params<"thread/resume"> | Params<"thread/fork">,
): void {
  if (params.path != null) {
    throw refused("path is not available in this version; name the threadId");
  }
  if ("history" in params && params.history != null) {
    throw refused(
      "history is not available in this version; use thread/inject_items",
    );
  }
}

function requestOf(params: OpenParams): ThreadRequest {
  return {
    ...defined({
      cwd: params.cwd,
      modelProvider: params.modelProvider,
      config: params.config,
      instructions: params.baseInstructions,
      developerInstructions: params.developerInstructions,
      isEphemeral: "ephemeral" in params ? params.ephemeral : undefined,
      dynamicTools: "dynamicTools" in params
        ? params.dynamicTools?.map(({ namespace, ...tool }) => ({
          ...tool,
          ...(namespace == null ? {} : { namespace }),
        }))
        : undefined,
      sandboxMode: params.sandbox,
    }),
    choices: choicesOf(params),
  };
}

function choicesOf(params: OpenParams): TurnChoices {
  return defined({
    model: params.model,
    approvalPolicy: params.approvalPolicy,
    personality: "personality" in params ? params.personality : undefined,
    serviceTier: params.serviceTier,
  });
}

/** Without what a client left out or said null for. */
export function defined<T extends object>(
  value: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(value).filter(([, member]) => member != null);
  // The type says exactly what the filter did.
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function opened(
  { info }: LoadedThread,
  thread: Thread,
): Result<"thread/start"> {
  return {
    thread,
    model: info.model,
    modelProvider: info.provider,
    serviceTier: null,
    cwd: info.cwd,
    instructionSources: [...info.instructionSources],
    approvalPolicy: info.approvalPolicy,
    approvalsReviewer: "user",
    sandbox: wireSandbox(info.sandboxPolicy),
    permissionProfile: null,
    reasoningEffort: info.reasoningEffort ?? null,
  };
}

async function tellWarnings(
  thread: LoadedThread,
  session: Parameters<LoadedThread["watch"]>[0],
): Promise<void> {
  for (const message of thread.open.warnings) {
    await session.notify({
      method: "warning",
      params: { threadId: thread.id, message },
    });
  }
}
