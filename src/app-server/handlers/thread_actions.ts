/** What clients ask of a running thread beside turns; each is one op. */
import { decode } from "@/protocol/decode.ts";
import {
  decodeResponseItem,
  type ResponseItem,
} from "@/protocol/response_items.ts";
import { ResponseItem as WireResponseItem } from "@/protocol/rpc/response_item.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";

type Names =
  | "thread/compact/start"
  | "thread/shellCommand"
  | "thread/backgroundTerminals/clean"
  | "thread/increment_elicitation"
  | "thread/decrement_elicitation"
  | "thread/inject_items";

export function threadActionHandlers(
  table: ThreadTable,
): Pick<Handlers, Names> {
  return {
    async "thread/compact/start"({ threadId }, { afterAnswer }) {
      const thread = table.get(threadId);
      afterAnswer(() => thread.submit({ type: "compact" }));
      return {};
    },
    async "thread/shellCommand"({ threadId, command }, { afterAnswer }) {
      if (command.trim() === "") throw refused("command must not be empty");
      const thread = table.get(threadId);
      afterAnswer(() => thread.submit({ type: "userShell", command }));
      return {};
    },
    async "thread/backgroundTerminals/clean"({ threadId }) {
      await table.get(threadId).submit({ type: "cleanTerminals" });
      return {};
    },
    async "thread/increment_elicitation"({ threadId }) {
      const count = await table.get(threadId).countElicitation(1);
      return { count, paused: true };
    },
    async "thread/decrement_elicitation"({ threadId }) {
      const count = await table.get(threadId).countElicitation(-1);
      return { count, paused: count > 0 };
    },
    async "thread/inject_items"({ threadId, items }) {
      const thread = table.get(threadId);
      if (items.length === 0) throw refused("items must not be empty");
      await thread.submit({ type: "inject", items: items.map(itemOf) });
      return {};
    },
  };
}

/** The model would refuse every later request with an item it cannot read. */
function itemOf(value: unknown, index: number): ResponseItem {
  const decoded = decode(WireResponseItem, value);
  // Read from what came, so that fields we do not know are kept.
  const item = decodeResponseItem(value);
  if (decoded.ok && item !== undefined) return item;
  const why = decoded.ok ? "" : `: ${decoded.message}`;
  throw refused(`items[${index}] is not a valid response item${why}`);
}
