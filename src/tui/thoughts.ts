/** What of the model's thoughts is taken in, as it is configured. */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import type { TuiSettings } from "./ports.ts";

type Setting = Pick<TuiSettings, "reasoning">;

/** The event as it is shown; undefined when it is a thought nobody wants to see. */
export function shownEvent(
  event: ThreadEvent,
  settings: Setting,
): ThreadEvent | undefined {
  switch (event.type) {
    case "reasoningSummaryDelta":
      return settings.reasoning === "hidden" ? undefined : event;
    case "itemCompleted": {
      const item = shownItem(event.item, settings);
      return item && { ...event, item };
    }
    default:
      return event;
  }
}

/** The item as it is shown; raw thoughts stand where their summary would. */
export function shownItem(
  item: ThreadItem,
  { reasoning }: Setting,
): ThreadItem | undefined {
  if (item.type !== "reasoning" || reasoning === "summary") return item;
  if (reasoning === "hidden") return undefined;
  return item.content.length === 0 ? item : { ...item, summary: item.content };
}
