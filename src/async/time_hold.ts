/**
 * Puts a group of deadlines on hold together: those that run, and those that begin
 * while it holds.
 */
import type { Deadline } from "./deadline.ts";

export class TimeHold {
  /** With the pause a deadline is under, while it holds. */
  readonly #deadlines = new Map<Deadline, Disposable | undefined>();
  #isHeld = false;

  /** Takes a deadline in until it is given back. */
  watch(deadline: Deadline): Disposable {
    this.#deadlines.set(deadline, this.#isHeld ? deadline.pause() : undefined);
    return { [Symbol.dispose]: () => this.#deadlines.delete(deadline) };
  }

  /** Stops the time of all of them. */
  hold(): void {
    this.#isHeld = true;
    for (const [deadline, pause] of this.#deadlines) {
      this.#deadlines.set(deadline, pause ?? deadline.pause());
    }
  }

  /** Lets it go on. */
  release(): void {
    this.#isHeld = false;
    for (const [deadline, pause] of this.#deadlines) {
      pause?.[Symbol.dispose]();
      this.#deadlines.set(deadline, undefined);
    }
  }
}
