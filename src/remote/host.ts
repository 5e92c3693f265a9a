/**
 * An agent in an app-server somewhere else: the ThreadHost a front end holds, over one
 * WebSocket connection. Paths are those of the server's machine.
 */
import type { Log } from "@/platform/log.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import { connectWebSocket } from "@/platform/websocket_client.ts";
import { CodexError } from "@/protocol/errors.ts";
import type {
  ThreadHandle,
  ThreadHost,
  ThreadOptions,
  ThreadSelector,
} from "@/protocol/host.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { ApprovalPolicy, SandboxMode } from "@/protocol/policy.ts";
import type { Params, Result } from "@/protocol/rpc/methods.ts";
import type { Thread } from "@/protocol/rpc/thread.ts";
import type { ThreadStore } from "@/protocol/stored_threads.ts";
import { imageFormat } from "@/text/image_format.ts";
import { RemoteConnection } from "./connection.ts";
import type { Told } from "./events.ts";
import type { Asked } from "./questions.ts";
import { remoteStore } from "./stored.ts";
import { RemoteThread } from "./thread.ts";
import { infoOf } from "./values.ts";

/** How long a server may take to answer the first words. */
const CONNECT_MS = 10_000;
/** Pages of threads looked through for a name. */
const PAGES_MAX = 100;
const PAGE_THREADS = 100;

/** What threads are started with; what is not said, the server's configuration says. */
export interface RemoteSettings {
  /** On the server's machine. */
  readonly cwd?: string | undefined;
  readonly model?: string | undefined;
  readonly sandboxMode?: SandboxMode | undefined;
  readonly approvalPolicy?: ApprovalPolicy | undefined;
  /** Keys of config.toml, dotted ones too. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly isEphemeral: boolean;
}

export interface RemoteHostOptions {
  readonly platform: {
    readonly files: Pick<FileSystem, "readFile">;
    readonly clock: Pick<Clock, "timeout">;
    readonly log: Log;
  };
  /** `ws://HOST:PORT` or `wss://HOST:PORT`. */
  readonly address: string;
  /** Sent as `Authorization`. */
  readonly bearer: string | undefined;
  readonly clientName: string;
  readonly settings: RemoteSettings;
}

export interface RemoteHost extends ThreadHost {
  /** The threads the server has stored. */
  readonly stored: ThreadStore;
  close(): Promise<void>;
}

/** @throws CodexError `stream_disconnected` when there is no server to talk to */
export async function connectRemoteHost(
  options: RemoteHostOptions,
  signal: AbortSignal,
): Promise<RemoteHost> {
  const { platform, address, bearer, clientName, settings } = options;
  const threads = new RemoteThreads();
  const headers = bearer === undefined
    ? {}
    : { authorization: `Bearer ${bearer}` };
  const patience = AbortSignal.any([
    signal,
    platform.clock.timeout(CONNECT_MS),
  ]);
  const connection = await RemoteConnection.open({
    address,
    clientName,
    listener: threads,
    log: (text) => platform.log.error("codex::remote", () => text),
    open: (ports, until) => connectWebSocket(address, headers, ports, until),
  }, patience).catch((error: unknown) => {
    if (!patience.aborted || signal.aborted) throw error;
    throw new CodexError(
      "stream_disconnected",
      `Cannot connect to the app server at ${address}: it did not answer within ${
        CONNECT_MS / 1000
      } seconds`,
    );
  });
  const hold = (opened: Result<"thread/start">): ThreadHandle =>
    threads.add((onClose) =>
      new RemoteThread({
        connection,
        address,
        info: infoOf(opened),
        readImage: (path) => readImage(platform.files, path),
        onClose,
      })
    );
  return {
    async startThread(given, end) {
      const params = {
        ...paramsOf(settings, given),
        ephemeral: settings.isEphemeral,
        ...(given.dynamicTools === undefined
          ? {}
          : { dynamicTools: given.dynamicTools.map((tool) => ({ ...tool })) }),
      };
      return hold(await connection.request("thread/start", params, end));
    },
    async resumeThread(selector, given, end) {
      const threadId = selector.kind === "id"
        ? selector.id
        : await findThread(connection, selector, settings, end);
      const params = { ...paramsOf(settings, given), threadId };
      return hold(await connection.request("thread/resume", params, end));
    },
    async forkThread(threadId, given, end) {
      const params = {
        ...paramsOf(settings, given),
        threadId,
        ephemeral: settings.isEphemeral,
      };
      return hold(await connection.request("thread/fork", params, end));
    },
    stored: remoteStore(connection, signal),
    close: () => connection.close(),
  };
}

/** The threads held over one connection; each is told what is about it. */
class RemoteThreads {
  readonly #threads = new Set<RemoteThread>();

  add(make: (onClose: () => void) => RemoteThread): RemoteThread {
    const thread = make(() => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  told(told: Told): void {
    if (told.method === "thread/started") {
      return this.#agent(told.params.thread);
    }
    const { threadId } = told.params as { readonly threadId?: ThreadId };
    if (threadId !== undefined) this.#holder(threadId)?.told(threadId, told);
  }

  asked(asked: Asked, requestId: string, signal: AbortSignal) {
    const { threadId } = asked.params as { readonly threadId?: ThreadId };
    const thread = this.#holder(threadId ?? "");
    return thread === undefined
      ? Promise.reject(new Error("Nobody here holds that thread"))
      : thread.asked(threadId ?? "", asked, requestId, signal);
  }

  ended(error: CodexError): void {
    for (const thread of this.#threads) thread.lost(error);
  }

  /** Threads of the user's own are told of by their answers; others are agents. */
  #agent(thread: Thread): void {
    const { source } = thread;
    if (typeof source === "string" || !("subAgent" in source)) return;
    const parent = typeof source.subAgent === "object" &&
        "thread_spawn" in source.subAgent
      ? source.subAgent.thread_spawn.parent_thread_id
      : undefined;
    if (parent !== undefined) this.#holder(parent)?.agent(thread);
  }

  #holder(threadId: ThreadId): RemoteThread | undefined {
    return [...this.#threads].find((thread) => thread.has(threadId));
  }
}

type OpenParams = Omit<Params<"thread/resume">, "threadId">;

function paramsOf(
  settings: RemoteSettings,
  { choices, instructions, developerInstructions }: ThreadOptions,
): OpenParams {
  const { cwd, model, sandboxMode, approvalPolicy, config } = settings;
  const chosen = {
    cwd,
    model: choices?.model ?? model,
    sandbox: sandboxMode,
    approvalPolicy: choices?.approvalPolicy ?? approvalPolicy,
    config,
    personality: choices?.personality,
    serviceTier: choices?.serviceTier,
    baseInstructions: instructions,
    developerInstructions,
  };
  // Without what nobody said, which the wire must not say either.
  return Object.fromEntries(
    Object.entries(chosen).filter(([, value]) => value !== undefined),
  );
}

const KINDS: NonNullable<Params<"thread/list">["sourceKinds"]> = [
  "cli",
  "vscode",
  "exec",
  "appServer",
];

async function findThread(
  connection: RemoteConnection,
  selector: Exclude<ThreadSelector, { kind: "id" }>,
  { cwd }: RemoteSettings,
  signal: AbortSignal,
): Promise<ThreadId> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { data, nextCursor } = await connection.request("thread/list", {
      limit: selector.kind === "last" ? 1 : PAGE_THREADS,
      sortKey: "updated_at",
      sourceKinds: KINDS,
      ...(selector.kind === "name" ? { searchTerm: selector.name } : {}),
      // Where we are says nothing about where the server's threads are.
      ...(selector.anyDirectory || cwd === undefined ? {} : { cwd }),
      ...(cursor === undefined ? {} : { cursor }),
    }, signal);
    const found = data.find(({ name }) =>
      selector.kind === "last" || name === selector.name
    );
    if (found !== undefined) return found.id;
    if (nextCursor == null) break;
    cursor = nextCursor;
  }
  throw new CodexError(
    "not_found",
    selector.kind === "name"
      ? `no thread named "${selector.name}" was found there`
      : "no thread to resume was found there",
  );
}

async function readImage(
  files: Pick<FileSystem, "readFile">,
  path: string,
): Promise<string> {
  const bytes = await files.readFile(path);
  const format = imageFormat(bytes);
  if (format === undefined) {
    throw new CodexError(
      "invalid_input",
      `Cannot attach image "${path}": it is not a PNG, JPEG, GIF or WebP image`,
    );
  }
  return `data:${format.mime};base64,${bytes.toBase64()}`;
}
