/**
 * What a server says of how far a call is, as events. However fast a server talks, one
 * event is on its way at a time and the newest word waits behind it.
 */
export class ProgressRelay {
  readonly #tell: (message: string) => Promise<void>;
  #next: string | undefined;
  #pump: Promise<void> | undefined;

  constructor(tell: (message: string) => Promise<void>) {
    this.#tell = tell;
  }

  /** Takes a word; an older one that was not told yet is left out. */
  take(message: string): void {
    this.#next = message;
    this.#pump ??= this.#run();
    // Whoever ends the call waits for it, and is told.
    this.#pump.catch(() => undefined);
  }

  /** Resolves when the last word was told. */
  async end(): Promise<void> {
    await this.#pump;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const message = this.#next;
      this.#next = undefined;
      await this.#tell(message);
    }
    this.#pump = undefined;
  }
}
