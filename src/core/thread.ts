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
import type { ExecSessions } from "./exec_sessions.ts";
import type { ThreadState } from "./thread_state.ts";
import type { TurnEnvironment } from "./turn_environment.ts";
import { userMessage } from "./user_input.ts";

/** Ops wait here while one is being accepted; people and programs send few. */
const OPS_MAX = 64;

type UserInputOp = Extract<Op, { type: "userInput" }>;

/** Input that came while a turn was running. */
interface Steering {
  readonly op: UserInputOp;
  readonly message: ResponseItem;
}

/** The reason a turn's signal is aborted with when the user stops it. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface ThreadParts {
  readonly info: ThreadInfo;
  readonly state: ThreadState;
  readonly environment: TurnEnvironment;
  readonly sessions: ExecSessions;
  readonly broker: ApprovalBroker;
  readonly events: AsyncQueue<ThreadEvent>;
  sandboxMechanism(): Promise<string>;
}

export class Thread implements ThreadHandle {
  readonly info: ThreadInfo;
  readonly #parts: ThreadParts;
  readonly #ops = new AsyncQueue<Op>(OPS_MAX);
  #turn:
    | { readonly controller: AbortController; readonly done: Promise<void> }
    | undefined;
  #steering: Steering[] = [];
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

  async #loop(signal: AbortSignal): Promise<void> {
    for await (const op of this.#ops) await this.#accept(op, signal);
    this.#turn?.controller.abort(new Interrupted("The thread was shut down"));
    await this.#turn?.done;
    await Promise.all([
      this.#parts.sessions.close(),
      this.#parts.environment.servers?.close(),
    ]);
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
        return this.#steer(op);
      case "interrupt":
        this.#turn?.controller.abort(
          new Interrupted("The user interrupted the turn"),
        );
        return;
      case "approval":
        return this.#answer(op);
    }
  }

  /** Cancelling a request says no and stops the turn that made it. */
  #answer({ requestId, decision }: Extract<Op, { type: "approval" }>): void {
    const wasWaiting = this.#parts.broker.answer(requestId, decision);
    if (!wasWaiting || decision.kind !== "cancel") return;
    this.#turn?.controller.abort(
      new Interrupted("The user cancelled an approval request"),
    );
  }

  #startTurn(
    op: UserInputOp,
    signal: AbortSignal,
  ): void {
    const controller = new AbortController();
    const turn = AbortSignal.any([signal, controller.signal]);
    const done = this.#runTurn(op, turn);
    this.#turn = { controller, done };
    // A failure here is a bug or a full disk; the front end must learn of it and end.
    done.catch((error: unknown) => this.#parts.events.fail(error));
  }

  /** What is said while a turn runs joins it at its next checkpoint. */
  async #steer(op: UserInputOp): Promise<void> {
    const message = await userMessage(
      this.#parts.environment.platform,
      op.input,
    );
    this.#steering.push({ op, message });
  }

  async #runTurn(op: UserInputOp, signal: AbortSignal): Promise<void> {
    try {
      await this.#conduct(op, signal);
      // Said too late for the turn's last checkpoint: a turn of its own.
      while (this.#steering.length > 0 && !signal.aborted) {
        const [late] = this.#steering.splice(0, 1);
        if (late !== undefined) await this.#conduct(late.op, signal);
      }
    } finally {
      this.#turn = undefined;
    }
  }

  #conduct(op: UserInputOp, signal: AbortSignal): Promise<void> {
    const request = {
      input: op.input,
      ...(op.outputSchema === undefined
        ? {}
        : { outputSchema: op.outputSchema }),
      takeSteering: () =>
        this.#steering.splice(0).map(({ message }) => message),
    };
    return conductTurn(
      this.#parts.environment,
      this.#parts.state,
      request,
      signal,
    );
  }
}
