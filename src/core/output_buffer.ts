/**
 * Output of a running command, bounded: the first and the last half of a megabyte
 * are kept, and a line says how much is missing between them.
 */

/** As much as any model could use many times over; keeps a `yes` from filling memory. */
const KEPT_CHARS_MAX = 1 << 20;

export class OutputBuffer {
  readonly #half: number;
  #head = "";
  #tail = "";
  #omitted = 0;

  constructor(maxChars = KEPT_CHARS_MAX) {
    this.#half = Math.floor(maxChars / 2);
  }

  push(text: string): void {
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    if (text.length <= room) return;
    this.#tail += room > 0 ? text.slice(room) : text;
    // Cutting only at twice the size makes the cost of each character constant.
    if (this.#tail.length > 2 * this.#half) this.#trim();
  }

  /** What is kept so far. */
  text(): string {
    if (this.#tail.length > this.#half) this.#trim();
    if (this.#omitted === 0) return this.#head + this.#tail;
    return `${this.#head}\n[… ${this.#omitted} characters omitted …]\n${this.#tail}`;
  }

  /** Gives what is kept and starts over. */
  take(): string {
    const text = this.text();
    this.#head = "";
    this.#tail = "";
    this.#omitted = 0;
    return text;
  }

  #trim(): void {
    const excess = this.#tail.length - this.#half;
    this.#omitted += excess;
    this.#tail = this.#tail.slice(excess);
  }
}
