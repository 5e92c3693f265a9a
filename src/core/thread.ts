/**
 * A running thread: one loop takes ops in order and is the only one that starts or
 * stops a turn. Events leave through one bounded queue, so a slow front end slows the
 * turn and loses nothing.
 */
import { AsyncQueue } from "@/async/queue.ts";
import type { TimeHold } from "@/async/time_hold.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle, ThreadInfo } from "@/protocol/host.ts";
import type { ThreadMcpAccess } from "@/protocol/mcp_access.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { ApprovalBroker } from "./approvals/broker.ts";
import { conductTurn } from "./conduct_turn.ts";
import type { CurrentSettings, FrozenSettings } from "./current_settings.ts";
import type { ExecSessions } from "./exec_sessions.ts";
import type { ThreadAgents } from "./thread_agents.ts";
import type { ThreadState } from "./thread_state.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import type { Meanwhile } from "./turn_input.ts";
import { userMessage } from "./user_input.ts";

/** Ops wait here while one is being accepted; people and programs send few. */
const OPS_MAX = 64;

type ReviewOp = Extract<Op, { type: "review" }>;
type UserInputOp = Extract<Op, { type: "userInput" }>;
/** What a turn is made of. */
type TurnOp =
  | UserInputOp
  | ReviewOp
  | Extract<Op, { type: "compact" | "userShell" }>;
/** What answers a question of the thread. */
type AnswerOp = Extract<Op, {
  type:
    | "approval"
    | "userAnswers"
    | "dynamicToolResult"
    | "permissions"
    | "elicitation";
}>;

/** The reason a turn's signal is aborted with when the user stops it. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

interface RunningTurn {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export interface ThreadParts {
  readonly info: ThreadInfo;
  readonly state: ThreadState;
  readonly settings: CurrentSettings;
  readonly environment: TurnEnvironment;
  readonly agents: ThreadAgents;
  /** The commands that run. */
  readonly sessions: ExecSessions;
  /** What ends with the thread. */
  readonly owned: readonly { close(): Promise<void> }[];
  readonly broker: ApprovalBroker;
  readonly events: AsyncQueue<ThreadEvent>;
  readonly mcp: ThreadMcpAccess | undefined;
  reloadServers(): void;
  /** Stops the time of tools. */
  readonly toolTime: TimeHold;
  sandboxMechanism(): Promise<string>;
  review(
    op: ReviewOp,
    frozen: FrozenSettings,
    signal: AbortSignal,
  ): Promise<void>;
}

export class Thread implements ThreadHandle {
  readonly info: ThreadInfo;
  readonly #parts: ThreadParts;
  readonly #ops = new AsyncQueue<Op>(OPS_MAX);
  #turn: RunningTurn | undefined;
  /** Joins the running turn at its next checkpoint. */
  #meanwhile: Meanwhile[] = [];
  /** The turn was stopped to have a turn begin with what was said meanwhile. */
  #isKeptForNext = false;
  /** Reviews, and what was said after the turn was told to stop: turns of their own. */
  readonly #queued: TurnOp[] = [];
  readonly #ended: Promise<void>;

  constructor(parts: ThreadParts, signal: AbortSignal) {
    this.info = parts.info;
    this.#parts = parts;
    signal.addEventListener("abort", () => this.#ops.close(), { once: true });
    this.#ended = this.#loop(signal);
    // The one consumer of the events is told; whoever closes the thread is, too.
    this.#ended.catch((error: unknown) => parts.events.fail(error));
  }

  get mcp(): ThreadMcpAccess | undefined {
    return this.#parts.mcp;
  }

  sandboxMechanism(): Promise<string> {
    return this.#parts.sandboxMechanism();
  }

  submit(op: Op): Promise<void> {
    return this.#ops.push(op);
  }

  events(): AsyncIterable<ThreadEvent> {
    return this.#parts.events;
  }

  close(): Promise<void> {
    this.#ops.close();
    return this.#ended;
  }

  /** Tells the model something at the next checkpoint; starts no turn of its own. */
  note(item: ResponseItem): void {
    this.#meanwhile.push({ kind: "note", item });
  }

  async #loop(signal: AbortSignal): Promise<void> {
    for await (const op of this.#ops) await this.#accept(op, signal);
    this.#queued.length = 0;
    // A turn that ends just now may be followed by one more.
    while (this.#turn !== undefined) {
      this.#stopTurn("The thread was shut down");
      await this.#turn.done;
    }
    await this.#parts.agents.close();
    await Promise.all(this.#parts.owned.map((part) => part.close()));
    this.#parts.state.close();
    this.#parts.events.close();
  }

  async #accept(
    op: Op,
    signal: AbortSignal,
  ): Promise<void> {
    switch (op.type) {
      case "userInput":
        if (this.#turn === undefined) return this.#startTurn(op, signal);
        if (this.#turn.controller.signal.aborted) {
          return void this.#queued.push(op);
        }
        return await this.#steer(op, signal);
      case "review":
      case "compact":
      case "userShell":
        if (this.#turn === undefined) return this.#startTurn(op, signal);
        this.#queued.push(op);
        return;
      case "interrupt":
        this.#isKeptForNext = op.isForSteering === true &&
          this.#turn !== undefined;
        this.#stopTurn("The user interrupted the turn");
        return await this.#parts.agents.interrupt();
      case "rollback":
        return await this.#rollBack(op.turns);
      case "inject":
        return await this.#inject(op.items);
      case "cleanTerminals":
        return await this.#parts.sessions.close();
      case "reloadServers":
        return this.#parts.reloadServers();
      case "holdToolTime":
        return op.isHeld
          ? this.#parts.toolTime.hold()
          : this.#parts.toolTime.release();
      case "memoryMode":
        return await this.#parts.state.setMemoryMode(op.mode);
      case "toAgent":
        return await this.#parts.agents.deliver(op.threadId, op.op);
      default:
        return this.#answer(op);
    }
  }

  /** A turn that runs would go on with what was taken away. */
  async #rollBack(turns: number): Promise<void> {
    const { state, events } = this.#parts;
    if (this.#turn !== undefined) {
      return await events.push({
        type: "rollbackEnded",
        problem: "Cannot roll back while a turn runs; interrupt it first",
      });
    }
    await state.rollBack(turns);
    await events.push({ type: "rollbackEnded" });
  }

  /** Items join the history now, or at the checkpoint of the turn that runs. */
  async #inject(items: readonly ResponseItem[]): Promise<void> {
    if (this.#turn === undefined) {
      return await this.#parts.state.history.append(items);
    }
    for (const item of items) this.note(item);
  }

  /** Passes an answer on to whoever asked. */
  #answer(op: AnswerOp): void {
    const { questions, dynamicCalls, permissions, servers } =
      this.#parts.environment;
    switch (op.type) {
      case "approval":
        return this.#approve(op);
      case "userAnswers":
        return void questions.answer(op.requestId, op.answers);
      case "dynamicToolResult":
        return void dynamicCalls.answer(op.requestId, op.result);
      case "permissions":
        return void permissions.answer(op.requestId, op.grant);
      case "elicitation":
        return servers?.answer(op.requestId, op.answer);
    }
  }

  #stopTurn(why: string): void {
    this.#turn?.controller.abort(new Interrupted(why));
  }

  /** Cancelling a request says no and stops the turn that made it. */
  #approve({ requestId, decision }: Extract<Op, { type: "approval" }>): void {
    if (this.#parts.broker.answer(requestId, decision) !== "stopTurn") return;
    this.#stopTurn("The user cancelled an approval request");
  }

  #startTurn(
    op: TurnOp,
    signal: AbortSignal,
  ): void {
    const controller = new AbortController();
    const turn = AbortSignal.any([signal, controller.signal]);
    const done = this.#conduct(op, turn).finally(() => this.#afterTurn(signal));
    this.#turn = { controller, done };
    // A failure here is a bug or a full disk; the front end must learn of it and end.
    done.catch((error: unknown) => this.#parts.events.fail(error));
  }

  /** What is said while a turn runs joins it at its next checkpoint. */
  async #steer(op: UserInputOp, signal: AbortSignal): Promise<void> {
    const message = await userMessage(
      this.#parts.environment.platform,
      op.input,
    );
    // Reading its images took a moment, in which the turn may have ended.
    if (this.#turn === undefined) return this.#startTurn(op, signal);
    this.#meanwhile.push({ kind: "input", op, message });
  }

  async #conduct(op: TurnOp, signal: AbortSignal): Promise<void> {
    const { environment: env, state, settings } = this.#parts;
    switch (op.type) {
      case "review":
        return await this.#parts.review(op, settings.freeze(), signal);
      case "compact": {
        const { conductCompaction } = await import("./conduct_compaction.ts");
        const request = { ...settings.freeze(), id: op.turnId };
        return await conductCompaction(env, state, request, signal);
      }
      case "userShell": {
        const { conductShell } = await import("./conduct_shell.ts");
        const request = { ...settings.freeze(), ...op, id: op.turnId };
        return await conductShell(env, state, request, signal);
      }
      case "userInput":
        return await this.#conductInput(op, signal);
    }
  }

  #conductInput(op: UserInputOp, signal: AbortSignal): Promise<void> {
    const { environment, state, settings } = this.#parts;
    settings.choose(op.choices ?? {});
    return conductTurn(environment, state, {
      ...settings.freeze(),
      id: op.turnId,
      input: op.input,
      ...(op.outputSchema === undefined
        ? {}
        : { outputSchema: op.outputSchema }),
      widenSandbox: (sandboxPolicy) => settings.choose({ sandboxPolicy }),
      takeMeanwhile: () => this.#isKeptForNext ? [] : this.#meanwhile.splice(0),
    }, signal);
  }

  /** What was said too late for the turn's last checkpoint is a turn of its own. */
  #afterTurn(signal: AbortSignal): void {
    this.#turn = undefined;
    this.#isKeptForNext = false;
    const late = this.#meanwhile.findIndex(({ kind }) => kind === "input");
    const [entry] = late === -1 ? [] : this.#meanwhile.splice(late, 1);
    const next = entry?.kind === "input" ? entry.op : this.#queued.shift();
    if (next !== undefined) this.#startTurn(next, signal);
  }
}
