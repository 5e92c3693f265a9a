/** Threads: started, continued, watched, let go. */
import type { ThreadId } from "@/protocol/ids.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { AgentServices, ThreadRequest } from "@/protocol/services.ts";
import type { LoadedThread } from "../loaded_thread.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";
import { wireSandbox, wireThread } from "../wire.ts";
import { page } from "./page.ts";

type Names =
  | "thread/start"
  | "thread/resume"
  | "thread/unsubscribe"
  | "thread/loaded/list";

export function threadHandlers(
  services: AgentServices,
  table: ThreadTable,
): Pick<Handlers, Names> {
  return {
    async "thread/start"(params, { session, signal, afterAnswer }) {
      const open = await services.threads.start(requestOf(params), signal);
      const thread = table.add(open);
      thread.watch(session);
      afterAnswer(async () => {
        await session.notify({
          method: "thread/started",
          params: { thread: threadOf(thread) },
        });
        await tellWarnings(thread, session);
      });
      return opened(thread);
    },
    async "thread/resume"(params, { session, signal, afterAnswer }) {
      const running = table.find(params.threadId);
      if (running !== undefined) {
        running.watch(session);
        return opened(running);
      }
      const id: ThreadId = params.threadId;
      const request = requestOf(params);
      const thread = table.add(
        await services.threads.resume(id, request, signal),
      );
      thread.watch(session);
      afterAnswer(() => tellWarnings(thread, session));
      return opened(thread);
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

/** A running thread as clients read it. */
export function threadOf(
  thread: LoadedThread,
): Result<"thread/start">["thread"] {
  return wireThread(thread.record, { status: thread.status, turns: [] });
}

type OpenParams = Params<"thread/start"> | Params<"thread/resume">;

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
    personality: params.personality,
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

function opened(thread: LoadedThread): Result<"thread/start"> {
  const { info } = thread;
  return {
    thread: threadOf(thread),
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
