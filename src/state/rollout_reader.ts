/**
 * Reads a rollout back: the history a resumed thread goes on from. Lines are read one
 * at a time and a line that cannot be read is passed over, so neither a huge file nor
 * a half-written end keeps a thread from opening.
 */
import type { FileSystem } from "@/platform/platform.ts";
import { addUsage, NO_USAGE, type TokenUsage } from "@/protocol/events.ts";
import {
  decodeResponseItem,
  type ResponseItem,
} from "@/protocol/response_items.ts";
import type {
  SessionMeta,
  StoredUsage,
  TurnContext,
} from "@/protocol/rollout.ts";
import { asObject, parseLine, type RawLine } from "./rollout_line.ts";
import { mergeMeta } from "./session_meta.ts";
import { TurnMarks } from "./turn_marks.ts";

/** What a thread's file says, in the form a thread goes on from. */
export interface StoredThread {
  readonly path: string;
  readonly meta: SessionMeta;
  readonly history: readonly ResponseItem[];
  /** The lengths the history had when its turns began. */
  readonly turnStarts: readonly number[];
  /** The settings of the last turn; undefined when no turn began. */
  readonly lastContext?: TurnContext;
  readonly totalUsage: TokenUsage;
  readonly lastUsage: TokenUsage;
  /** The user's first words; empty when there are none. */
  readonly preview: string;
  /** How many times history was folded into a summary. */
  readonly compactions: number;
  /** Lines that could not be read, usually a half-written last one. */
  readonly skippedLines: number;
}

const CHUNK_BYTES = 1 << 20;
/** Longer lines hold no conversation; they are passed over without being kept. */
const LINE_BYTES_MAX = 64 << 20;

/**
 * Reads a whole rollout.
 *
 * @returns undefined when the file has no readable first line
 * @throws FileError when the file cannot be read
 */
export async function readRollout(
  files: FileSystem,
  path: string,
): Promise<StoredThread | undefined> {
  const state = new Replay();
  for await (const line of readLines(files, path)) state.take(line);
  return state.result(path);
}

/** The lines of a file, without their ends, read in pieces. */
export async function* readLines(
  files: FileSystem,
  path: string,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for (let offset = 0;; offset += CHUNK_BYTES) {
    const chunk = await files.readRange(path, offset, CHUNK_BYTES);
    const isLast = chunk.length < CHUNK_BYTES;
    const lines = (rest + decoder.decode(chunk, { stream: !isLast })).split(
      "\n",
    );
    rest = lines.pop() ?? "";
    yield* lines;
    if (isLast) break;
    if (rest.length > LINE_BYTES_MAX) rest = "";
  }
  if (rest !== "") yield rest;
}

class Replay {
  #meta: SessionMeta | undefined;
  #history: ResponseItem[] = [];
  readonly #marks = new TurnMarks();
  #context: TurnContext | undefined;
  #total = NO_USAGE;
  #last = NO_USAGE;
  #compactions = 0;
  #preview = "";
  #skipped = 0;

  take(line: string): void {
    if (line.trim() === "") return;
    const raw = parseLine(line);
    if (raw === undefined) {
      this.#skipped++;
      return;
    }
    this.#apply(raw);
  }

  result(path: string): StoredThread | undefined {
    if (this.#meta === undefined) return undefined;
    return {
      path,
      meta: this.#meta,
      history: this.#history,
      turnStarts: this.#marks.starts,
      ...(this.#context === undefined ? {} : { lastContext: this.#context }),
      totalUsage: this.#total,
      lastUsage: this.#last,
      preview: this.#preview,
      compactions: this.#compactions,
      skippedLines: this.#skipped,
    };
  }

  #apply(raw: RawLine): void {
    const payload = asObject(raw.payload);
    switch (raw.type) {
      case "session_meta":
        this.#meta = mergeMeta(this.#meta, payload);
        return;
      case "response_item":
        return this.#append(payload);
      case "turn_context":
        if (typeof payload.cwd === "string") {
          this.#context = payload as unknown as TurnContext;
        }
        return;
      case "compacted":
        return this.#compact(payload);
      case "event_msg":
        return this.#event(payload);
    }
  }

  #append(payload: unknown): void {
    const item = decodeResponseItem(payload);
    // Snapshots of the working tree are the file's business, never the model's.
    if (item === undefined) return;
    if (item.type === "other" && item.raw.type === "ghost_snapshot") return;
    this.#history.push(item);
  }

  #compact(payload: Readonly<Record<string, unknown>>): void {
    if (!Array.isArray(payload.replacement_history)) return;
    this.#history = [];
    for (const item of payload.replacement_history) this.#append(item);
    this.#marks.fold(this.#history.length);
    this.#compactions++;
  }

  #event(payload: Readonly<Record<string, unknown>>): void {
    if (payload.type === "task_started") {
      this.#marks.begin(this.#history.length);
    }
    if (
      payload.type === "thread_rolled_back" &&
      typeof payload.num_turns === "number" && payload.num_turns > 0
    ) {
      this.#history = this.#marks.rollBack(this.#history, payload.num_turns);
    }
    if (payload.type === "user_message" && this.#preview === "") {
      this.#preview = typeof payload.message === "string"
        ? payload.message
        : "";
    }
    if (payload.type !== "token_count") return;
    const info = asObject(payload.info);
    this.#total = decodeUsage(info.total_token_usage) ?? this.#total;
    this.#last = decodeUsage(info.last_token_usage) ?? this.#last;
  }
}

function decodeUsage(value: unknown): TokenUsage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const stored = value as Partial<StoredUsage>;
  return addUsage(NO_USAGE, {
    inputTokens: stored.input_tokens ?? 0,
    cachedInputTokens: stored.cached_input_tokens ?? 0,
    outputTokens: stored.output_tokens ?? 0,
    reasoningOutputTokens: stored.reasoning_output_tokens ?? 0,
    totalTokens: stored.total_tokens ?? 0,
  });
}
