/**
 * Where a thread stands among others: on its own, or below the thread that started it.
 * Requests and the rollout say so.
 */
import type { AgentOrigin } from "@/protocol/agents.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import type { AgentTree } from "./subagents/agent_tree.ts";

/** What other threads an agent was started from. */
export interface ParentLink {
  readonly origin: AgentOrigin;
  readonly tree: AgentTree;
}

export interface ThreadPlace {
  /** How many agents stand above it. */
  readonly depth: number;
  /** What made it, when that was not the user. */
  readonly subagent?: "collab_spawn" | "review";
  readonly parentId?: ThreadId;
  /** Set for an agent a model started. */
  readonly parent?: ParentLink;
}

/** The headers that tell the provider of it. */
export function placeHeaders(
  { subagent, parentId }: ThreadPlace,
): Readonly<Record<string, string>> {
  return {
    ...(subagent === undefined ? {} : { "x-openai-subagent": subagent }),
    ...(parentId === undefined || subagent === "review"
      ? {}
      : { "x-codex-parent-thread-id": parentId }),
  };
}

/** What the first line of its rollout says of it, beside what every thread says. */
export function placeRecord(
  place: ThreadPlace,
  source: string,
): Pick<SessionMeta, "source" | "agent_nickname" | "agent_role"> {
  const origin = place.parent?.origin;
  if (origin === undefined) {
    return {
      source: place.subagent === "review" ? { subagent: "review" } : source,
    };
  }
  return {
    source: {
      subagent: {
        thread_spawn: {
          parent_thread_id: origin.parentThreadId,
          depth: origin.depth,
          agent_path: null,
          agent_nickname: origin.nickname,
          agent_role: origin.role ?? null,
        },
      },
    },
    agent_nickname: origin.nickname,
    ...(origin.role === undefined ? {} : { agent_role: origin.role }),
  };
}
