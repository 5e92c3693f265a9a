/**
 * How a message is shown in plan mode: the proposed plan is an item of its own, and
 * the message is what stands around it. The history keeps the message whole.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import { PlanReader, splitPlan, type TextPart } from "./plan_text.ts";

export interface PlanPorts {
  readonly turnId: TurnId;
  emit(event: ThreadEvent): Promise<void>;
}

/** What a message was, once it is whole. */
export interface PlannedMessage {
  /** Undefined when nothing stands around the plan. */
  readonly message: string | undefined;
  readonly plan: string | undefined;
}

export class PlanOutput {
  readonly #ports: PlanPorts;
  readonly #started = new Set<string>();
  #reader = new PlanReader();

  constructor(ports: PlanPorts) {
    this.#ports = ports;
  }

  /** A new answer begins; what an answer that broke off left is forgotten. */
  restart(): void {
    this.#reader = new PlanReader();
    this.#started.clear();
  }

  /** Shows more of a message. */
  async delta(itemId: string, text: string): Promise<void> {
    await this.#show(itemId, this.#reader.push(text));
  }

  /** The message is whole: shows what was kept back, and completes the plan. */
  async finish(itemId: string, text: string): Promise<PlannedMessage> {
    await this.#show(itemId, this.#reader.end());
    this.#reader = new PlanReader();
    const { message, plan } = splitPlan(text);
    if (plan !== undefined) {
      const item: ThreadItem = { type: "plan", id: this.#planId, text: plan };
      await this.#start(item);
      await this.#ports.emit({
        type: "itemCompleted",
        turnId: this.#ports.turnId,
        item,
      });
      this.#started.delete(item.id);
    }
    return { message: message.trim() === "" ? undefined : message, plan };
  }

  get #planId(): string {
    return `${this.#ports.turnId}-plan`;
  }

  async #show(itemId: string, parts: readonly TextPart[]): Promise<void> {
    for (const { kind, text } of parts) {
      if (kind === "plan") {
        await this.#start({ type: "plan", id: this.#planId, text: "" });
        await this.#ports.emit({
          type: "planDelta",
          itemId: this.#planId,
          delta: text,
        });
      } else if (text.trim() !== "" || this.#started.has(itemId)) {
        await this.#start({ type: "agentMessage", id: itemId, text: "" });
        await this.#ports.emit({
          type: "agentMessageDelta",
          itemId,
          delta: text,
        });
      }
    }
  }

  async #start(item: ThreadItem): Promise<void> {
    if (this.#started.has(item.id)) return;
    this.#started.add(item.id);
    await this.#ports.emit({
      type: "itemStarted",
      turnId: this.#ports.turnId,
      item,
    });
  }
}
