/** Sub-agents: threads another thread started, and how they are doing. */
import type { ThreadId } from "./ids.ts";

export type AgentStatus =
  /** Started, with no turn begun yet. */
  | { readonly kind: "pendingInit" }
  | { readonly kind: "running" }
  | { readonly kind: "interrupted" }
  /** Its last turn is done; the message is the last it wrote. */
  | { readonly kind: "completed"; readonly message: string | undefined }
  | { readonly kind: "errored"; readonly message: string }
  | { readonly kind: "shutdown" }
  | { readonly kind: "notFound" };

/** Who started a sub-agent, and as what. */
export interface AgentOrigin {
  readonly parentThreadId: ThreadId;
  /** How many agents stand above it; a thread of the user's own is at 0. */
  readonly depth: number;
  readonly nickname: string;
  /** The role it was given; undefined for the default one. */
  readonly role: string | undefined;
}

/** True when nothing more will come from it without another input. */
export function isSettled(status: AgentStatus): boolean {
  return status.kind !== "pendingInit" && status.kind !== "running";
}

/** A status as the model and the rollout read it. */
export function wireStatus(status: AgentStatus): unknown {
  switch (status.kind) {
    case "pendingInit":
      return "pending_init";
    case "completed":
      return { completed: status.message ?? null };
    case "errored":
      return { errored: status.message };
    case "notFound":
      return "not_found";
    default:
      return status.kind;
  }
}
