/**
 * Where in a history each turn began, so that turns can be taken out of it as clients
 * count them: steering makes a turn longer, and no second one. Pure.
 */
import type { ResponseItem } from "@/protocol/response_items.ts";

export class TurnMarks {
  #starts: number[];

  constructor(starts: readonly number[] = []) {
    this.#starts = [...starts];
  }

  /** The lengths the history had when its turns began. */
  get starts(): readonly number[] {
    return this.#starts;
  }

  /** A turn begins behind that many items. */
  begin(length: number): void {
    this.#starts.push(length);
  }

  /** The history was folded into that many items, in which no turn can be told apart. */
  fold(length: number): void {
    // What the running turn does from here on can still be taken away.
    this.#starts = this.#starts.length === 0 ? [] : [length];
  }

  /** The history without its last turns, one at least, which are forgotten. */
  rollBack(
    history: readonly ResponseItem[],
    turns: number,
  ): ResponseItem[] {
    const start = this.#starts.at(-turns);
    this.#starts.splice(-turns);
    if (start === undefined) return withoutLastMessages(history, turns);
    // The model stays told what it was told before the user spoke.
    const cut = history.findIndex((item, index) =>
      index >= start && isSaid(item)
    );
    return cut === -1 ? [...history] : history.slice(0, cut);
  }
}

/** For what was written before turns were: each message of the user counts as one. */
function withoutLastMessages(
  history: readonly ResponseItem[],
  count: number,
): ResponseItem[] {
  let cut = history.length;
  for (let left = count; left > 0 && cut > 0;) {
    cut--;
    const item = history[cut];
    if (item !== undefined && isSaid(item)) left--;
  }
  return history.slice(0, cut);
}

/** True for a message of the user, false for context this program wrote as one. */
function isSaid(item: ResponseItem): boolean {
  if (item.type !== "message" || item.role !== "user") return false;
  const first = item.content[0];
  return first === undefined || first.type !== "input_text" ||
    !/^(<environment_context>|# AGENTS\.md instructions for |<turn_aborted>)/
      .test(first.text);
}
