/**
 * What exec answers when something is asked: nobody is there. Every question gets its
 * answer, or the turn would wait for ever.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { Op } from "@/protocol/ops.ts";
import { NO_PERMISSIONS } from "@/protocol/permissions.ts";

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
    case "dynamicToolCalled":
      return {
        type: "dynamicToolResult",
        requestId: event.requestId,
        result: { content: [], isSuccess: false },
      };
    case "permissionsRequested":
      return {
        type: "permissions",
        requestId: event.requestId,
        grant: { permissions: NO_PERMISSIONS, scope: "turn" },
      };
    case "agentEvent": {
      const op = unattendedAnswer(event.event);
      return op && { type: "toAgent", threadId: event.threadId, op };
    }
    default:
      return undefined;
  }
}
