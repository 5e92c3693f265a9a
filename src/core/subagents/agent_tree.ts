/**
 * The agents below one thread of the user: who they are, how many there may be, and
 * that all of them end when it does. Agents of agents are in the same tree, so one
 * limit holds for all.
 */
import { abortable, elapsed } from "@/async/scope.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import type { AgentOrigin, AgentStatus } from "@/protocol/agents.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { Op } from "@/protocol/ops.ts";
import { Agent } from "./agent.ts";
import { pickNickname } from "./nicknames.ts";

export interface TreePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly agentsMax: number;
  /** Goes to the front end of the tree's root. */
  emit(event: ThreadEvent): Promise<void>;
}

export interface NewAgent {
  readonly parentId: ThreadId;
  readonly depth: number;
  readonly role: string | undefined;
  readonly nicknames: readonly string[];
  /** Opens its thread. */
  open(origin: AgentOrigin): Promise<ThreadHandle>;
  /** Told when one of its turns ends and nobody waits for that. */
  onUnwatchedEnd(id: ThreadId, status: AgentStatus): void;
}

export class AgentTree {
  readonly #ports: TreePorts;
  readonly #agents = new Map<ThreadId, Agent>();
  readonly #nicknames = new Set<string>();
  /** Agents whose thread is being opened; they count. */
  #opening = 0;
  /** Threads that are ending: nothing is started below them any more. */
  readonly #ended = new Set<ThreadId>();

  constructor(ports: TreePorts) {
    this.#ports = ports;
  }

  /** How many agents there may be at a time. */
  get agentsMax(): number {
    return this.#ports.agentsMax;
  }

  /** Starts an agent; undefined when there are as many as there may be. */
  async add(wanted: NewAgent): Promise<Agent | undefined> {
    const { agentsMax, random } = this.#ports;
    if (this.#agents.size + this.#opening >= agentsMax) return undefined;
    const nickname = pickNickname(wanted.nicknames, this.#nicknames, random);
    this.#nicknames.add(nickname);
    const origin: AgentOrigin = {
      parentThreadId: wanted.parentId,
      depth: wanted.depth,
      nickname,
      role: wanted.role,
    };
    this.#opening++;
    try {
      return await this.#own(await wanted.open(origin), origin, wanted);
    } catch (error) {
      this.#nicknames.delete(nickname);
      throw error;
    } finally {
      this.#opening--;
    }
  }

  status(id: ThreadId): AgentStatus {
    return this.#agents.get(id)?.status ?? { kind: "notFound" };
  }

  get(id: ThreadId): Agent | undefined {
    return this.#agents.get(id);
  }

  /** Passes an op of the front end on; one for an agent that is gone is dropped. */
  async deliver(id: ThreadId, op: Op): Promise<void> {
    await this.#agents.get(id)?.submit(op);
  }

  /** Waits until one of them has settled, but no longer than that. */
  async waitForAny(
    agents: readonly Agent[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const watches = agents.map((agent) => agent.watch());
    try {
      const first = Promise.race(watches.map(({ settled }) => settled));
      const time = elapsed(this.#ports.clock.timeout(timeoutMs));
      await abortable(Promise.race([first, time]), signal);
    } finally {
      for (const watch of watches) watch.stop();
    }
  }

  /** Stops the turns of everything below a thread. */
  async interruptBelow(id: ThreadId): Promise<void> {
    await Promise.all(
      this.#below(id).map((agent) => agent.submit({ type: "interrupt" })),
    );
  }

  /** Ends an agent and everything below it; gives the status it had. */
  async close(agent: Agent): Promise<AgentStatus> {
    const { status } = agent;
    await Promise.all(
      [agent, ...this.#below(agent.id)].map((one) => this.#end(one)),
    );
    return status;
  }

  /** Ends everything below a thread that is ending; resolves when none is left. */
  async closeBelow(id: ThreadId): Promise<void> {
    this.#ended.add(id);
    await Promise.all(this.#below(id).map((one) => this.#end(one)));
  }

  async #own(
    thread: ThreadHandle,
    origin: AgentOrigin,
    { onUnwatchedEnd }: NewAgent,
  ): Promise<Agent> {
    const agent = new Agent(thread, origin, {
      emit: this.#ports.emit,
      onUnwatchedEnd: ({ id, status }) => onUnwatchedEnd(id, status),
    });
    this.#agents.set(agent.id, agent);
    // Opening took a moment, in which its parent may have ended.
    if (this.#ended.has(origin.parentThreadId)) await this.#end(agent);
    return agent;
  }

  async #end(agent: Agent): Promise<void> {
    await agent.close();
    this.#agents.delete(agent.id);
    this.#nicknames.delete(agent.origin.nickname);
  }

  #below(id: ThreadId): readonly Agent[] {
    const children = [...this.#agents.values()].filter(({ origin }) =>
      origin.parentThreadId === id
    );
    return children.flatMap((child) => [child, ...this.#below(child.id)]);
  }
}
