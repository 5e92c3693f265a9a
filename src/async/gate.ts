/**
 * A gate: lets so many tasks in at a time, the others in the order they came. Who gives
 * up while waiting leaves the line.
 */
import { abortable } from "./scope.ts";

export class Gate {
  #free: number;
  readonly #line: PromiseWithResolvers<void>[] = [];

  /** @param places how many tasks may be inside at a time */
  constructor(places: number) {
    this.#free = places;
  }

  /** Runs a task once there is a place. @throws the signal's reason, or the task's error */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const place = Promise.withResolvers<void>();
    this.#line.push(place);
    try {
      await abortable(place.promise, signal);
    } catch (error) {
      const index = this.#line.indexOf(place);
      // It was given a place and does not use it.
      if (index === -1) this.#leave();
      else this.#line.splice(index, 1);
      throw error;
    }
  }

  #leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#free++;
    else next.resolve();
  }
}
