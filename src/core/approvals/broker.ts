/**
 * Asks for approval and waits for the answer: an event goes out, a decision op comes
 * back. What was accepted for the session is remembered here, and nowhere else.
 */
import { abortable } from "@/async/scope.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";

export interface ApprovalRequest {
  readonly itemId: string;
  readonly subject: ApprovalSubject;
  readonly reason: string;
}

export class ApprovalBroker {
  readonly #emit: (event: ThreadEvent) => Promise<void>;
  readonly #waiting = new Map<string, (decision: ApprovalDecision) => void>();
  readonly #acceptedForSession = new Set<string>();
  #count = 0;

  constructor(emit: (event: ThreadEvent) => Promise<void>) {
    this.#emit = emit;
  }

  /** The decision about something; what the session accepted before is not asked again. */
  async ask(
    request: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalDecision> {
    const key = JSON.stringify(request.subject);
    if (this.#acceptedForSession.has(key)) return { kind: "accept" };
    const requestId = `approval-${++this.#count}`;
    const answer = new Promise<ApprovalDecision>((resolve) =>
      this.#waiting.set(requestId, resolve)
    );
    try {
      await this.#emit({ type: "approvalRequested", requestId, ...request });
      const decision = await abortable(answer, signal);
      if (decision.kind === "acceptForSession") {
        this.#acceptedForSession.add(key);
      }
      return decision;
    } finally {
      this.#waiting.delete(requestId);
    }
  }

  /** Takes a front end's answer; one for a request that is gone has no effect. */
  answer(requestId: string, decision: ApprovalDecision): void {
    this.#waiting.get(requestId)?.(decision);
  }
}
