/** Turns: started, steered, stopped; reviews are turns, too. */
import type { TurnId } from "@/protocol/ids.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { Params } from "@/protocol/rpc/methods.ts";
import { newTurn } from "../projection.ts";
import { refused } from "../refusal.ts";
import type { Handlers } from "../session.ts";
import type { ThreadTable } from "../thread_table.ts";
import { sandboxOf, userInputOf } from "../wire.ts";
import { defined } from "./threads.ts";

type Names = "turn/start" | "turn/steer" | "turn/interrupt" | "review/start";

/** @param newTurnId makes the id of a turn that does not exist yet */
export function turnHandlers(
  table: ThreadTable,
  newTurnId: () => TurnId,
): Pick<Handlers, Names> {
  return {
    async "turn/start"(params, { afterAnswer }) {
      const thread = table.get(params.threadId);
      const running = thread.turnId;
      const turnId = running ?? newTurnId();
      const op = {
        type: "userInput" as const,
        input: params.input.map(userInputOf),
        turnId,
        choices: choicesOf(params),
        ...(params.outputSchema == null
          ? {}
          : { outputSchema: params.outputSchema }),
      };
      // While a turn runs the input joins it, and its id is the one that counts.
      afterAnswer(() => thread.submit(op));
      return { turn: newTurn(turnId) };
    },
    async "turn/steer"({ threadId, expectedTurnId, input }, { afterAnswer }) {
      const thread = table.get(threadId);
      const { turnId } = thread;
      if (turnId === undefined) throw refused("no active turn to steer");
      if (turnId !== expectedTurnId) {
        throw refused(
          `expected active turn id \`${expectedTurnId}\` but found \`${turnId}\``,
        );
      }
      const op = { type: "userInput" as const, input: input.map(userInputOf) };
      afterAnswer(() => thread.submit(op));
      return { turnId };
    },
    async "turn/interrupt"({ threadId, turnId }) {
      const thread = table.get(threadId);
      if (thread.turnId === undefined) {
        throw refused("no active turn to interrupt");
      }
      if (thread.turnId !== turnId) {
        throw refused(
          `expected active turn id \`${turnId}\` but found \`${thread.turnId}\``,
        );
      }
      await thread.submit({ type: "interrupt" });
      return {};
    },
    async "review/start"({ threadId, target, delivery }, { afterAnswer }) {
      if (delivery === "detached") {
        throw refused(
          "a detached review is not available in this version; use delivery `inline`",
        );
      }
      const thread = table.get(threadId);
      const turnId = newTurnId();
      const title = target.type === "commit" ? target.title : undefined;
      afterAnswer(() =>
        thread.submit({
          type: "review",
          turnId,
          target: target.type === "commit"
            ? {
              type: "commit",
              sha: target.sha,
              ...(title == null ? {} : { title }),
            }
            : target,
        })
      );
      return { turn: newTurn(turnId), reviewThreadId: threadId };
    },
  };
}

function choicesOf(params: Params<"turn/start">): TurnChoices {
  const mode = params.collaborationMode;
  const sandboxPolicy = params.sandboxPolicy == null
    ? undefined
    : sandboxOf(params.sandboxPolicy);
  return {
    ...defined({
      cwd: params.cwd,
      model: mode?.settings.model ?? params.model,
      effort: mode?.settings.reasoning_effort ?? params.effort,
      summary: params.summary,
      approvalPolicy: params.approvalPolicy,
      personality: params.personality,
      serviceTier: params.serviceTier,
      sandboxPolicy,
    }),
    ...(mode == null ? {} : {
      mode: {
        kind: mode.mode,
        ...(mode.settings.developer_instructions == null
          ? {}
          : { developerInstructions: mode.settings.developer_instructions }),
      },
    }),
  };
}
