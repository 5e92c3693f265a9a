/**
 * A turn from its input to its last event: writes down what begins, tells the model
 * what changed, runs the loop, accounts for how it ended.
 */
import { TurnDiff } from "@/patch/turn_diff.ts";
import type {
  ThreadEvent,
  TokenUsage,
  TurnError,
  TurnStatus,
} from "@/protocol/events.ts";
import { type TurnId, uuidV7 } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { PermissionGrant } from "@/protocol/permissions.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { RolloutEntry } from "@/protocol/rollout.ts";
import { widened } from "./approvals/grants.ts";
import type { GuardPorts } from "./approvals/guarded_exec.ts";
import { compactHistory } from "./compaction.ts";
import type { FrozenSettings } from "./current_settings.ts";
import {
  type ContextParts,
  contextUpdate,
  initialContext,
  turnAbortedMessage,
} from "./fragments.ts";
import { declareDynamicTools, findDynamicTool } from "./dynamic_tools.ts";
import type { ThreadHistory } from "./history.ts";
import { HookedTurn } from "./hooked_turn.ts";
import { storedUsage } from "./ledger.ts";
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
import { type Meanwhile, TurnInput } from "./turn_input.ts";
import {
  eventLine,
  taskComplete,
  taskStarted,
  turnError,
} from "./turn_record.ts";
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
  readonly #id: TurnId;
  readonly #startedMs: number;
  readonly #startedMonotonic: number;
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
    this.#startedMs = clock.now();
    this.#startedMonotonic = clock.monotonic();
    this.#id = request.id ?? uuidV7(this.#startedMs, random.bytes(10));
    this.#turnDiff = new TurnDiff(env.git?.root);
    this.#hooks = new HookedTurn(env.hooks, {
      turnId: this.#id,
      settings: request.settings,
    });
    this.#input = new TurnInput({
      env,
      state,
      turnId: this.#id,
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
      turnId: this.#id,
      retries: this.#retries,
      isPlanning: request.settings.mode.kind === "plan",
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
      await this.#end("completed", undefined);
    } catch (error) {
      if (signal.aborted) await this.#endInterrupted(signal);
      else await this.#endFailed(error);
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
                turnId: this.#id,
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
      id: this.#id,
      startedMs: this.#startedMs,
      instructions: state.instructions,
    });
    this.#parts = parts;
    const context = state.baseline === undefined
      ? initialContext(parts)
      : contextUpdate(state.baseline, parts);
    await state.persist([
      taskStarted(this.#id, this.#startedMs, this.#request.settings),
    ]);
    await state.history.append(context);
    await state.persist([{ type: "turn_context", payload: parts.context }]);
    state.baseline = parts.context;
    await env.emit({ type: "turnStarted", turnId: this.#id });
    return await this.#input.open(this.#request.input, message, signal);
  }

  async #notify(): Promise<void> {
    for (const notice of this.#env.notices) {
      await notice.tell({
        turnId: this.#id,
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
      turnId: this.#id,
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
    const { ledger, history } = this.#state;
    const window = this.#request.settings.contextWindow;
    ledger.count(usage, history.items.length);
    this.#hasAnsweredSinceCompaction = true;
    await this.#state.persist([eventLine({
      type: "token_count",
      info: {
        total_token_usage: storedUsage(ledger.total),
        last_token_usage: storedUsage(ledger.last),
        model_context_window: window,
      },
      rate_limits: null,
    })]);
    await this.#env.emit({
      type: "tokenUsage",
      total: ledger.total,
      last: ledger.last,
      contextWindow: window,
    });
  }

  async #compactIfFull(
    history: ThreadHistory,
    signal: AbortSignal,
  ): Promise<void> {
    const env = this.#env;
    const expected = this.#state.ledger.expected(history.items);
    if (expected < this.#request.settings.compactAtTokens) return;
    if (!this.#hasAnsweredSinceCompaction || this.#parts === undefined) return;
    const item = {
      type: "contextCompaction" as const,
      id: `compaction-${this.#state.compactions + 1}`,
    };
    await env.emit({ type: "itemStarted", turnId: this.#id, item });
    const { message, history: replacement } = await compactHistory(
      {
        model: env.model,
        prompt: env.config.compactPrompt,
        initialContext: initialContext(this.#parts),
        retries: this.#retries,
        request: (input) => withoutTools(buildRequest(this.#facts(), input)),
        countUsage: (usage) => this.#countUsage(usage),
      },
      history.items,
      signal,
    );
    await this.#state.persist([
      {
        type: "compacted",
        payload: { message, replacement_history: replacement },
      },
      eventLine({ type: "context_compacted" }),
    ]);
    history.replace(replacement);
    this.#state.ledger.restart(replacement);
    this.#state.compactions++;
    this.#hasAnsweredSinceCompaction = false;
    await env.emit({ type: "itemCompleted", turnId: this.#id, item });
  }

  async #endInterrupted(signal: AbortSignal): Promise<void> {
    await this.#input.joinUnheard(signal);
    await this.#state.history.append([turnAbortedMessage()]);
    await this.#state.persist([
      ...this.#diffLines(),
      eventLine({
        type: "turn_aborted",
        turn_id: this.#id,
        reason: "interrupted",
      }),
    ]);
    await this.#emitEnd("interrupted", undefined);
  }

  async #endFailed(error: unknown): Promise<void> {
    const failure = turnError(error);
    await this.#env.emit({ type: "error", error: failure, willRetry: false });
    await this.#end("failed", failure);
  }

  async #end(status: TurnStatus, error: TurnError | undefined): Promise<void> {
    const { clock } = this.#env.platform;
    const firstOutputAt = this.#sampler.firstOutputAt;
    const entry = taskComplete({
      turnId: this.#id,
      lastMessage: status === "completed"
        ? this.#sampler.lastMessage
        : undefined,
      nowMs: clock.now(),
      durationMs: this.#durationMs(),
      firstTokenMs: firstOutputAt === undefined
        ? undefined
        : Math.round(firstOutputAt - this.#startedMonotonic),
    });
    // When the disk is what failed, the end cannot be written either.
    if (error?.code !== "storage") {
      await this.#state.persist([...this.#diffLines(), entry]);
    }
    await this.#emitEnd(status, error);
  }

  #emitEnd(status: TurnStatus, error: TurnError | undefined): Promise<void> {
    const lastAgentMessage = this.#sampler.lastMessage;
    return this.#env.emit({
      type: "turnCompleted",
      turnId: this.#id,
      status,
      durationMs: this.#durationMs(),
      ...(error === undefined ? {} : { error }),
      ...(lastAgentMessage === undefined ? {} : { lastAgentMessage }),
    });
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

  #durationMs(): number {
    return Math.round(
      this.#env.platform.clock.monotonic() - this.#startedMonotonic,
    );
  }
}
