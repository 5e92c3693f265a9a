/**
 * A thread's turns, folded out of the lines of its rollout. Pure. A rollout keeps what
 * was said, not what commands, patches and tools did meanwhile, nor why a turn failed:
 * those items are left out, and a failed turn looks like one that was completed.
 */
import type { TurnStatus } from "@/protocol/events.ts";
import type { ThreadItem, UserInput } from "@/protocol/items.ts";
import { decode } from "@/protocol/decode.ts";
import { ReviewOutputSchema, reviewText } from "@/protocol/review.ts";
import type { StoredTurn } from "@/protocol/stored_threads.ts";
import { asObject, type RawLine } from "./rollout_line.ts";

type Fields = Readonly<Record<string, unknown>>;
/** An item without its id; one for each kind of item. */
type Unnamed = ThreadItem extends infer Item
  ? Item extends ThreadItem ? Omit<Item, "id"> : never
  : never;

interface OpenTurn {
  readonly id: string;
  readonly items: ThreadItem[];
  status: TurnStatus | undefined;
  readonly startedAt: number | undefined;
  completedAt: number | undefined;
  durationMs: number | undefined;
}

export class TurnFold {
  #turns: OpenTurn[] = [];
  /** How many items the turns have. */
  #items = 0;
  /** The turn lines belong to; undefined between turns. */
  #open: OpenTurn | undefined;
  /** A review is announced before its turn is. */
  #ahead: Unnamed[] = [];

  take(line: RawLine): void {
    if (line.type !== "event_msg") return;
    const event = asObject(line.payload);
    switch (event.type) {
      case "task_started":
        return this.#start(event);
      case "task_complete":
        return this.#end(event, "completed");
      case "turn_aborted":
        return this.#end(event, "interrupted");
      case "thread_rolled_back":
        return this.#rollBack(event.num_turns);
      case "entered_review_mode":
        return void this.#ahead.push({
          type: "enteredReviewMode",
          review: textOf(event.user_facing_hint),
        });
      default:
        return this.#addAll(event);
    }
  }

  /** Oldest first. */
  turns(): readonly StoredTurn[] {
    return this.#turns.map((turn) => ({
      id: turn.id,
      items: turn.items,
      status: turn.status,
      ...(turn.startedAt === undefined ? {} : { startedAt: turn.startedAt }),
      ...(turn.completedAt === undefined
        ? {}
        : { completedAt: turn.completedAt }),
      ...(turn.durationMs === undefined ? {} : { durationMs: turn.durationMs }),
    }));
  }

  #addAll(event: Fields): void {
    if (event.type === "agent_reasoning" && this.#continueReasoning(event)) {
      return;
    }
    const item = itemOf(event);
    if (item !== undefined) this.#add(item);
  }

  #start(event: Fields): void {
    this.#open = this.#newTurn(
      textOf(event.turn_id),
      numberOf(event.started_at),
    );
    for (const item of this.#ahead.splice(0)) this.#add(item);
  }

  #newTurn(id: string, startedAt: number | undefined): OpenTurn {
    const turn = {
      // Rollouts of long ago tell nothing of turns; their ids must stay the same.
      id: id === "" ? `turn-${this.#turns.length + 1}` : id,
      items: [],
      status: undefined,
      startedAt,
      completedAt: undefined,
      durationMs: undefined,
    };
    this.#turns.push(turn);
    return turn;
  }

  #end(event: Fields, status: TurnStatus): void {
    const turn = this.#turns.findLast(({ id }) => id === event.turn_id) ??
      this.#open;
    if (turn === undefined) return;
    turn.status = status;
    turn.completedAt = numberOf(event.completed_at);
    turn.durationMs = numberOf(event.duration_ms);
    this.#open = undefined;
  }

  #rollBack(count: unknown): void {
    if (typeof count !== "number" || count <= 0) return;
    this.#turns = this.#turns.slice(0, Math.max(0, this.#turns.length - count));
    this.#items = this.#turns.reduce((sum, { items }) => sum + items.length, 0);
    this.#open = undefined;
  }

  /** Ids are counted through the thread, so that they are the same every time. */
  #add(item: Unnamed): void {
    this.#open ??= this.#newTurn("", undefined);
    this.#items++;
    // The type an item is made of here is a thread item's without its id.
    this.#open.items.push({ ...item, id: `item-${this.#items}` } as ThreadItem);
  }

  /** Each part of a summary is a line; together they are one item. */
  #continueReasoning({ text }: Fields): boolean {
    const items = this.#open?.items;
    const last = items?.at(-1);
    if (items === undefined || last?.type !== "reasoning") return false;
    const summary = [...last.summary, textOf(text)];
    items.splice(-1, 1, { ...last, summary });
    return true;
  }
}

/** The item an event tells of; undefined for one that tells of none. */
function itemOf(event: Fields): Unnamed | undefined {
  switch (event.type) {
    case "user_message":
      return { type: "userMessage", content: contentOf(event) };
    case "agent_message":
      return {
        type: "agentMessage",
        text: textOf(event.message),
        ...(typeof event.phase === "string" ? { phase: event.phase } : {}),
      };
    case "agent_reasoning":
      return { type: "reasoning", summary: [textOf(event.text)], content: [] };
    case "context_compacted":
      return { type: "contextCompaction" };
    case "exited_review_mode":
      return { type: "exitedReviewMode", review: reviewOf(event) };
    case "item_completed":
      return planOf(asObject(event.item));
    default:
      return undefined;
  }
}

function contentOf(event: Fields): readonly UserInput[] {
  const text = textOf(event.message);
  return [
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...textsOf(event.images).map((url) => ({ type: "image" as const, url })),
    ...textsOf(event.local_images).map((path) => ({
      type: "localImage" as const,
      path,
    })),
  ];
}

function reviewOf({ review_output }: Fields): string {
  const decoded = decode(ReviewOutputSchema, review_output ?? {});
  return decoded.ok ? reviewText(decoded.value) : "";
}

/** Of finished items, only plans are kept in rollouts. */
function planOf(item: Fields): Unnamed | undefined {
  return item.type === "Plan"
    ? { type: "plan", text: textOf(item.text) }
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((entry) => typeof entry === "string")
    : [];
}
