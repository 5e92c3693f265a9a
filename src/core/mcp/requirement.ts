/**
 * What a call of an MCP tool needs before it may happen, and whether a server may ask
 * the user something. Pure tables: what the user set for the tool, what the tool says
 * of itself, and the policies of the thread.
 */
import type { McpApprovalMode } from "@/config/config.ts";
import type { ToolHints } from "@/mcp/server.ts";
import type { ApprovalPolicy, SandboxPolicy } from "@/protocol/policy.ts";

export interface McpCallFacts {
  readonly mode: McpApprovalMode;
  readonly hints: ToolHints;
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxPolicy;
}

/** Run it, ask first, or refuse it because nobody may be asked. */
export function mcpRequirement(facts: McpCallFacts): "run" | "ask" | "refuse" {
  const { mode, hints, approval, sandbox } = facts;
  // The user said to just run things.
  if (approval === "never" && sandbox.type === "danger-full-access") {
    return "run";
  }
  if (mode === "approve") return "run";
  if (mode === "auto" && !mayDoHarm(hints)) return "run";
  // Policies by classes speak of a server's own questions, not of these.
  return approval === "never" ? "refuse" : "ask";
}

/** How long a person's yes may hold: not at all where each call is to be asked about. */
export function persistence(
  mode: McpApprovalMode,
): readonly ("session" | "always")[] {
  return mode === "prompt" ? [] : ["session", "always"];
}

/** Whether a server's question reaches the user. */
export function elicitationRequirement(
  approval: ApprovalPolicy,
): "ask" | "decline" {
  if (approval === "never") return "decline";
  return typeof approval === "string" || approval.granular.mcp_elicitations
    ? "ask"
    : "decline";
}

/**
 * True unless the tool says that it only reads, or that it destroys nothing and stays
 * in its own small world. What it does not say counts against it.
 */
export function mayDoHarm(hints: ToolHints): boolean {
  if (hints.destructiveHint === true) return true;
  if (hints.readOnlyHint === true) return false;
  return hints.destructiveHint !== false || hints.openWorldHint !== false;
}
