/**
 * When frames are drawn: at once after a key, at most every 16 ms otherwise, and never
 * while the terminal has not taken the one before. What is finished meanwhile is
 * collected; the view is only ever the latest.
 */
import type { Clock } from "@/platform/platform.ts";

/** 60 frames a second: more is not seen. */
const FRAME_MS = 16;

export interface FrameSource {
  /** What to write now; empty when nothing has changed. */
  draw(): string;
  write(bytes: string): Promise<void>;
}

export class FrameLoop {
  readonly #source: FrameSource;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #lastMs = -Infinity;
  #isDirty = false;
  #isTimed = false;
  #writing: Promise<void> | undefined;

  constructor(source: FrameSource, clock: Clock, signal: AbortSignal) {
    this.#source = source;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Something has changed. `now` is for what somebody waits for. */
  request(when: "now" | "soon"): void {
    this.#isDirty = true;
    if (this.#writing !== undefined || this.#signal.aborted) return;
    const wait = this.#lastMs + FRAME_MS - this.#clock.monotonic();
    if (when === "now" || wait <= 0) return this.#draw();
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#clock.sleep(wait, this.#signal).then(() => {
      this.#isTimed = false;
      if (this.#isDirty && this.#writing === undefined) this.#draw();
    }, () => {
      // The session is over.
    });
  }

  /** Resolves when what was drawn has been taken by the terminal. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #draw(): void {
    this.#isDirty = false;
    this.#lastMs = this.#clock.monotonic();
    const bytes = this.#source.draw();
    if (bytes === "") return;
    this.#writing = this.#source.write(bytes).finally(() => {
      this.#writing = undefined;
      if (this.#isDirty) this.request("soon");
    });
  }
}
