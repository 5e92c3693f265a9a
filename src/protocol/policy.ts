/**
 * What the user allows: sandbox policy and approval policy, in the wire forms of
 * the rollout file. The sandbox turns them into mechanisms; nobody else does.
 */
import * as v from "valibot";

export const SANDBOX_MODES = [
  "read-only",
  "workspace-write",
  "danger-full-access",
] as const;
/** The three modes a user may choose from. */
export type SandboxMode = typeof SANDBOX_MODES[number];

/** What a confined command may use; each is a number of at least 1. Our own. */
const CommandLimitsSchema = v.object({
  /** At a time, threads included. */
  processes: v.optional(v.number()),
  /** Of each process. */
  open_files: v.optional(v.number()),
  /** Of each file. */
  file_size_mb: v.optional(v.number()),
  /** Of each process. */
  memory_mb: v.optional(v.number()),
  /** Of each process. */
  cpu_seconds: v.optional(v.number()),
});
export type CommandLimits = v.InferOutput<typeof CommandLimitsSchema>;

/** The complete policy of one thread; `writable_roots` are absolute paths beside the cwd. */
export const SandboxPolicySchema = v.variant("type", [
  v.object({ type: v.literal("danger-full-access") }),
  v.object({
    type: v.literal("read-only"),
    network_access: v.optional(v.boolean(), false),
  }),
  v.object({
    type: v.literal("workspace-write"),
    writable_roots: v.optional(v.array(v.string()), []),
    network_access: v.optional(v.boolean(), false),
    exclude_tmpdir_env_var: v.optional(v.boolean(), false),
    exclude_slash_tmp: v.optional(v.boolean(), false),
    /** The working directory stays read-only; only the roots named open. Our own. */
    exclude_cwd: v.optional(v.boolean()),
    /** Hosts commands may reach though they have no network. Our own. */
    network_allow: v.optional(v.array(v.string())),
    /** Commands see a `/tmp` of their thread alone. Our own. */
    private_tmp: v.optional(v.boolean()),
    limits: v.optional(CommandLimitsSchema),
  }),
]);
export type SandboxPolicy = v.InferOutput<typeof SandboxPolicySchema>;

export const APPROVAL_MODES = [
  "untrusted",
  "on-failure",
  "on-request",
  "never",
] as const;

/** Which questions may be asked when approvals are decided one class at a time. */
export const GranularApprovalSchema = v.object({
  sandbox_approval: v.boolean(),
  rules: v.boolean(),
  mcp_elicitations: v.boolean(),
  request_permissions: v.optional(v.boolean(), false),
  skill_approval: v.optional(v.boolean(), false),
});

export const ApprovalPolicySchema = v.union([
  v.picklist(APPROVAL_MODES),
  v.object({ granular: GranularApprovalSchema }),
]);
/** When the user is asked before something runs. */
export type ApprovalPolicy = v.InferOutput<typeof ApprovalPolicySchema>;

export const REASONING_EFFORTS = [
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
] as const;
export type ReasoningEffort = typeof REASONING_EFFORTS[number];

export const REASONING_SUMMARIES = [
  "auto",
  "concise",
  "detailed",
  "none",
] as const;
export type ReasoningSummary = typeof REASONING_SUMMARIES[number];

export const VERBOSITIES = ["low", "medium", "high"] as const;
export type Verbosity = typeof VERBOSITIES[number];

export const PERSONALITIES = ["none", "friendly", "pragmatic"] as const;
export type Personality = typeof PERSONALITIES[number];

export const COLLABORATION_MODES = ["default", "plan"] as const;
/** How the agent works with its user: does the task, or only plans it. */
export type CollaborationModeKind = typeof COLLABORATION_MODES[number];

export const WEB_SEARCH_MODES = ["disabled", "cached", "live"] as const;
export type WebSearchMode = typeof WEB_SEARCH_MODES[number];
