/**
 * Compaction: when the next request would hardly fit, the model writes a note, and
 * the note and the user's own messages take the place of the history.
 */
import {
  type ModelClient,
  ModelError,
  type ModelRequest,
} from "@/model/model.ts";
import type { TokenUsage } from "@/protocol/events.ts";
import {
  isToolCall,
  isToolOutput,
  messageText,
  type ResponseItem,
  textMessage,
} from "@/protocol/response_items.ts";
import { truncateMiddle } from "@/text/truncate.ts";
import compactPrompt from "./prompts/compact.md" with { type: "text" };
import summaryPrefix from "./prompts/summary_prefix.md" with { type: "text" };
import { isContextMessage } from "./fragments.ts";
import { pairCalls } from "./history.ts";
import { estimateItemTokens } from "./ledger.ts";
import type { RetryBudget } from "./retry_budget.ts";

/** The user's messages kept word for word, newest first, up to this many tokens. */
const USER_MESSAGE_TOKENS_MAX = 20_000;

export interface CompactionPorts {
  readonly model: ModelClient;
  /** Replaces our own request for the note. */
  readonly prompt: string | undefined;
  /** The context every request begins with, made anew. */
  readonly initialContext: readonly ResponseItem[];
  readonly retries: RetryBudget;
  request(input: readonly ResponseItem[]): ModelRequest;
  countUsage(usage: TokenUsage | undefined): Promise<void>;
}

export interface Compaction {
  /** The note with its heading, as the rollout keeps it. */
  readonly message: string;
  readonly history: readonly ResponseItem[];
}

/**
 * The history that takes the place of this one.
 *
 * @throws ModelError when the note cannot be had
 */
export async function compactHistory(
  ports: CompactionPorts,
  history: readonly ResponseItem[],
  signal: AbortSignal,
): Promise<Compaction> {
  const summary = await askForSummary(ports, history, signal);
  const note = summary.trim() === "" ? "(no summary available)" : summary;
  const message = `${summaryPrefix.trim()}\n${note}`;
  return {
    message,
    history: compactedHistory(history, ports.initialContext, message),
  };
}

/**
 * The user's messages, oldest first, with the context before the last one, then the
 * note. Calls, outputs and reasoning are what the note stands for.
 */
export function compactedHistory(
  history: readonly ResponseItem[],
  initialContext: readonly ResponseItem[],
  message: string,
): readonly ResponseItem[] {
  const messages = keptUserMessages(history);
  const last = messages.at(-1);
  return [
    ...messages.slice(0, -1),
    ...initialContext,
    ...(last === undefined ? [] : [last]),
    textMessage("user", message),
  ];
}

async function askForSummary(
  ports: CompactionPorts,
  history: readonly ResponseItem[],
  signal: AbortSignal,
): Promise<string> {
  const question = textMessage("user", (ports.prompt ?? compactPrompt).trim());
  let input = pairCalls(history);
  while (true) {
    await ports.retries.wait(signal);
    try {
      return await streamText(ports, [...input, question], signal);
    } catch (error) {
      const isTooLong = error instanceof ModelError &&
        error.code === "context_window_exceeded";
      if (!isTooLong) {
        await ports.retries.take(error, signal);
        continue;
      }
      if (input.length <= 1) throw error;
      // The oldest goes first; what the user said is kept apart and survives.
      input = pairCalls(withoutOldest(input));
    }
  }
}

async function streamText(
  ports: CompactionPorts,
  input: readonly ResponseItem[],
  signal: AbortSignal,
): Promise<string> {
  let text = "";
  for await (const event of ports.model.stream(ports.request(input), signal)) {
    if (event.type === "completed") await ports.countUsage(event.usage);
    if (event.type !== "itemDone" || event.item.type !== "message") continue;
    if (event.item.role === "assistant") text = messageText(event.item);
  }
  return text;
}

/** Without its first item, and without the output a removed call leaves behind. */
function withoutOldest(
  items: readonly ResponseItem[],
): readonly ResponseItem[] {
  const [first, ...rest] = items;
  if (first === undefined || !isToolCall(first)) return rest;
  return rest.filter((item) =>
    !isToolOutput(item) || item.call_id !== first.call_id
  );
}

function keptUserMessages(
  history: readonly ResponseItem[],
): readonly ResponseItem[] {
  const kept: ResponseItem[] = [];
  let left = USER_MESSAGE_TOKENS_MAX;
  for (const item of history.toReversed()) {
    if (!isUserMessage(item) || left <= 0) continue;
    const text = messageText(item);
    const tokens = estimateItemTokens(item);
    kept.unshift(
      textMessage(
        "user",
        tokens <= left
          ? text
          : truncateMiddle(text, { unit: "tokens", max: left }),
      ),
    );
    left -= tokens;
  }
  return kept;
}

function isUserMessage(
  item: ResponseItem,
): item is Extract<ResponseItem, { type: "message" }> {
  if (
    item.type !== "message" || item.role !== "user" || isContextMessage(item)
  ) return false;
  const text = messageText(item);
  return text !== "" && !text.startsWith(summaryPrefix.trim());
}
