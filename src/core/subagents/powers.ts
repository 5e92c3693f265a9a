/**
 * What a thread's tools can do with sub-agents. Each call is shown as one item, from
 * its start to its end; what goes wrong is an answer the model reads.
 */
import type { AgentOrigin, AgentStatus } from "@/protocol/agents.ts";
import { isSettled, wireStatus } from "@/protocol/agents.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle } from "@/protocol/host.ts";
import { isUuid, type ThreadId, type TurnId } from "@/protocol/ids.ts";
import type {
  CollabAgentToolCallThreadItem,
  UserInput,
} from "@/protocol/items.ts";
import type {
  AgentInput,
  AgentOutcome,
  AgentPowers,
  SpawnRequest,
} from "@/tools/tool.ts";
import type { Agent } from "./agent.ts";
import type { AgentTree } from "./agent_tree.ts";

/** A role as it is found, with what its agents are called. */
export interface FoundRole {
  readonly name: string;
  readonly nicknames: readonly string[];
}

export interface PowerPorts {
  readonly tree: AgentTree;
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
  readonly itemId: string;
  /** Where this thread stands; its agents stand one deeper. */
  readonly depth: number;
  /** The role of that name; undefined when there is none. */
  findRole(name: string | undefined): FoundRole | undefined;
  /** The known models' names when this is none of them; undefined when it is one. */
  unknownModel(name: string): readonly string[] | undefined;
  open(origin: AgentOrigin, request: SpawnRequest): Promise<ThreadHandle>;
  /** Opens a closed agent again; undefined when this thread has no such agent. */
  reopen(
    id: ThreadId,
  ): Promise<
    {
      readonly origin: AgentOrigin;
      open(origin: AgentOrigin): Promise<ThreadHandle>;
    } | undefined
  >;
  /** Tells this thread's model that an agent has ended. */
  noteEnd(id: ThreadId, status: AgentStatus): void;
  emit(event: ThreadEvent): Promise<void>;
}

type Item = CollabAgentToolCallThreadItem;
type Shown = Pick<Item, "tool"> & Partial<Item>;

/** An answer with what the item shows of it. */
interface Done {
  readonly outcome: AgentOutcome;
  readonly receivers: readonly ThreadId[];
  readonly states: Readonly<Record<ThreadId, AgentStatus>>;
}

export function agentPowers(ports: PowerPorts): AgentPowers {
  return {
    spawn: (request) =>
      shown(ports, spawnShown(request), () => spawn(ports, request)),
    send: ({ agentId, input, interrupts }) =>
      forAgent(ports, agentId, {
        tool: "sendInput",
        prompt: promptOf(input),
      }, async (agent) => {
        if (interrupts) await agent.submit({ type: "interrupt" });
        await agent.tell(userInput(input));
        return { submission_id: `${agentId}-${ports.itemId}` };
      }),
    wait: ({ agentIds, timeoutMs }, signal) =>
      waitFor(ports, agentIds, timeoutMs, signal),
    resume: (agentId) => resume(ports, agentId),
    close: (agentId) =>
      forAgent(ports, agentId, { tool: "closeAgent" }, async (agent) => ({
        previous_status: wireStatus(await ports.tree.close(agent)),
      })),
  };
}

async function spawn(
  ports: PowerPorts,
  request: SpawnRequest,
): Promise<Done> {
  const role = ports.findRole(request.role);
  if (role === undefined) {
    return refused(`unknown agent_type '${request.role}'`);
  }
  const known = request.model === undefined
    ? undefined
    : ports.unknownModel(request.model);
  if (known !== undefined) {
    return refused(
      `Unknown model \`${request.model}\` for spawn_agent. Available models: ${
        known.join(", ")
      }`,
    );
  }
  const agent = await ports.tree.add({
    parentId: ports.threadId,
    depth: ports.depth + 1,
    role: request.role,
    nicknames: role.nicknames,
    open: (origin) => ports.open(origin, request),
    onUnwatchedEnd: ports.noteEnd,
  });
  if (agent === undefined) return refused(limitText(ports.tree));
  const states = { [agent.id]: agent.status };
  await agent.tell(userInput(request.input));
  return {
    outcome: {
      kind: "ok",
      value: { agent_id: agent.id, nickname: agent.origin.nickname },
    },
    receivers: [agent.id],
    states,
  };
}

async function waitFor(
  ports: PowerPorts,
  agentIds: readonly ThreadId[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<AgentOutcome> {
  const bad = agentIds.find((id) => !isUuid(id));
  if (bad !== undefined) return invalidId(bad);
  const start: Shown = { tool: "wait", receiverThreadIds: agentIds };
  return await shown(ports, start, async () => {
    const agents = agentIds.flatMap((id) => ports.tree.get(id) ?? []);
    const isWaitNeeded = agents.length === agentIds.length &&
      agents.every(({ status }) => !isSettled(status));
    if (isWaitNeeded) await ports.tree.waitForAny(agents, timeoutMs, signal);
    const states = Object.fromEntries(
      agentIds.map((id) => [id, ports.tree.status(id)] as const)
        .filter(([, status]) => isSettled(status)),
    );
    const ended = Object.keys(states);
    const status = Object.fromEntries(
      Object.entries(states).map(([id, one]) => [id, wireStatus(one)]),
    );
    return {
      outcome: {
        kind: "ok",
        value: { status, timed_out: ended.length === 0 },
      },
      receivers: ended.length === 0 ? agentIds : ended,
      states,
    };
  });
}

async function resume(
  ports: PowerPorts,
  agentId: ThreadId,
): Promise<AgentOutcome> {
  if (!isUuid(agentId)) return invalidId(agentId);
  const start: Shown = { tool: "resumeAgent", receiverThreadIds: [agentId] };
  return await shown(ports, start, async () => {
    const known = ports.tree.get(agentId);
    if (known !== undefined) return resumed(agentId, known.status);
    const found = await ports.reopen(agentId);
    if (found === undefined) return gone(agentId);
    const agent = await ports.tree.add({
      parentId: ports.threadId,
      depth: found.origin.depth,
      role: found.origin.role,
      nicknames: [found.origin.nickname],
      open: found.open,
      onUnwatchedEnd: ports.noteEnd,
    });
    return agent === undefined
      ? refused(limitText(ports.tree))
      : resumed(agentId, agent.status);
  });
}

function resumed(id: ThreadId, status: AgentStatus): Done {
  return {
    outcome: { kind: "ok", value: { status: wireStatus(status) } },
    receivers: [id],
    states: { [id]: status },
  };
}

/** Something done with one agent that must be there. */
async function forAgent(
  ports: PowerPorts,
  agentId: ThreadId,
  start: Shown,
  act: (agent: Agent) => Promise<Readonly<Record<string, unknown>>>,
): Promise<AgentOutcome> {
  if (!isUuid(agentId)) return invalidId(agentId);
  const receiverThreadIds = [agentId];
  return await shown(ports, { ...start, receiverThreadIds }, async () => {
    const agent = ports.tree.get(agentId);
    if (agent === undefined) return gone(agentId);
    const states = { [agentId]: agent.status };
    const value = await act(agent);
    return { outcome: { kind: "ok", value }, receivers: [agentId], states };
  });
}

/** Shows a call from its start to its end, whatever becomes of it. */
async function shown(
  ports: PowerPorts,
  start: Shown,
  act: () => Promise<Done>,
): Promise<AgentOutcome> {
  const { turnId, emit } = ports;
  const item: Item = {
    type: "collabAgentToolCall",
    id: ports.itemId,
    status: "inProgress",
    senderThreadId: ports.threadId,
    receiverThreadIds: [],
    agentsStates: {},
    ...start,
  };
  await emit({ type: "itemStarted", turnId, item });
  const finish = (done: Pick<Item, "status"> & Partial<Item>) =>
    emit({ type: "itemCompleted", turnId, item: { ...item, ...done } });
  try {
    const { outcome, receivers, states } = await answered(act);
    await finish({
      status: outcome.kind === "ok" ? "completed" : "failed",
      receiverThreadIds: receivers.length === 0
        ? item.receiverThreadIds
        : receivers,
      agentsStates: states,
    });
    return outcome;
  } catch (error) {
    await finish({ status: "failed" });
    throw error;
  }
}

/** A role file that cannot be used, or a thread that cannot be opened, is an answer. */
async function answered(act: () => Promise<Done>): Promise<Done> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CodexError)) throw error;
    return refused(error.message);
  }
}

function refused(text: string): Done {
  return { outcome: { kind: "failed", text }, receivers: [], states: {} };
}

function gone(id: ThreadId): Done {
  return {
    ...refused(`agent with id ${id} not found`),
    states: { [id]: { kind: "notFound" } },
  };
}

function invalidId(id: string): AgentOutcome {
  return {
    kind: "failed",
    text:
      `invalid agent id ${id}: it is not a UUID; use the agent_id that spawn_agent gave`,
  };
}

function limitText(tree: AgentTree): string {
  return `agent thread limit reached (max ${tree.agentsMax}); close an agent first`;
}

function spawnShown({ input, model, effort }: SpawnRequest): Shown {
  return {
    tool: "spawnAgent",
    prompt: promptOf(input),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { reasoningEffort: effort }),
  };
}

function userInput(input: AgentInput): readonly UserInput[] {
  return input.kind === "items"
    ? input.items
    : [{ type: "text", text: input.text }];
}

function promptOf(input: AgentInput): string {
  return userInput(input).flatMap((part) =>
    part.type === "text" ? [part.text] : []
  ).join("\n");
}
