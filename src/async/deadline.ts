/**
 * A deadline that can be put on hold: time that passes while it is paused does not
 * count, so a person who is asked something does not cost the work its time.
 */

/** The two powers a deadline needs of a clock. */
interface DeadlineClock {
  monotonic(): number;
  timeout(ms: number): AbortSignal;
}

export class Deadline implements Disposable {
  readonly #clock: DeadlineClock;
  readonly #controller = new AbortController();
  readonly #reason: () => Error;
  /** Milliseconds that were left when the clock last began to count. */
  #leftMs: number;
  #runningSince: number | undefined;
  #pauses = 0;
  /** Which of its timers counts; those of before a pause do not. */
  #round = 0;
  #isOver = false;

  /** @param reason makes the error its signal is aborted with */
  constructor(clock: DeadlineClock, ms: number, reason: () => Error) {
    this.#clock = clock;
    this.#reason = reason;
    this.#leftMs = ms;
    this.#run();
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the count until the pause is given back; pauses may overlap. */
  pause(): Disposable {
    this.#pauses++;
    if (this.#runningSince !== undefined) {
      this.#leftMs -= this.#clock.monotonic() - this.#runningSince;
      this.#runningSince = undefined;
    }
    let isGivenBack = false;
    return {
      [Symbol.dispose]: () => {
        if (isGivenBack) return;
        isGivenBack = true;
        if (--this.#pauses === 0) this.#run();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }

  #run(): void {
    if (this.#isOver) return;
    const round = ++this.#round;
    this.#runningSince = this.#clock.monotonic();
    const ms = Math.max(0, Math.ceil(this.#leftMs));
    this.#clock.timeout(ms).addEventListener(
      "abort",
      () => this.#check(round),
      { once: true },
    );
  }

  #check(round: number): void {
    if (
      this.#isOver || round !== this.#round || this.#runningSince === undefined
    ) return;
    const passed = this.#clock.monotonic() - this.#runningSince;
    if (passed < this.#leftMs) {
      // Timers may come a moment early.
      this.#leftMs -= passed;
      return this.#run();
    }
    this.#isOver = true;
    this.#controller.abort(this.#reason());
  }
}
