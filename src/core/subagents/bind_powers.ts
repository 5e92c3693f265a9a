/**
 * Ties the powers over agents to one thread: what an agent inherits, what a role
 * changes, and that no agent may do more than the thread that starts it.
 */
import {
  agentRoles,
  DEFAULT_ROLE,
  readRoleSettings,
  type RoleSettings,
} from "@/config/agent_roles.ts";
import { findModel, modelSlugs } from "@/model/catalog.ts";
import type { AgentOrigin } from "@/protocol/agents.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { TurnChoices } from "@/protocol/ops.ts";
import type { SandboxMode, SandboxPolicy } from "@/protocol/policy.ts";
import { isToolCall, isToolOutput } from "@/protocol/response_items.ts";
import type { ResponseItem } from "@/protocol/response_items.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import { readRollout } from "@/state/rollout_reader.ts";
import { findSession } from "@/state/sessions.ts";
import type { AgentPowers, SpawnRequest } from "@/tools/tool.ts";
import type { ThreadSpec } from "../open_thread.ts";
import { sandboxPolicyOf, type ThreadSettings } from "../settings.ts";
import {
  type AgentCall,
  agentNotice,
  type AgentPorts,
} from "../thread_agents.ts";
import type { AgentTree } from "./agent_tree.ts";
import { agentPowers } from "./powers.ts";

export function bindPowers(
  ports: AgentPorts,
  tree: AgentTree,
  call: AgentCall,
): AgentPowers {
  const { config, place } = ports.spec;
  return agentPowers({
    ...call,
    tree,
    threadId: ports.threadId,
    depth: place.depth,
    emit: ports.emit,
    findRole: (name = DEFAULT_ROLE) =>
      agentRoles(config).find((role) => role.name === name),
    unknownModel: (name) =>
      findModel(name).slug === undefined ? modelSlugs() : undefined,
    open: async (origin, request) =>
      await ports.open(
        await agentSpec(ports, tree, call.settings, origin, request),
      ),
    reopen: (id) => reopen(ports, tree, call.settings, id),
    noteEnd: (id, status) => ports.note(agentNotice(id, status)),
  });
}

async function agentSpec(
  ports: AgentPorts,
  tree: AgentTree,
  settings: ThreadSettings,
  origin: AgentOrigin,
  request: SpawnRequest,
): Promise<ThreadSpec> {
  const spec = await inheritedSpec(ports, tree, settings, origin, request);
  if (!request.forksContext) return spec;
  return {
    ...spec,
    fork: {
      from: ports.threadId,
      history: withoutOpenCalls(ports.state.history.items),
      lastContext: ports.state.baseline,
    },
  };
}

/** What any agent of this thread gets, under its role. */
async function inheritedSpec(
  ports: AgentPorts,
  tree: AgentTree,
  settings: ThreadSettings,
  origin: AgentOrigin,
  asked: Pick<SpawnRequest, "model" | "effort">,
): Promise<ThreadSpec> {
  const { spec, state, servers, threadId } = ports;
  const found = agentRoles(spec.config).find(({ name }) =>
    name === (origin.role ?? DEFAULT_ROLE)
  );
  const role = found === undefined
    ? {}
    : await readRoleSettings(ports.host.platform.files, found);
  return {
    config: roleConfig(spec.config, role),
    source: spec.source,
    instructions: state.instructions,
    choices: inheritedChoices(spec, settings, role, asked),
    place: {
      depth: origin.depth,
      subagent: "collab_spawn",
      parentId: threadId,
      parent: { origin, tree },
    },
    ...(servers === undefined ? {} : { servers }),
  };
}

function roleConfig(
  config: ThreadSpec["config"],
  { developerInstructions }: RoleSettings,
): ThreadSpec["config"] {
  return developerInstructions === undefined
    ? config
    : { ...config, developerInstructions };
}

/** The model's wish comes first, then the role's, then what the parent has. */
function inheritedChoices(
  { config }: ThreadSpec,
  settings: ThreadSettings,
  role: RoleSettings,
  asked: Pick<SpawnRequest, "model" | "effort">,
): TurnChoices {
  const effort = asked.effort ?? role.effort ?? settings.effort;
  return {
    cwd: settings.cwd,
    model: asked.model ?? role.model ?? settings.model.name,
    ...(effort === undefined ? {} : { effort }),
    ...(settings.summary === undefined ? {} : { summary: settings.summary }),
    approvalPolicy: settings.approvalPolicy,
    sandboxPolicy: role.sandboxMode === undefined
      ? settings.sandboxPolicy
      : narrowed(
        settings.sandboxPolicy,
        sandboxPolicyOf({ ...config, sandboxMode: role.sandboxMode }),
      ),
  };
}

const BREADTH: Readonly<Record<SandboxMode, number>> = {
  "read-only": 0,
  "workspace-write": 1,
  "danger-full-access": 2,
};

/** The wanted policy when it allows less than the parent's, else the parent's. */
export function narrowed(
  parent: SandboxPolicy,
  wanted: SandboxPolicy,
): SandboxPolicy {
  return BREADTH[wanted.type] < BREADTH[parent.type] ? wanted : parent;
}

/** The history up to the calls that are still running: this very call is one. */
function withoutOpenCalls(
  items: readonly ResponseItem[],
): readonly ResponseItem[] {
  const answered = new Set(
    items.flatMap((item) => isToolOutput(item) ? [item.call_id] : []),
  );
  return items.filter((item) =>
    !isToolCall(item) || answered.has(item.call_id)
  );
}

/** An agent of this thread that was closed, from its rollout. */
async function reopen(
  ports: AgentPorts,
  tree: AgentTree,
  settings: ThreadSettings,
  id: ThreadId,
) {
  const { files } = ports.host.platform;
  const session = await findSession(files, ports.spec.config.codexHome, id);
  const stored = session && await readRollout(files, session.path);
  if (stored === undefined) return undefined;
  const link = spawnLink(stored.meta);
  // Only its own agents: a model must not be able to open anybody's thread.
  if (link?.parent_thread_id !== ports.threadId) return undefined;
  const origin: AgentOrigin = {
    parentThreadId: link.parent_thread_id,
    depth: ports.spec.place.depth + 1,
    nickname: link.agent_nickname,
    role: link.agent_role ?? undefined,
  };
  const asked = { model: undefined, effort: undefined };
  return {
    origin,
    open: async (named: AgentOrigin) =>
      await ports.open({
        ...await inheritedSpec(ports, tree, settings, named, asked),
        stored,
      }),
  };
}

function spawnLink({ source }: SessionMeta) {
  if (typeof source !== "object" || !("subagent" in source)) return undefined;
  const { subagent } = source;
  return typeof subagent === "object" && "thread_spawn" in subagent
    ? subagent.thread_spawn
    : undefined;
}
