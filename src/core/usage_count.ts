/** Counts what a response took: in the ledger, in the record, for the front end. */
import type { ThreadEvent, TokenUsage } from "@/protocol/events.ts";
import { storedUsage } from "./ledger.ts";
import type { ThreadState } from "./thread_state.ts";
import { eventLine } from "./turn_record.ts";

export async function countUsage(
  state: ThreadState,
  contextWindow: number,
  emit: (event: ThreadEvent) => Promise<void>,
  usage: TokenUsage | undefined,
): Promise<void> {
  const { ledger, history } = state;
  ledger.count(usage, history.items.length);
  await state.persist([eventLine({
    type: "token_count",
    info: {
      total_token_usage: storedUsage(ledger.total),
      last_token_usage: storedUsage(ledger.last),
      model_context_window: contextWindow,
    },
    rate_limits: null,
  })]);
  await emit({
    type: "tokenUsage",
    total: ledger.total,
    last: ledger.last,
    contextWindow,
  });
}
