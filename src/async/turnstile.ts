/**
 * A turnstile: tasks that run side by side pass one point in the order in which they
 * took their tickets.
 */
export interface Ticket {
  /** Resolves when every earlier ticket has been given back. */
  readonly turn: Promise<void>;
  /** Gives the ticket back; every ticket must be, whatever happened. */
  release(): void;
}

export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** The next place in the order. */
  take(): Ticket {
    const { promise, resolve } = Promise.withResolvers<void>();
    const turn = this.#last;
    this.#last = turn.then(() => promise);
    return { turn, release: resolve };
  }
}
