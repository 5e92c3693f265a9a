/**
 * A thread's history: the items a request carries. It only grows at the tail, except
 * when a compaction replaces it, and every call in what it gives out has exactly one
 * output.
 */
import {
  isToolCall,
  isToolOutput,
  outputFor,
  type ResponseItem,
} from "@/protocol/response_items.ts";

/** What a call without an output is said to have given: its process or turn died. */
export const ABORTED_OUTPUT = "aborted";

/** Persists items before they become part of a history. */
export type PersistItems = (items: readonly ResponseItem[]) => Promise<void>;

export class ThreadHistory {
  #items: ResponseItem[];
  readonly #persist: PersistItems;

  constructor(items: readonly ResponseItem[], persist: PersistItems) {
    this.#items = [...items];
    this.#persist = persist;
  }

  get items(): readonly ResponseItem[] {
    return this.#items;
  }

  /** Adds items at the tail once they are safe on disk. */
  async append(items: readonly ResponseItem[]): Promise<void> {
    if (items.length === 0) return;
    await this.#persist(items);
    for (const item of items) this.#items.push(item);
  }

  /** Takes the place of everything before; the caller has persisted it. */
  replace(items: readonly ResponseItem[]): void {
    this.#items = [...items];
  }
}

/**
 * The items as they may be sent: a call without an output gets one right behind it,
 * an output without a call is left out. A proper history comes back unchanged.
 */
export function pairCalls(
  items: readonly ResponseItem[],
): readonly ResponseItem[] {
  const calls = new Set<string>();
  const outputs = new Set<string>();
  for (const item of items) {
    if (isToolCall(item)) calls.add(item.call_id);
    else if (isToolOutput(item)) outputs.add(item.call_id);
  }
  const isProper = calls.size === outputs.size &&
    [...calls].every((id) => outputs.has(id));
  if (isProper) return items;

  const result: ResponseItem[] = [];
  for (const item of items) {
    if (isToolOutput(item) && !calls.has(item.call_id)) continue;
    result.push(item);
    if (isToolCall(item) && !outputs.has(item.call_id)) {
      result.push(outputFor(item, ABORTED_OUTPUT));
    }
  }
  return result;
}
