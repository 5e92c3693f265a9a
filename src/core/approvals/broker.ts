/**
 * Asks for approval and waits for the answer: an event goes out, a decision op comes
 * back. What was accepted for the session is remembered here, and nowhere else.
 */
import { PendingAnswers } from "@/async/pending_answers.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";

export interface ApprovalRequest {
  readonly itemId: string;
  readonly subject: ApprovalSubject;
  /** Undefined when the policy alone is the reason. */
  readonly reason: string | undefined;
}

/** What an answer did: nothing, settled a question, or also says to stop the turn. */
export type AnswerEffect = "none" | "settled" | "stopTurn";

export class ApprovalBroker {
  readonly #emit: (event: ThreadEvent) => Promise<void>;
  readonly #waiting = new PendingAnswers<ApprovalSubject, ApprovalDecision>(
    "approval",
  );
  readonly #acceptedForSession = new Set<string>();

  constructor(emit: (event: ThreadEvent) => Promise<void>) {
    this.#emit = emit;
  }

  /** The decision about something; what the session accepted before is not asked again. */
  async ask(
    request: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalDecision> {
    const { subject } = request;
    const keys = sessionKeys(subject);
    if (
      keys.length > 0 && keys.every((key) => this.#acceptedForSession.has(key))
    ) {
      return { kind: "accept" };
    }
    const { reason, ...asked } = request;
    const decision = await this.#waiting.ask(
      subject,
      (requestId) =>
        this.#emit({
          type: "approvalRequested",
          requestId,
          ...asked,
          ...(reason === undefined ? {} : { reason }),
        }),
      signal,
    );
    if (
      decision.kind === "acceptForSession" || decision.kind === "acceptAlways"
    ) {
      for (const key of keys) this.#acceptedForSession.add(key);
    }
    return decision;
  }

  /** Takes a front end's answer; without effect for a request that is gone. */
  answer(requestId: string, decision: ApprovalDecision): AnswerEffect {
    const subject = this.#waiting.answer(requestId, decision);
    if (subject === undefined) return "none";
    // A call that is not made is an answer to the model; what else was cancelled ends
    // the turn.
    return decision.kind === "cancel" && subject.kind !== "mcpToolCall"
      ? "stopTurn"
      : "settled";
  }
}

/**
 * What an acceptance for the session covers: that command there, those files, that host,
 * or that tool whatever its arguments. Nothing, where none may be given.
 */
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
    case "mcpToolCall":
      return subject.persist.length === 0
        ? []
        : [JSON.stringify(["mcp", subject.server, subject.tool])];
  }
}
