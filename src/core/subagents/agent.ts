/**
 * One sub-agent: its thread, what became of it, and whoever waits for that. It takes
 * its thread's events, so that a child nobody watches still goes on.
 */
import {
  type AgentOrigin,
  type AgentStatus,
  isSettled,
} from "@/protocol/agents.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { Op } from "@/protocol/ops.ts";

export interface AgentPorts {
  /** Passes an event on to whoever watches the whole tree. */
  emit(event: ThreadEvent): Promise<void>;
  /** A turn of the agent has ended and nobody was waiting for it. */
  onUnwatchedEnd(agent: Agent): void;
}

export interface Watch {
  readonly settled: Promise<void>;
  stop(): void;
}

export class Agent {
  readonly id: ThreadId;
  readonly origin: AgentOrigin;
  readonly #thread: ThreadHandle;
  readonly #ports: AgentPorts;
  readonly #pump: Promise<void>;
  #status: AgentStatus = { kind: "pendingInit" };
  #settled = Promise.withResolvers<void>();
  #watchers = 0;

  constructor(thread: ThreadHandle, origin: AgentOrigin, ports: AgentPorts) {
    this.id = thread.info.id;
    this.origin = origin;
    this.#thread = thread;
    this.#ports = ports;
    this.#pump = this.#follow();
  }

  get status(): AgentStatus {
    return this.#status;
  }

  submit(op: Op): Promise<void> {
    return this.#thread.submit(op);
  }

  /** Gives it work. It counts as running from here on, so a wait waits for this. */
  async tell(input: readonly UserInput[]): Promise<void> {
    this.#become({ kind: "running" });
    await this.#thread.submit({ type: "userInput", input });
  }

  /**
   * Watches for the moment nothing more will come without another input. Its parent
   * learns of it from the watcher, so it is not told otherwise.
   */
  watch(): Watch {
    this.#watchers++;
    return {
      settled: this.#settled.promise,
      stop: () => {
        this.#watchers--;
      },
    };
  }

  /** Ends its thread; resolves when nothing of it is left. */
  async close(): Promise<void> {
    await this.#thread.close();
    await this.#pump;
    this.#become({ kind: "shutdown" });
  }

  async #follow(): Promise<void> {
    try {
      await this.#ports.emit({
        type: "agentStarted",
        info: this.#thread.info,
        origin: this.origin,
      });
      for await (const event of this.#thread.events()) {
        await this.#ports.emit({
          type: "agentEvent",
          threadId: this.id,
          event,
        });
        this.#take(event);
      }
    } catch (error) {
      // Its disk is full or it has a bug: the others go on, and are told.
      const message = error instanceof Error ? error.message : String(error);
      this.#become({ kind: "errored", message });
    }
  }

  #take(event: ThreadEvent): void {
    switch (event.type) {
      case "turnStarted":
        return this.#become({ kind: "running" });
      case "turnCompleted":
        return this.#become(statusAfter(event));
    }
  }

  #become(status: AgentStatus): void {
    const wasSettled = isSettled(this.#status);
    this.#status = status;
    if (!isSettled(status)) {
      if (wasSettled) this.#settled = Promise.withResolvers<void>();
      return;
    }
    this.#settled.resolve();
    const isEnd = status.kind === "completed" || status.kind === "errored";
    if (isEnd && this.#watchers === 0) this.#ports.onUnwatchedEnd(this);
  }
}

function statusAfter(
  event: Extract<ThreadEvent, { type: "turnCompleted" }>,
): AgentStatus {
  switch (event.status) {
    case "completed":
      return { kind: "completed", message: event.lastAgentMessage };
    case "failed":
      return { kind: "errored", message: event.error?.message ?? "" };
    case "interrupted":
      return { kind: "interrupted" };
  }
}
