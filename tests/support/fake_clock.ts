/** A clock that stands still until the test moves it, and chance without chance. */
import type { Clock, Random } from "@/platform/platform.ts";

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

export class FakeClock implements Clock {
  #nowMs: number;
  #timers: Timer[] = [];
  /** What was slept for, in order. */
  readonly sleeps: number[] = [];

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), {
        once: true,
      });
      this.#timers.push({ atMs: this.#nowMs + ms, fire: resolve });
    });
  }

  timeout(ms: number): AbortSignal {
    const controller = new AbortController();
    const fire = () => controller.abort(new Error("The time is over"));
    this.#timers.push({ atMs: this.#nowMs + ms, fire });
    return controller.signal;
  }

  /** Moves on; what is due fires in the order of time. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    while (true) {
      this.#timers.sort((left, right) => left.atMs - right.atMs);
      const next = this.#timers[0];
      if (next === undefined || next.atMs > end) break;
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
    }
    this.#nowMs = end;
  }
}

/** A clock on which every wait is over at once. */
export class InstantClock extends FakeClock {
  override async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleeps.push(ms);
    await Promise.resolve();
  }
}

/** Bytes that are all the same. */
export function fixedRandom(byte = 0): Random {
  return { bytes: (count) => new Uint8Array(count).fill(byte) };
}

/** A signal that never aborts. */
export const NEVER = new AbortController().signal;
