/**
 * A thread's side of sub-agents. Nothing is loaded and no tree exists before a tool
 * needs one; a thread that is an agent itself uses the tree it stands in.
 */
import type { AgentStatus } from "@/protocol/agents.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { Op } from "@/protocol/ops.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import { wireStatus } from "@/protocol/agents.ts";
import type { AgentPowers } from "@/tools/tool.ts";
import type { HostPorts, ThreadSpec } from "./open_thread.ts";
import type { ThreadServers } from "./server_tools.ts";
import type { ThreadSettings } from "./settings.ts";
import type { AgentTree } from "./subagents/agent_tree.ts";
import type { Thread } from "./thread.ts";
import type { ThreadState } from "./thread_state.ts";

export interface AgentPorts {
  readonly host: HostPorts;
  readonly spec: ThreadSpec;
  readonly threadId: ThreadId;
  readonly state: ThreadState;
  readonly servers: ThreadServers | undefined;
  emit(event: ThreadEvent): Promise<void>;
  open(spec: ThreadSpec): Promise<Thread>;
  /** Tells this thread's model something at its next checkpoint. */
  note(item: ResponseItem): void;
}

/** The call agents are worked with by. */
export interface AgentCall {
  readonly turnId: TurnId;
  readonly itemId: string;
  readonly settings: ThreadSettings;
}

export interface ThreadAgents {
  powers(call: AgentCall): AgentPowers;
  /** Passes an op on to an agent of the tree. */
  deliver(id: ThreadId, op: Op): Promise<void>;
  /** Stops what the agents below this thread are doing. */
  interrupt(): Promise<void>;
  /** Ends the agents below this thread. */
  close(): Promise<void>;
}

export function createThreadAgents(ports: AgentPorts): ThreadAgents {
  const inherited = ports.spec.place.parent?.tree;
  let own: Promise<AgentTree> | undefined;
  /** The tree, if any agent was ever started in it. */
  const existing = () => inherited ?? own;
  const tree = () => inherited ?? (own ??= plantTree(ports));
  return {
    powers: (call) =>
      lazyPowers(async () => {
        const { bindPowers } = await import("./subagents/bind_powers.ts");
        return bindPowers(ports, await tree(), call);
      }),
    deliver: async (id, op) => await (await existing())?.deliver(id, op),
    interrupt: async () =>
      await (await existing())?.interruptBelow(ports.threadId),
    close: async () => await (await existing())?.closeBelow(ports.threadId),
  };
}

async function plantTree(ports: AgentPorts): Promise<AgentTree> {
  const { AgentTree } = await import("./subagents/agent_tree.ts");
  return new AgentTree({
    ...ports.host.platform,
    agentsMax: ports.spec.config.agents.maxThreads,
    emit: ports.emit,
  });
}

function lazyPowers(load: () => Promise<AgentPowers>): AgentPowers {
  return {
    spawn: async (...call) => (await load()).spawn(...call),
    send: async (...call) => (await load()).send(...call),
    wait: async (...call) => (await load()).wait(...call),
    resume: async (...call) => (await load()).resume(...call),
    close: async (...call) => (await load()).close(...call),
  };
}

/** What the model is told when an agent ends and nobody waits for it. */
export function agentNotice(id: ThreadId, status: AgentStatus): ResponseItem {
  const body = JSON.stringify({ agent_path: id, status: wireStatus(status) });
  return textMessage(
    "user",
    `<subagent_notification>\n${body}\n</subagent_notification>`,
  );
}
