/** Keeps what is being written where the next session finds it, should this one be cut off. */
import type { Clock } from "@/platform/platform.ts";
import { expandDraft } from "./composer/expand.ts";
import type { ComposerState } from "./composer/state.ts";
import type { DraftStore } from "./ports.ts";

/** As much writing as may be lost. */
const KEEP_MS = 1_000;

export class DraftKeeper {
  readonly #store: DraftStore;
  readonly #clock: Clock;
  #text = "";
  #kept = "";
  #isWaiting = false;

  constructor(store: DraftStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Takes the draft as it is now; undefined when nothing has to be done for it. */
  note(
    { editor, isShell }: ComposerState,
  ): ((signal: AbortSignal) => Promise<void>) | undefined {
    const text = editor.text === "" ? "" : expandDraft(editor).text;
    this.#text = isShell && text !== "" ? `!${text}` : text;
    if (this.#isWaiting || this.#text === this.#kept) return undefined;
    this.#isWaiting = true;
    return async (signal) => {
      try {
        await this.#clock.sleep(KEEP_MS, signal);
      } finally {
        this.#isWaiting = false;
      }
      await this.keep();
    };
  }

  /** Writes what was noted last. */
  async keep(): Promise<void> {
    if (this.#text === this.#kept) return;
    this.#kept = this.#text;
    await this.#store.keep(this.#text);
  }
}
