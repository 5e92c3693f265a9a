/**
 * Folds a thread's history into a note: shown as an item, written as a line, and the
 * history is what replaced it from then on.
 */
import type { ModelClient, ModelRequest } from "@/model/model.ts";
import type { ThreadEvent, TokenUsage } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import { compactHistory } from "./compaction.ts";
import type { ThreadHistory } from "./history.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { ThreadState } from "./thread_state.ts";
import { eventLine } from "./turn_record.ts";

export interface FoldPorts {
  readonly model: ModelClient;
  /** In place of our own request for a note. */
  readonly prompt: string | undefined;
  readonly retries: RetryBudget;
  readonly state: ThreadState;
  readonly turnId: TurnId;
  /** What the model must be told again; nothing when the next turn tells it. */
  readonly context: readonly ResponseItem[];
  request(input: readonly ResponseItem[]): ModelRequest;
  countUsage(usage: TokenUsage | undefined): Promise<void>;
  emit(event: ThreadEvent): Promise<void>;
}

export async function foldHistory(
  ports: FoldPorts,
  history: ThreadHistory,
  signal: AbortSignal,
): Promise<void> {
  const { state, turnId, emit } = ports;
  const item = {
    type: "contextCompaction" as const,
    id: `compaction-${state.compactions + 1}`,
  };
  await emit({ type: "itemStarted", turnId, item });
  const { message, history: replacement } = await compactHistory(
    { ...ports, initialContext: ports.context },
    history.items,
    signal,
  );
  await state.persist([
    {
      type: "compacted",
      payload: { message, replacement_history: replacement },
    },
    eventLine({ type: "context_compacted" }),
  ]);
  history.replace(replacement);
  state.ledger.restart(replacement);
  state.compactions++;
  await emit({ type: "itemCompleted", turnId, item });
}
