/**
 * Task scopes: no task outlives the block that started it. Leaving the block aborts
 * what still runs and waits for it; the first failure aborts the siblings.
 */
export class TaskScope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #tasks = new Set<Promise<unknown>>();
  readonly #parent: AbortSignal;
  readonly #onParentAbort: () => void;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    this.#onParentAbort = () => this.#controller.abort(parent.reason);
    if (parent.aborted) this.#onParentAbort();
    else parent.addEventListener("abort", this.#onParentAbort, { once: true });
  }

  /** Aborts when the parent does, when a task fails, or when the scope is left. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts a task owned by this scope. A failure also aborts its siblings. */
  spawn<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = task(this.signal);
    const watched = running.catch((error: unknown) =>
      this.#controller.abort(error)
    );
    this.#tasks.add(watched);
    watched.finally(() => this.#tasks.delete(watched));
    return running;
  }

  /** Stops every task of the scope. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#parent.removeEventListener("abort", this.#onParentAbort);
    this.#controller.abort(new Error("The scope was left"));
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
  }
}

/** Settles like `promise`, or rejects with the signal's reason if that comes first. */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Resolves when the signal aborts. */
export function elapsed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
