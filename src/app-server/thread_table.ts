/** The threads that run in this process, whoever started them. */
import { RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { OpenThread } from "@/protocol/services.ts";
import { LoadedThread } from "./loaded_thread.ts";

export class ThreadTable {
  readonly #threads = new Map<ThreadId, LoadedThread>();
  readonly #opening = new Map<ThreadId, Promise<LoadedThread>>();
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

  /**
   * A stored thread, opened unless it runs. Its record has one writer: whoever asks
   * while it is being opened gets the same one, and one that is ending has ended
   * before it is opened again.
   */
  resume(
    id: ThreadId,
    open: () => Promise<OpenThread>,
  ): Promise<LoadedThread> {
    const opening = this.#opening.get(id) ??
      this.#reopen(id, open).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return opening;
  }

  /** Ends a thread if it runs here; its record has no writer when this resolves. */
  async end(id: ThreadId): Promise<void> {
    // What could not be opened need not be ended; who asked for it is told why.
    await this.#opening.get(id)?.catch(() => undefined);
    await this.#threads.get(id)?.close();
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

  async #reopen(
    id: ThreadId,
    open: () => Promise<OpenThread>,
  ): Promise<LoadedThread> {
    const known = this.#threads.get(id);
    if (known !== undefined && !known.isClosing) return known;
    await known?.close();
    return this.add(await open());
  }

  /** Ends all of them; resolves when none is left. */
  async close(): Promise<void> {
    await Promise.all(this.all().map((thread) => thread.close()));
  }
}
