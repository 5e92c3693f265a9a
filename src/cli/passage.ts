/** Copies what a child process writes, byte by byte, as it comes. */
import type { Clock } from "@/platform/platform.ts";

export type Write = (data: Uint8Array) => void;

export class Passage {
  /** Never resolves; rejects when reading or writing fails. */
  readonly failed: Promise<never>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #ended: Promise<void>;
  #chunks = 0;

  constructor(stream: ReadableStream<Uint8Array>, write: Write) {
    this.#reader = stream.getReader();
    this.#ended = this.#copy(write);
    this.failed = new Promise((_, reject) => this.#ended.catch(reject));
    // Whoever waits for `failed` gets it; nobody waiting must not end the program.
    this.failed.catch(() => undefined);
  }

  /** Waits for the end, or until nothing has come for `idleMs`. */
  async drain(clock: Clock, idleMs: number): Promise<void> {
    let before = -1;
    while (before !== this.#chunks) {
      before = this.#chunks;
      const idle = new AbortController();
      const pause = clock.sleep(idleMs, idle.signal);
      const isEnded = await Promise.race([
        this.#ended.then(() => true),
        pause.then(() => false),
      ]);
      if (!isEnded) continue;
      idle.abort(ENDED);
      await pause.catch(() => undefined);
      return;
    }
    await this.#reader.cancel();
  }

  async #copy(write: Write): Promise<void> {
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.#chunks++;
      write(value);
    }
  }
}

/** Why a wait for more output is broken off. */
const ENDED = new Error("The output has ended");
