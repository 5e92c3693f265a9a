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
  /** Undefined when the policy alone is the reason. */
  readonly reason: string | undefined;
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
    const keys = sessionKeys(request.subject);
    if (keys.every((key) => this.#acceptedForSession.has(key))) {
      return { kind: "accept" };
    }
    const requestId = `approval-${++this.#count}`;
    const answer = new Promise<ApprovalDecision>((resolve) =>
      this.#waiting.set(requestId, resolve)
    );
    try {
      const { reason, ...asked } = request;
      await this.#emit({
        type: "approvalRequested",
        requestId,
        ...asked,
        ...(reason === undefined ? {} : { reason }),
      });
      const decision = await abortable(answer, signal);
      if (decision.kind === "acceptForSession") {
        for (const key of keys) this.#acceptedForSession.add(key);
      }
      return decision;
    } finally {
      this.#waiting.delete(requestId);
    }
  }

  /** Takes a front end's answer; false for a request that is gone. */
  answer(requestId: string, decision: ApprovalDecision): boolean {
    const resolve = this.#waiting.get(requestId);
    resolve?.(decision);
    return resolve !== undefined;
  }
}

/** What an acceptance for the session covers: that command there, those files, that host. */
function sessionKeys(subject: ApprovalSubject): readonly string[] {
  switch (subject.kind) {
    case "command":
      return [JSON.stringify(["command", subject.cwd, subject.command])];
    case "patch":
      return subject.paths.map((path) => JSON.stringify(["patch", path]));
    case "network": {
      const { protocol, host, port } = subject;
      return [JSON.stringify(["network", protocol, host, port])];
    }
  }
}
