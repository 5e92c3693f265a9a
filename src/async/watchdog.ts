/**
 * A watchdog: aborts its signal when nothing touches it for a while. It is armed once
 * per period, not once per touch, so touching it for every event costs nothing.
 */

/** The two powers a watchdog needs of a clock. */
interface WatchdogClock {
  monotonic(): number;
  timeout(ms: number): AbortSignal;
}

export class Watchdog implements Disposable {
  readonly #clock: WatchdogClock;
  readonly #periodMs: number;
  readonly #controller = new AbortController();
  readonly #reason: () => Error;
  readonly #ring = () => this.#check();
  #touchedAt: number;
  #alarm: AbortSignal;

  /** @param reason makes the error its signal is aborted with */
  constructor(clock: WatchdogClock, periodMs: number, reason: () => Error) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#reason = reason;
    this.#touchedAt = clock.monotonic();
    this.#alarm = this.#arm(periodMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Puts the deadline off by a whole period from now. */
  touch(): void {
    this.#touchedAt = this.#clock.monotonic();
  }

  /** The clock keeps an alarm for its whole time; it must not keep us and all we know. */
  [Symbol.dispose](): void {
    this.#alarm.removeEventListener("abort", this.#ring);
  }

  #arm(ms: number): AbortSignal {
    const alarm = this.#clock.timeout(ms);
    alarm.addEventListener("abort", this.#ring, { once: true });
    return alarm;
  }

  #check(): void {
    const remaining = this.#touchedAt + this.#periodMs -
      this.#clock.monotonic();
    if (remaining > 0) this.#alarm = this.#arm(Math.ceil(remaining));
    else this.#controller.abort(this.#reason());
  }
}
