/**
 * Asks for approval and waits for the answer: an event goes out, a decision op comes
 * back. What was accepted for the session is remembered here, and nowhere else.
 */
import { PendingAnswers } from "@/async/pending_answers.ts";
import type { ApprovalSubject, ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision } from "@/protocol/ops.ts";
import type { HookedCall } from "@/tools/tool.ts";
import type { HookMoment, HookPermission } from "../turn_hooks.ts";

export interface ApprovalRequest {
  readonly itemId: string;
  /** What hooks are told before the user is asked; undefined: they have no say. */
  readonly hooked: HookedRequest | undefined;
  readonly subject: ApprovalSubject;
  /** Undefined when the policy alone is the reason. */
  readonly reason: string | undefined;
}

/** What an answer did: nothing, settled a question, or also says to stop the turn. */
export type AnswerEffect = "none" | "settled" | "stopTurn";

/** A front end's decision, or a refusal by a hook of the user's, with its words. */
export type ApprovalAnswer =
  | ApprovalDecision
  | { readonly kind: "refused"; readonly text: string };

/** The call a question is about, and the turn it is asked in. */
export interface HookedRequest {
  readonly at: HookMoment;
  readonly call: HookedCall & { readonly id: string };
}

/** Answers in the user's place; undefined: ask. */
export type StandIn = (
  request: HookedRequest,
  signal: AbortSignal,
) => Promise<HookPermission | undefined>;

export class ApprovalBroker {
  readonly #standIn: StandIn | undefined;
  readonly #emit: (event: ThreadEvent) => Promise<void>;
  readonly #waiting = new PendingAnswers<ApprovalSubject, ApprovalDecision>(
    "approval",
  );
  readonly #acceptedForSession = new Set<string>();

  constructor(
    emit: (event: ThreadEvent) => Promise<void>,
    standIn: StandIn | undefined,
  ) {
    this.#emit = emit;
    this.#standIn = standIn;
  }

  /**
   * The decision about something. Who stands in for the user is heard first, so that
   * it can refuse what was accepted before; that is not asked about again.
   */
  async ask(
    request: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalAnswer> {
    const { hooked } = request;
    const answer = this.#standIn && hooked &&
      await this.#standIn(hooked, signal);
    if (answer?.kind === "allow") return { kind: "accept" };
    if (answer?.kind === "deny") return { kind: "refused", text: answer.text };
    return await this.#askUser(request, signal);
  }

  async #askUser(
    { itemId, subject, reason }: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalDecision> {
    const keys = sessionKeys(subject);
    if (
      keys.length > 0 && keys.every((key) => this.#acceptedForSession.has(key))
    ) {
      return { kind: "accept" };
    }
    const decision = await this.#waiting.ask(
      subject,
      (requestId) =>
        this.#emit({
          type: "approvalRequested",
          requestId,
          itemId,
          subject,
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
