/**
 * Token accounting of a thread: what the server counted, and an estimate of what was
 * added since, so that a compaction comes before a request that would not fit.
 */
import { addUsage, NO_USAGE, type TokenUsage } from "@/protocol/events.ts";
import {
  encodeResponseItem,
  type ResponseItem,
} from "@/protocol/response_items.ts";
import type { StoredUsage } from "@/protocol/rollout.ts";

/** The rule of thumb the reference uses, too. */
const BYTES_PER_TOKEN = 4;
/** An image costs about this much whatever its file's size. */
const IMAGE_TOKENS = 1_800;

export class TokenLedger {
  #total: TokenUsage;
  #last: TokenUsage;
  /** Items the last response's count covers; what stands behind them is estimated. */
  #countedItems: number;

  constructor(total = NO_USAGE, last = NO_USAGE, countedItems = 0) {
    this.#total = total;
    this.#last = last;
    this.#countedItems = countedItems;
  }

  /** The sum over all responses of the thread. */
  get total(): TokenUsage {
    return this.#total;
  }

  /** The last response's own count. */
  get last(): TokenUsage {
    return this.#last;
  }

  /** Takes a response's count; `items` is the history's length including its items. */
  count(usage: TokenUsage | undefined, items: number): void {
    if (usage === undefined) return;
    this.#total = addUsage(this.#total, usage);
    this.#last = usage;
    this.#countedItems = items;
  }

  /** About how many tokens the next request takes. */
  expected(history: readonly ResponseItem[]): number {
    let tokens = this.#last.totalTokens;
    for (let index = this.#countedItems; index < history.length; index++) {
      const item = history[index];
      if (item !== undefined) tokens += estimateItemTokens(item);
    }
    return tokens;
  }

  /** After a compaction nothing has been counted yet. */
  restart(history: readonly ResponseItem[]): void {
    const tokens = history.reduce(
      (sum, item) => sum + estimateItemTokens(item),
      0,
    );
    this.#last = { ...NO_USAGE, totalTokens: tokens };
    this.#countedItems = history.length;
  }
}

/** A usage as the rollout spells it. */
export function storedUsage(usage: TokenUsage): StoredUsage {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    reasoning_output_tokens: usage.reasoningOutputTokens,
    total_tokens: usage.totalTokens,
  };
}

/** About how many tokens an item takes in a request. */
export function estimateItemTokens(item: ResponseItem): number {
  let images = 0;
  const json = JSON.stringify(encodeResponseItem(item), (key, value) => {
    if (key !== "image_url") return value;
    images++;
    return "";
  });
  return Math.ceil(json.length / BYTES_PER_TOKEN) + images * IMAGE_TOKENS;
}
