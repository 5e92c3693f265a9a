/**
 * A review as a turn of a thread: a reviewer with instructions of its own looks at the
 * change in a thread that is not kept; the thread that asked shows its work and keeps
 * what it found.
 */
import { abortable } from "@/async/scope.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import type { TurnId } from "@/protocol/ids.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import {
  reviewHint,
  type ReviewOutput,
  type ReviewTarget,
  reviewText,
} from "@/protocol/review.ts";
import { askGit } from "../git_command.ts";
import type { ThreadSpec } from "../open_thread.ts";
import reviewRubric from "../prompts/review.md" with { type: "text" };
import type { ThreadSettings } from "../settings.ts";
import type { ThreadState } from "../thread_state.ts";
import type { TurnEnvironment } from "../turn_environment.ts";
import { TurnFrame } from "../turn_frame.ts";
import { eventLine } from "../turn_record.ts";
import { readReview } from "./output.ts";
import { reviewPrompt } from "./prompt.ts";

export interface ReviewPorts {
  readonly environment: TurnEnvironment;
  readonly state: ThreadState;
  readonly settings: ThreadSettings;
  /** Opens a thread that leaves no file. */
  open(spec: Omit<ThreadSpec, "source">): Promise<ThreadHandle>;
}

type TurnEnd = Extract<ThreadEvent, { type: "turnCompleted" }>;

/** Runs one review. Resolves however it ends; the events say how. */
export async function conductReview(
  ports: ReviewPorts,
  asked: { readonly target: ReviewTarget; readonly turnId?: TurnId },
  signal: AbortSignal,
): Promise<void> {
  const review = new Review(ports, asked);
  await review.run(signal);
}

class Review {
  readonly #ports: ReviewPorts;
  readonly #target: ReviewTarget;
  readonly #frame: TurnFrame;

  constructor(
    ports: ReviewPorts,
    asked: { readonly target: ReviewTarget; readonly turnId?: TurnId },
  ) {
    const { environment, state, settings } = ports;
    this.#ports = ports;
    this.#target = asked.target;
    const id = asked.turnId;
    this.#frame = new TurnFrame({ ...environment, state, settings, id });
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#begin();
      const end = await this.#ask(signal);
      if (end.status === "failed" && end.error !== undefined) {
        await this.#exit(undefined, "The review failed.");
        return await this.#frame.failAsTold(end.error, {});
      }
      if (end.status !== "completed") return await this.#endInterrupted();
      await this.#tell(readReview(end.lastAgentMessage ?? ""));
    } catch (error) {
      if (signal.aborted) return await this.#endInterrupted();
      await this.#frame.fail(error, {});
    }
  }

  async #begin(): Promise<void> {
    const hint = reviewHint(this.#target);
    await this.#ports.state.persist([
      eventLine({
        type: "entered_review_mode",
        target: this.#target,
        user_facing_hint: hint,
      }),
    ]);
    await this.#frame.record();
    await this.#frame.announce();
    const { id } = this.#frame;
    await this.#frame.show({ type: "enteredReviewMode", id, review: hint });
  }

  /** Lets the reviewer work, and shows what it does. */
  async #ask(signal: AbortSignal): Promise<TurnEnd> {
    const prompt = reviewPrompt(this.#target, await this.#mergeBase(signal));
    const thread = await this.#ports.open(this.#spec());
    const end = this.#follow(thread);
    try {
      await thread.submit({
        type: "userInput",
        input: [{ type: "text", text: prompt }],
      });
      return await abortable(end, signal);
    } finally {
      await thread.close();
      // What it still had to show is shown before this turn ends; an end that comes
      // after an interrupt is no longer waited for.
      await Promise.allSettled([end]);
    }
  }

  async #follow(thread: ThreadHandle): Promise<TurnEnd> {
    for await (const event of thread.events()) {
      if (event.type === "turnCompleted") return event;
      await this.#pass(event);
    }
    throw new Error("The reviewer's thread ended before its turn");
  }

  #spec(): Omit<ThreadSpec, "source"> {
    const { environment, settings, state } = this.#ports;
    const { config, servers } = environment;
    return {
      config: { ...config, webSearch: "disabled" },
      instructions: reviewRubric.trim(),
      choices: {
        cwd: settings.cwd,
        model: config.reviewModel ?? settings.model.name,
        ...(settings.effort === undefined ? {} : { effort: settings.effort }),
        approvalPolicy: "never",
        sandboxPolicy: settings.sandboxPolicy,
      },
      // So deep that it starts no agents.
      place: { depth: Infinity, subagent: "review", parentId: state.id },
      ...(servers === undefined ? {} : { servers }),
    };
  }

  async #mergeBase(signal: AbortSignal): Promise<string | undefined> {
    const { environment: { platform }, settings } = this.#ports;
    if (this.#target.type !== "baseBranch") return undefined;
    const { branch } = this.#target;
    // A name like an option would be one.
    if (branch.startsWith("-")) return undefined;
    const args = ["merge-base", "HEAD", branch];
    return await askGit(platform, settings.cwd, args, signal);
  }

  /** The reviewer's work is shown as this turn's; its answer is not: it is JSON. */
  async #pass(event: ThreadEvent): Promise<void> {
    switch (event.type) {
      case "itemStarted":
      case "itemCompleted":
        if (
          event.item.type === "agentMessage" ||
          event.item.type === "userMessage"
        ) return;
        return await this.#emit({ ...event, turnId: this.#frame.id });
      case "planUpdated":
      case "turnDiff":
        return await this.#emit({ ...event, turnId: this.#frame.id });
      case "turnStarted":
      case "agentMessageDelta":
        return;
      default:
        return await this.#emit(event);
    }
  }

  /** Keeps what was found, for the model and for the user. */
  async #tell(output: ReviewOutput): Promise<void> {
    const { history } = this.#ports.state;
    const text = reviewText(output);
    await history.append([userAction(text)]);
    await this.#exit(output, text);
    await history.append([{
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text }],
    }]);
    await this.#ports.state.persist([
      eventLine({
        type: "agent_message",
        message: text,
        phase: null,
        memory_citation: null,
      }),
    ]);
    const id = `${this.#frame.id}-review`;
    await this.#frame.show({ type: "agentMessage", id, text });
    await this.#frame.complete({ lastMessage: text });
  }

  async #endInterrupted(): Promise<void> {
    const text = "The review was interrupted; nothing was found yet.";
    await this.#ports.state.history.append([userAction(text)]);
    await this.#exit(undefined, text);
    await this.#frame.interrupt({});
  }

  async #exit(output: ReviewOutput | undefined, text: string): Promise<void> {
    await this.#ports.state.persist([
      eventLine({ type: "exited_review_mode", review_output: output ?? null }),
    ]);
    await this.#frame.show({
      type: "exitedReviewMode",
      id: `${this.#frame.id}-exit`,
      review: text,
    });
  }

  #emit(event: ThreadEvent): Promise<void> {
    return this.#ports.environment.emit(event);
  }
}

/** What the thread's own model is told of a review. */
function userAction(results: string): ResponseItem {
  return textMessage(
    "user",
    [
      "<user_action>",
      "  <context>The user had the changes reviewed. These are the reviewer's comments; the user may ask to have some of them resolved.</context>",
      "  <action>review</action>",
      "  <results>",
      `  ${results}`,
      "  </results>",
      "</user_action>",
    ].join("\n"),
  );
}
