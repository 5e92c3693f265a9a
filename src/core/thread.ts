/**
 * A running thread: one loop takes ops in order and is the only one that starts or
 * stops a turn. Events leave through one bounded queue, so a slow front end slows the
 * turn and loses nothing.
 */
import { AsyncQueue } from "@/async/queue.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle, ThreadInfo } from "@/protocol/host.ts";
import type { Op } from "@/protocol/ops.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { ApprovalBroker } from "./approvals/broker.ts";
import { conductTurn } from "./conduct_turn.ts";
import type { CurrentSettings, FrozenSettings } from "./current_settings.ts";
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
type TurnOp = UserInputOp | ReviewOp;

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
  /** What ends with the thread. */
  readonly owned: readonly { close(): Promise<void> }[];
  readonly broker: ApprovalBroker;
  readonly events: AsyncQueue<ThreadEvent>;
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
        if (this.#turn === undefined) return this.#startTurn(op, signal);
        this.#queued.push(op);
        return;
      case "interrupt":
        this.#stopTurn("The user interrupted the turn");
        return await this.#parts.agents.interrupt();
      case "userAnswers":
        this.#parts.environment.questions.answer(op.requestId, op.answers);
        return;
      case "dynamicToolResult":
        this.#parts.environment.dynamicCalls.answer(op.requestId, op.result);
        return;
      case "permissions":
        this.#parts.environment.permissions.answer(op.requestId, op.grant);
        return;
      case "toAgent":
        return await this.#parts.agents.deliver(op.threadId, op.op);
      case "approval":
        return this.#answer(op);
      case "elicitation":
        this.#parts.environment.servers?.answer(op.requestId, op.answer);
        return;
    }
  }

  #stopTurn(why: string): void {
    this.#turn?.controller.abort(new Interrupted(why));
  }

  /** Cancelling a request says no and stops the turn that made it. */
  #answer({ requestId, decision }: Extract<Op, { type: "approval" }>): void {
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
    const { environment, state, settings } = this.#parts;
    if (op.type === "review") {
      return await this.#parts.review(op, settings.freeze(), signal);
    }
    settings.choose(op.choices ?? {});
    return await conductTurn(environment, state, {
      ...settings.freeze(),
      id: op.turnId,
      input: op.input,
      ...(op.outputSchema === undefined
        ? {}
        : { outputSchema: op.outputSchema }),
      widenSandbox: (sandboxPolicy) => settings.choose({ sandboxPolicy }),
      takeMeanwhile: () => this.#meanwhile.splice(0),
    }, signal);
  }

  /** What was said too late for the turn's last checkpoint is a turn of its own. */
  #afterTurn(signal: AbortSignal): void {
    this.#turn = undefined;
    const late = this.#meanwhile.findIndex(({ kind }) => kind === "input");
    const [entry] = late === -1 ? [] : this.#meanwhile.splice(late, 1);
    const next = entry?.kind === "input" ? entry.op : this.#queued.shift();
    if (next !== undefined) this.#startTurn(next, signal);
  }
}
