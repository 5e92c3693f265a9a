/**
 * A thread's turns, folded out of the lines of its rollout. Pure. What was said comes
 * from events, what commands, patches and tools did from their calls and outputs
 * (`call_items.ts`), or from the events of their ends where a program wrote those.
 */
import type { TurnError, TurnStatus } from "@/protocol/events.ts";
import type { ThreadItem, UserInput } from "@/protocol/items.ts";
import { decode } from "@/protocol/decode.ts";
import { errorCodeOf } from "@/protocol/legacy_errors.ts";
import { ReviewOutputSchema, reviewText } from "@/protocol/review.ts";
import type { StoredTurn } from "@/protocol/stored_threads.ts";
import {
  callItem,
  endedItem,
  searchItem,
  SESSION,
  withOutput,
} from "./call_items.ts";
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
  error: TurnError | undefined;
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
  /** Where calls are made. */
  #cwd = "/";
  #dynamicTools: ReadonlySet<string> = new Set();
  /** The commands that went on, by their number. */
  readonly #sessions = new Map<number, string>();
  /** Calls that give input to a command, and the call that began it. */
  readonly #continued = new Map<string, string>();
  /** Items whose ends were told by events. */
  readonly #ended = new Set<string>();
  /** Where the items of calls are. */
  readonly #turnsOf = new Map<string, OpenTurn>();
  #searches = 0;
  /** A review is announced before its turn is. */
  #ahead: Unnamed[] = [];

  take(line: RawLine): void {
    const payload = asObject(line.payload);
    switch (line.type) {
      case "event_msg":
        return this.#takeEvent(payload);
      case "response_item":
        return this.#takeItem(payload);
      case "session_meta":
      case "turn_context":
        return this.#takePlace(payload);
    }
  }

  #takePlace({ cwd, dynamic_tools }: Fields): void {
    if (typeof cwd === "string") this.#cwd = cwd;
    if (!Array.isArray(dynamic_tools)) return;
    this.#dynamicTools = new Set(
      dynamic_tools.map((tool) => textOf(asObject(tool).name)),
    );
  }

  #takeItem(item: Fields): void {
    const id = textOf(item.call_id);
    switch (item.type) {
      case "function_call_output":
      case "custom_tool_call_output":
        return this.#takeOutput(id, item.output);
      case "web_search_call":
        return this.#search(item.action);
      case "image_generation_call":
        return this.#put({
          type: "imageGeneration",
          id: textOf(item.id),
          status: textOf(item.status),
          result: textOf(item.result),
          ...(typeof item.revised_prompt === "string"
            ? { revisedPrompt: item.revised_prompt }
            : {}),
        });
      default:
        return this.#takeCall(id, item);
    }
  }

  #takeCall(id: string, call: Fields): void {
    if (call.name === "write_stdin") {
      const { session_id } = asObject(jsonOf(textOf(call.arguments)));
      const started = this.#sessions.get(Number(session_id));
      if (started !== undefined) this.#continued.set(id, started);
      return;
    }
    const place = { cwd: this.#cwd, dynamicTools: this.#dynamicTools };
    const item = callItem(call, place);
    if (item !== undefined) this.#put(item);
  }

  #takeOutput(callId: string, output: unknown): void {
    const id = this.#continued.get(callId) ?? callId;
    const item = this.#itemOf(id);
    // An event of its end knows more than what the model was told.
    if (item === undefined || this.#ended.has(id)) return;
    this.#put(withOutput(item, output));
    const session = typeof output === "string" && SESSION.exec(output)?.[1];
    if (session) this.#sessions.set(Number(session), id);
  }

  /** Each search is one item, whichever lines tell of it. */
  #search(action: unknown): void {
    const last = this.#open?.items.at(-1);
    const item = searchItem(`search-${++this.#searches}`, action);
    const isTold = last?.type === "webSearch" && item.type === "webSearch" &&
      this.#ended.has(last.id) && last.query === item.query;
    if (!isTold) this.#put(item);
  }

  /** Adds an item, or puts it in the place of the one with its id. */
  #put(item: ThreadItem): void {
    const { id } = item;
    const turn = this.#turnsOf.get(id) ?? this.#open ??
      this.#newTurn("", undefined);
    this.#open ??= turn;
    const at = turn.items.findLastIndex((known) => known.id === id);
    if (at === -1) turn.items.push(item);
    else turn.items.splice(at, 1, item);
    this.#turnsOf.set(id, turn);
  }

  #itemOf(id: string): ThreadItem | undefined {
    return this.#turnsOf.get(id)?.items.findLast((item) => item.id === id);
  }

  #takeEvent(event: Fields): void {
    switch (event.type) {
      case "task_started":
        return this.#start(event);
      case "task_complete":
        return this.#end(event, "completed");
      case "turn_aborted":
        return this.#end(event, "interrupted");
      case "error":
        return this.#fail(event);
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
      ...(turn.error === undefined ? {} : { error: turn.error }),
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
    const ended = endedItem(event);
    if (ended !== undefined) {
      this.#ended.add(ended.id);
      return this.#put(ended);
    }
    const item = itemOf(event);
    if (item !== undefined) this.#add(item);
  }

  /** Some failures are of a request about the thread, and not of its turn. */
  #fail({ message, codex_error_info: info }: Fields): void {
    if (this.#open === undefined || info === "thread_rollback_failed") return;
    this.#open.error = {
      code: errorCodeOf(info) ?? "internal_server_error",
      message: textOf(message),
    };
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
      error: undefined,
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
    turn.status = turn.error === undefined ? status : "failed";
    turn.completedAt = numberOf(event.completed_at);
    turn.durationMs = numberOf(event.duration_ms);
    this.#open = undefined;
  }

  #rollBack(count: unknown): void {
    if (typeof count !== "number" || count <= 0) return;
    this.#turns = this.#turns.slice(0, Math.max(0, this.#turns.length - count));
    // Calls have ids of their own.
    this.#items = this.#turns.flatMap(({ items }) => items)
      .filter(({ id }) => id.startsWith("item-")).length;
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The model wrote it; what is no JSON names no session.
    return undefined;
  }
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
