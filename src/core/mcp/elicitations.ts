/**
 * The questions servers ask the user: an event goes out, an op comes back. A question
 * belongs to the call it is asked in, and ends with it.
 */
import { PendingAnswers } from "@/async/pending_answers.ts";
import type { Question } from "@/mcp/server.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { ElicitationAnswer } from "@/protocol/ops.ts";
import type { ApprovalPolicy } from "@/protocol/policy.ts";
import { elicitationRequirement } from "./requirement.ts";

/** On whose behalf a server asks. */
export interface Asker {
  readonly turnId: TurnId;
  readonly approvalPolicy: ApprovalPolicy;
  /** Ends the questions that are asked in it. */
  readonly signal: AbortSignal;
}

export class Elicitations {
  readonly #emit: (event: ThreadEvent) => Promise<void>;
  readonly #threadPolicy: () => ApprovalPolicy;
  readonly #askers = new Map<string, Asker[]>();
  readonly #waiting = new PendingAnswers<Question, ElicitationAnswer>(
    "elicitation",
  );

  /** @param threadPolicy counts while none of a server's tools runs */
  constructor(
    emit: (event: ThreadEvent) => Promise<void>,
    threadPolicy: () => ApprovalPolicy,
  ) {
    this.#emit = emit;
    this.#threadPolicy = threadPolicy;
  }

  /** Runs a call of a server's tool; what the server asks meanwhile is asked for it. */
  async during<T>(
    server: string,
    asker: Asker,
    run: () => Promise<T>,
  ): Promise<T> {
    const askers = this.#askers.get(server) ?? [];
    this.#askers.set(server, askers);
    askers.push(asker);
    try {
      return await run();
    } finally {
      askers.splice(askers.indexOf(asker), 1);
    }
  }

  /** The user's answer; a question that may not be asked is declined, as is a late one. */
  async ask(
    question: Question,
    signal: AbortSignal,
  ): Promise<ElicitationAnswer> {
    const { server, elicitation, problem } = question;
    // The protocol does not say for which of several calls a server asks.
    const asker = this.#askers.get(server)?.at(-1);
    const policy = asker?.approvalPolicy ?? this.#threadPolicy();
    if (elicitationRequirement(policy) === "decline") {
      return { action: "decline" };
    }
    const end = asker === undefined
      ? signal
      : AbortSignal.any([signal, asker.signal]);
    let asked: string | undefined;
    try {
      return await this.#waiting.ask(question, (requestId) => {
        asked = requestId;
        return this.#emit({
          type: "elicitationRequested",
          requestId,
          ...(asker === undefined ? {} : { turnId: asker.turnId }),
          server,
          elicitation,
          ...(problem === undefined ? {} : { problem }),
        });
      }, end);
    } catch (error) {
      if (!end.aborted) throw error;
      return { action: "cancel" };
    } finally {
      if (asked !== undefined) {
        await this.#emit({ type: "elicitationResolved", requestId: asked });
      }
    }
  }

  /** Takes a front end's answer; without effect for a question that is gone. */
  answer(requestId: string, answer: ElicitationAnswer): void {
    this.#waiting.answer(requestId, answer);
  }
}
