/** The threads that run in this process, whoever started them. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { OpenThread } from "@/protocol/services.ts";
import { LoadedThread } from "./loaded_thread.ts";

export class ThreadTable {
  readonly #threads = new Map<ThreadId, LoadedThread>();
  readonly #now: () => number;

  /** @param now milliseconds since the Unix epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes over a thread that was just opened. */
  add(open: OpenThread): LoadedThread {
    const { id } = open.handle.info;
    const thread = new LoadedThread(
      open,
      this.#now,
      () => this.#threads.delete(id),
    );
    this.#threads.set(id, thread);
    return thread;
  }

  find(id: ThreadId): LoadedThread | undefined {
    return this.#threads.get(id);
  }

  /** @throws RpcError when no such thread runs here */
  get(id: ThreadId): LoadedThread {
    const thread = this.#threads.get(id);
    if (thread !== undefined) return thread;
    throw new RpcError(RPC_INVALID_REQUEST, `thread not found: ${id}`);
  }

  all(): readonly LoadedThread[] {
    return [...this.#threads.values()];
  }

  /** Ends all of them; resolves when none is left. */
  async close(): Promise<void> {
    await Promise.all(this.all().map((thread) => thread.close()));
  }
}
