/** A compaction the user asked for, as a turn of its own. */
import type { TurnId } from "@/protocol/ids.ts";
import type { FrozenSettings } from "./current_settings.ts";
import { foldHistory } from "./fold_history.ts";
import { buildRequest, withoutTools } from "./request.ts";
import { RetryBudget } from "./retry_budget.ts";
import type { ThreadState } from "./thread_state.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import { TurnFrame } from "./turn_frame.ts";
import { countUsage } from "./usage_count.ts";

export interface CompactionRequest extends FrozenSettings {
  readonly id: TurnId | undefined;
}

/** Resolves however it ends; the events say how. */
export async function conductCompaction(
  env: TurnEnvironment,
  state: ThreadState,
  request: CompactionRequest,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = request;
  const frame = new TurnFrame({ ...env, state, settings, id: request.id });
  try {
    await frame.record();
    await frame.announce();
    await fold(env, state, { ...request, id: frame.id }, signal);
    await frame.complete({});
  } catch (error) {
    if (signal.aborted) await frame.interrupt({});
    else await frame.fail(error, {});
  }
}

async function fold(
  env: TurnEnvironment,
  state: ThreadState,
  { id, settings, tools }: FrozenSettings & { readonly id: TurnId },
  signal: AbortSignal,
): Promise<void> {
  const facts = {
    ...env,
    settings,
    tools,
    threadId: state.id,
    turnId: id,
    compactions: state.compactions,
    instructions: state.instructions,
    outputSchema: undefined,
  };
  await foldHistory(
    {
      model: env.model,
      prompt: env.config.compactPrompt,
      retries: new RetryBudget({
        ...env.platform,
        maxRetries: env.config.provider.streamMaxRetries,
        emit: env.emit,
      }),
      state,
      turnId: id,
      // The next turn says it all again, in front of its own input.
      context: [],
      request: (input) => withoutTools(buildRequest(facts, input)),
      countUsage: (usage) =>
        countUsage(state, settings.contextWindow, env.emit, usage),
      emit: env.emit,
    },
    state.history,
    signal,
  );
  state.baseline = undefined;
}
