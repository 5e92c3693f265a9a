/**
 * A turn from its input to its last event: writes down what begins, tells the model
 * what changed, runs the loop, accounts for how it ended.
 */
import { TurnDiff } from "@/patch/turn_diff.ts";
import type { ThreadEvent, TokenUsage } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { PermissionGrant } from "@/protocol/permissions.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { RolloutEntry } from "@/protocol/rollout.ts";
import { widened } from "./approvals/grants.ts";
import type { GuardPorts } from "./approvals/guarded_exec.ts";
import type { FrozenSettings } from "./current_settings.ts";
import {
  type ContextParts,
  contextUpdate,
  initialContext,
  turnAbortedMessage,
} from "./fragments.ts";
import { declareDynamicTools, findDynamicTool } from "./dynamic_tools.ts";
import { foldHistory } from "./fold_history.ts";
import type { ThreadHistory } from "./history.ts";
import { HookedTurn } from "./hooked_turn.ts";
import {
  buildRequest,
  type RequestFacts,
  turnMetadata,
  withoutTools,
} from "./request.ts";
import { RetryBudget } from "./retry_budget.ts";
import { NO_SERVER_TOOLS, type ServerTools } from "./server_tools.ts";
import { Sampler } from "./step.ts";
import type { ThreadState } from "./thread_state.ts";
import { runToolBatch } from "./tool_batch.ts";
import { createToolContext } from "./tool_context.ts";
import { runTurn, type TurnPorts } from "./turn.ts";
import { contextParts } from "./turn_context.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import { type TurnEnd, TurnFrame } from "./turn_frame.ts";
import { type Meanwhile, TurnInput } from "./turn_input.ts";
import { eventLine } from "./turn_record.ts";
import { countUsage } from "./usage_count.ts";
import { userMessage } from "./user_input.ts";

export interface TurnRequest extends FrozenSettings {
  /** Chosen by the front end; undefined to make one up. */
  readonly id: TurnId | undefined;
  readonly input: readonly UserInput[];
  readonly outputSchema?: unknown;
  /** Lets the turns after this one have a wider sandbox. */
  widenSandbox(policy: SandboxPolicy): void;
  /** What came since it was last asked, in its order. */
  takeMeanwhile(): readonly Meanwhile[];
}

/** A longer diff is not kept with the thread: every resume would read it. */
const DIFF_CHARS_MAX = 1 << 20;

/** Runs one turn of a thread. Resolves however it ends; the events say how. */
export async function conductTurn(
  env: TurnEnvironment,
  state: ThreadState,
  request: TurnRequest,
  signal: AbortSignal,
): Promise<void> {
  const turn = new Turn(env, state, request);
  await turn.run(signal);
}

class Turn {
  readonly #env: TurnEnvironment;
  readonly #state: ThreadState;
  readonly #request: TurnRequest;
  /** Replaced when the user grants the model more. */
  #guard: GuardPorts;
  readonly #frame: TurnFrame;
  readonly #retries: RetryBudget;
  readonly #sampler: Sampler;
  readonly #turnDiff: TurnDiff;
  readonly #hooks: HookedTurn;
  readonly #input: TurnInput;
  #parts: ContextParts | undefined;
  #serverTools: ServerTools = NO_SERVER_TOOLS;
  #diff = "";
  /** A compaction is only worth repeating after the model has answered again. */
  #hasAnsweredSinceCompaction = true;

  constructor(env: TurnEnvironment, state: ThreadState, request: TurnRequest) {
    const { clock, random } = env.platform;
    this.#env = env;
    this.#state = state;
    this.#request = request;
    this.#guard = { ...env.guard, settings: request.settings };
    const { id, settings } = request;
    this.#frame = new TurnFrame({ ...env, state, settings, id });
    const turnId = this.#frame.id;
    this.#turnDiff = new TurnDiff(env.git?.root);
    this.#hooks = new HookedTurn(env.hooks, { turnId, settings });
    this.#input = new TurnInput({
      env,
      state,
      turnId,
      hooks: this.#hooks,
      takeMeanwhile: () => request.takeMeanwhile(),
    });
    this.#retries = new RetryBudget({
      clock,
      random,
      maxRetries: env.config.provider.streamMaxRetries,
      emit: env.emit,
    });
    this.#sampler = new Sampler({
      model: env.model,
      clock,
      turnId,
      retries: this.#retries,
      isPlanning: settings.mode.kind === "plan",
      request: (input) => buildRequest(this.#facts(), input),
      persist: (entries) => state.persist(entries),
      emit: env.emit,
      countUsage: (usage) => this.#countUsage(usage),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      if (await this.#begin(signal)) {
        await this.#awaitServers(signal);
        await runTurn(this.#ports(), this.#state.history, signal);
        await this.#notify();
      }
      await this.#frame.complete(this.#end());
    } catch (error) {
      if (signal.aborted) await this.#endInterrupted(signal);
      else await this.#frame.fail(error, this.#end());
    }
  }

  #ports(): TurnPorts {
    return {
      compactIfFull: (history, signal) => this.#compactIfFull(history, signal),
      sample: (history, record, signal) =>
        this.#sampler.sample(history, record, signal),
      runTools: async (calls, signal) => [
        ...await runToolBatch(
          {
            clock: this.#env.platform.clock,
            allowParallel: this.#request.settings.model.parallelToolCalls,
            tools: this.#request.settings.tools,
            findOtherTool: (call) =>
              this.#serverTools.find(call) ??
                findDynamicTool(this.#env.dynamicTools, call),
            truncation: this.#request.settings.truncation,
            hooks: this.#hooks.aroundCalls,
            contextFor: (call) =>
              createToolContext({
                ...this.#env,
                guard: this.#guard,
                turnDiff: this.#turnDiff,
                emit: (event) => this.#emitOfCall(event),
                grant: (grant) => this.#grant(grant),
                turnId: this.#frame.id,
                serverTools: this.#serverTools,
                turnMetadata: () => turnMetadata(this.#facts()),
              }, call.call_id),
          },
          calls,
          signal,
        ),
        ...this.#env.guard.rules.takeNotes(),
      ],
      joinSteering: (record, signal) => this.#input.join(record, signal),
      goOn: (signal) => this.#hooks.goOn(this.#sampler.lastMessage, signal),
    };
  }

  /**
   * Writes down that the turn began, with what, and what the model is told of it.
   * False when the user's hooks do not let the input through.
   */
  async #begin(signal: AbortSignal): Promise<boolean> {
    const state = this.#state;
    const env = this.#env;
    const message = await userMessage(env.platform, this.#request.input);
    const parts = await contextParts(env, this.#request.settings, {
      id: this.#frame.id,
      startedMs: this.#frame.startedMs,
      instructions: state.instructions,
    });
    this.#parts = parts;
    const context = state.baseline === undefined
      ? initialContext(parts)
      : contextUpdate(state.baseline, parts);
    await this.#frame.record();
    await state.history.append(context);
    await state.persist([{ type: "turn_context", payload: parts.context }]);
    state.baseline = parts.context;
    await this.#frame.announce();
    return await this.#input.open(this.#request.input, message, signal);
  }

  async #notify(): Promise<void> {
    for (const notice of this.#env.notices) {
      await notice.tell({
        turnId: this.#frame.id,
        cwd: this.#request.settings.cwd,
        inputs: this.#input.said,
        lastMessage: this.#sampler.lastMessage,
      });
    }
  }

  /** The first request must name every tool, so it waits for the servers. */
  async #awaitServers(signal: AbortSignal): Promise<void> {
    const { servers } = this.#env;
    if (servers === undefined) return;
    this.#serverTools = await servers.tools(signal);
    for (const message of servers.takeWarnings()) {
      await this.#env.emit({ type: "warning", message });
    }
  }

  #facts(): RequestFacts {
    const { installationId, originator, git, place } = this.#env;
    const { settings, tools } = this.#request;
    return {
      settings,
      threadId: this.#state.id,
      turnId: this.#frame.id,
      compactions: this.#state.compactions,
      instructions: this.#state.instructions,
      tools: [
        ...this.#serverTools.declare(tools, settings.tools),
        ...declareDynamicTools(this.#env.dynamicTools),
      ],
      installationId,
      originator,
      git,
      place,
      outputSchema: this.#request.outputSchema,
    };
  }

  async #countUsage(usage: TokenUsage | undefined): Promise<void> {
    const { contextWindow } = this.#request.settings;
    this.#hasAnsweredSinceCompaction = true;
    await countUsage(this.#state, contextWindow, this.#env.emit, usage);
  }

  async #compactIfFull(
    history: ThreadHistory,
    signal: AbortSignal,
  ): Promise<void> {
    const expected = this.#state.ledger.expected(history.items);
    if (expected < this.#request.settings.compactAtTokens) return;
    if (!this.#hasAnsweredSinceCompaction || this.#parts === undefined) return;
    await foldHistory(
      {
        model: this.#env.model,
        prompt: this.#env.config.compactPrompt,
        retries: this.#retries,
        state: this.#state,
        turnId: this.#frame.id,
        context: initialContext(this.#parts),
        request: (input) => withoutTools(buildRequest(this.#facts(), input)),
        countUsage: (usage) => this.#countUsage(usage),
        emit: this.#env.emit,
      },
      history,
      signal,
    );
    this.#hasAnsweredSinceCompaction = false;
  }

  async #endInterrupted(signal: AbortSignal): Promise<void> {
    await this.#input.joinUnheard(signal);
    await this.#state.history.append([turnAbortedMessage()]);
    await this.#frame.interrupt(this.#end());
  }

  #end(): TurnEnd {
    const { lastMessage, firstOutputAt } = this.#sampler;
    return { lastMessage, firstOutputAt, lines: this.#diffLines() };
  }

  /** Calls from now on run with what was granted. */
  #grant({ permissions, scope }: PermissionGrant): void {
    const { settings } = this.#guard;
    const sandboxPolicy = widened(settings.sandboxPolicy, permissions);
    this.#guard = { ...this.#guard, settings: { ...settings, sandboxPolicy } };
    if (scope === "session") this.#request.widenSandbox(sandboxPolicy);
  }

  /** The last diff is kept: it is what the turn has done. */
  #emitOfCall(event: ThreadEvent): Promise<void> {
    if (event.type === "turnDiff") this.#diff = event.diff;
    return this.#env.emit(event);
  }

  /** The lines that keep the diff; none for what nobody could apply again. */
  #diffLines(): readonly RolloutEntry[] {
    return this.#diff === "" || this.#diff.length > DIFF_CHARS_MAX
      ? []
      : [eventLine({ type: "turn_diff", unified_diff: this.#diff })];
  }
}
