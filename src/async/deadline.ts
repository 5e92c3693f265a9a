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
  /** Lets go of the timer that counts; one that is listened to keeps a process alive. */
  #stopTimer: () => void = () => {};
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
      this.#stopTimer();
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
    this.#stopTimer();
  }

  #run(): void {
    if (this.#isOver) return;
    this.#runningSince = this.#clock.monotonic();
    const timer = this.#clock.timeout(Math.max(0, Math.ceil(this.#leftMs)));
    const check = () => this.#check();
    timer.addEventListener("abort", check, { once: true });
    this.#stopTimer = () => timer.removeEventListener("abort", check);
  }

  #check(): void {
    if (this.#runningSince === undefined) return;
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
