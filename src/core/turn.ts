/**
 * The turn loop: ask the model, run what it asked for, repeat.
 *
 * This file owns all control flow of a turn and every change to its history.
 * Everything it calls either computes a value or performs one effect; none of
 * them decides what happens next.
 */
import { CodexError } from "@/protocol/errors.ts";
import type { ResponseItem, ToolCallItem } from "@/protocol/response_items.ts";
import type { ThreadHistory } from "./history.ts";

/** More model requests than any honest turn needs; stops a runaway loop. */
const STEPS_MAX = 500;

/** Adds finished items to the history, safely on disk first. */
export type Record = (items: readonly ResponseItem[]) => Promise<void>;

/** What one model request gave. */
export interface Sample {
  readonly toolCalls: readonly ToolCallItem[];
  /** False when the stream broke and the model must be asked again. */
  readonly isComplete: boolean;
}

/** The effects of a turn. */
export interface TurnPorts {
  /** Folds the history into a summary when the next request would not fit. */
  compactIfFull(history: ThreadHistory, signal: AbortSignal): Promise<void>;
  /** One model request; records each item as it is finished. */
  sample(
    history: readonly ResponseItem[],
    record: Record,
    signal: AbortSignal,
  ): Promise<Sample>;
  /** One output for every call, in their order; after an abort, outputs that say so. */
  runTools(
    calls: readonly ToolCallItem[],
    signal: AbortSignal,
  ): Promise<readonly ResponseItem[]>;
  /** Records what was said meanwhile; true when there was something. */
  joinSteering(record: Record, signal: AbortSignal): Promise<boolean>;
  /** Asked when nothing is left to do; with what it gives, the turn goes on. */
  goOn(signal: AbortSignal): Promise<readonly ResponseItem[]>;
}

/** Runs a turn to rest. The history ends with the turn's input when it starts. */
export async function runTurn(
  ports: TurnPorts,
  history: ThreadHistory,
  signal: AbortSignal,
): Promise<void> {
  const record: Record = (items) => history.append(items);
  for (let step = 0; step < STEPS_MAX; step++) {
    await ports.joinSteering(record, signal);
    await ports.compactIfFull(history, signal);
    const sample = await ports.sample(history.items, record, signal);

    const outputs = await ports.runTools(sample.toolCalls, signal);
    await record(outputs);
    signal.throwIfAborted();

    const isSteered = await ports.joinSteering(record, signal);
    if (!sample.isComplete || outputs.length > 0 || isSteered) continue;
    const more = await ports.goOn(signal);
    if (more.length === 0) return;
    await record(more);
  }
  throw new CodexError(
    "step_limit",
    `Cannot finish the turn: it made more than ${STEPS_MAX} model requests; send another message to go on`,
  );
}
