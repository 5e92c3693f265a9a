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
import type { Op } from "@/protocol/ops.ts";
import type { PermissionGrant } from "@/protocol/permissions.ts";
import type { SandboxPolicy } from "@/protocol/policy.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
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
import { type Record, runTurn, type TurnPorts } from "./turn.ts";
import { contextParts } from "./turn_context.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import {
  eventLine,
  inputText,
  taskComplete,
  taskStarted,
  turnError,
  userMessageEvent,
} from "./turn_record.ts";
import { userMessage } from "./user_input.ts";

/** Something that came while a turn was running. */
export type Meanwhile =
  /** The user's words, with what they are for the model. */
  | {
    readonly kind: "input";
    readonly op: Extract<Op, { type: "userInput" }>;
    readonly message: ResponseItem;
  }
  /** Something only the model is told. */
  | { readonly kind: "note"; readonly item: ResponseItem };

export interface TurnRequest extends FrozenSettings {
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
  /** What the user said in this turn. */
  readonly #inputs: string[] = [];
  /** Taken from the thread and not yet joined: hooks have to hear it first. */
  readonly #waiting: Meanwhile[] = [];
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
    this.#id = uuidV7(this.#startedMs, random.bytes(10));
    this.#turnDiff = new TurnDiff(env.git?.root);
    this.#hooks = new HookedTurn(env.hooks, {
      turnId: this.#id,
      settings: request.settings,
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
      joinSteering: (record, signal) => this.#joinSteering(record, signal),
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
    return await this.#admit(message, signal);
  }

  /** Records what the user said, and what hooks add to it, unless they refuse it. */
  async #admit(message: ResponseItem, signal: AbortSignal): Promise<boolean> {
    const { hooks, skills } = this.#env;
    await this.#warn([
      ...hooks?.takeWarnings() ?? [],
      ...skills?.takeWarnings() ?? [],
    ]);
    const { input } = this.#request;
    const { history } = this.#state;
    const opening = await this.#hooks.open(inputText(input), signal);
    await history.append(opening.before);
    const record: Record = (items) => history.append(items);
    if (opening.isAdmitted) await this.#recordInput(input, message, record);
    await record(opening.after);
    if (opening.isAdmitted) await this.#recordSkills(input, record);
    return opening.isAdmitted;
  }

  async #joinSteering(record: Record, signal: AbortSignal): Promise<boolean> {
    const waiting = this.#waiting;
    waiting.push(...this.#request.takeMeanwhile());
    const isSteered = waiting.length > 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      await this.#join(next, record, signal);
      waiting.shift();
    }
    return isSteered;
  }

  async #join(
    entry: Meanwhile,
    record: Record,
    signal: AbortSignal,
  ): Promise<void> {
    if (entry.kind === "note") return await record([entry.item]);
    const { input } = entry.op;
    const said = await this.#hooks.hear(inputText(input), signal);
    if (said.mayGoOn) await this.#recordInput(input, entry.message, record);
    await record(said.context);
    if (said.mayGoOn) await this.#recordSkills(input, record);
  }

  /** What the user had said before stopping the turn is not lost with it. */
  async #joinUnheard(signal: AbortSignal): Promise<void> {
    const { history } = this.#state;
    const record: Record = (items) => history.append(items);
    this.#waiting.push(...this.#request.takeMeanwhile());
    for (const entry of this.#waiting.splice(0)) {
      try {
        await this.#join(entry, record, signal);
      } catch (error) {
        if (error !== signal.reason || entry.kind === "note") throw error;
        // A hook may be there to keep such words from the model.
        await this.#env.emit({
          type: "warning",
          message:
            `Not told to the model, because the turn was stopped before your hooks had heard it: ${
              inputText(entry.op.input)
            }`,
        });
      }
    }
  }

  /** The instructions of the skills the user named. */
  async #recordSkills(
    input: readonly UserInput[],
    record: Record,
  ): Promise<void> {
    const named = await this.#env.skills?.named(input);
    if (named === undefined) return;
    await record(named.items);
    await this.#warn(named.warnings);
  }

  async #warn(messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      await this.#env.emit({ type: "warning", message });
    }
  }

  async #notify(): Promise<void> {
    for (const notice of this.#env.notices) {
      await notice.tell({
        turnId: this.#id,
        cwd: this.#request.settings.cwd,
        inputs: this.#inputs,
        lastMessage: this.#sampler.lastMessage,
      });
    }
  }

  /** The user's words: for the model, for the record, for the front end. */
  async #recordInput(
    input: readonly UserInput[],
    message: ResponseItem,
    record: Record,
  ): Promise<void> {
    const { clock, random } = this.#env.platform;
    await record([message]);
    this.#inputs.push(inputText(input));
    await this.#state.persist([eventLine(userMessageEvent(input))]);
    const item = {
      type: "userMessage" as const,
      id: uuidV7(clock.now(), random.bytes(10)),
      content: input,
    };
    await this.#env.emit({ type: "itemStarted", turnId: this.#id, item });
    await this.#env.emit({ type: "itemCompleted", turnId: this.#id, item });
  }

  /** The first request must name every tool, so it waits for the servers. */
  async #awaitServers(signal: AbortSignal): Promise<void> {
    const { servers } = this.#env;
    if (servers === undefined) return;
    this.#serverTools = await servers.tools(signal);
    await this.#warn(servers.takeWarnings());
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
    await this.#joinUnheard(signal);
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
