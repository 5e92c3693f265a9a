/**
 * A bounded queue with one consumer that always ends: closed or failed. A producer
 * ahead of the consumer waits, so a slow client slows the work instead of growing
 * the memory.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  readonly #values: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wakeConsumer: (() => void) | undefined;
  readonly #waitingProducers: (() => void)[] = [];
  #isConsumerGone = false;

  /** @param capacity how many values may wait before `push` makes its caller wait */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a value; resolves when there is room. After the end, the value is dropped. */
  async push(value: T): Promise<void> {
    if (this.#end !== undefined || this.#isConsumerGone) return;
    this.#values.push(value);
    this.#wake();
    while (this.#values.length > this.#capacity && !this.#isConsumerGone) {
      await new Promise<void>((resolve) =>
        this.#waitingProducers.push(resolve)
      );
    }
  }

  /** Ends the queue once what it holds has been taken. */
  close(): void {
    this.#end ??= {};
    this.#wake();
  }

  /** Ends the queue with an error the consumer will be thrown. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      while (true) {
        while (this.#values.length > 0) {
          // The length was just checked, and T itself may include undefined.
          const value = this.#values.shift() as T;
          this.#waitingProducers.shift()?.();
          yield value;
        }
        if (this.#end !== undefined) {
          if ("error" in this.#end) throw this.#end.error;
          return;
        }
        await new Promise<void>((resolve) => this.#wakeConsumer = resolve);
      }
    } finally {
      this.#isConsumerGone = true;
      for (const resolve of this.#waitingProducers.splice(0)) resolve();
    }
  }

  #wake(): void {
    this.#wakeConsumer?.();
    this.#wakeConsumer = undefined;
  }
}
