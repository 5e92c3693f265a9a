/**
 * What exec answers when something is asked: nobody is there. Every question gets its
 * answer, or the turn would wait for ever.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { Op } from "@/protocol/ops.ts";

/** The answer to an event that waits for one. */
export function unattendedAnswer(event: ThreadEvent): Op | undefined {
  switch (event.type) {
    case "approvalRequested":
      return {
        type: "approval",
        requestId: event.requestId,
        decision: { kind: "decline" },
      };
    case "elicitationRequested":
      return {
        type: "elicitation",
        requestId: event.requestId,
        answer: { action: "cancel" },
      };
    case "userInputRequested":
      return {
        type: "userAnswers",
        requestId: event.requestId,
        answers: undefined,
      };
    case "agentEvent": {
      const op = unattendedAnswer(event.event);
      return op && { type: "toAgent", threadId: event.threadId, op };
    }
    default:
      return undefined;
  }
}
