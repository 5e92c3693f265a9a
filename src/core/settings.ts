/** The settings a turn runs under: made of the configuration and what was chosen since. */
import { agentRoles } from "@/config/agent_roles.ts";
import type { Config } from "@/config/config.ts";
import { DEFAULT_MODEL, findModel, type ModelInfo } from "@/model/catalog.ts";
import type { CollaborationMode, TurnChoices } from "@/protocol/ops.ts";
import type {
  ApprovalPolicy,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
  Verbosity,
  WebSearchMode,
} from "@/protocol/policy.ts";
import type { ToolSettings } from "@/tools/tool.ts";

/** Compaction starts at this share of the window, whatever is configured. */
const COMPACT_PERCENT = 90;

/** A plan is thought about this much unless somebody says otherwise. */
const PLAN_EFFORT: ReasoningEffort = "medium";

export interface ThreadSettings {
  readonly cwd: string;
  readonly model: ModelInfo;
  readonly effort?: ReasoningEffort;
  readonly summary?: ReasoningSummary;
  readonly verbosity?: Verbosity;
  readonly serviceTier?: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandboxPolicy: SandboxPolicy;
  readonly mode: CollaborationMode;
  /** Undefined when nobody asked for one. */
  readonly personality?: Personality;
  /** Tokens this thread plans with. */
  readonly contextWindow: number;
  readonly compactAtTokens: number;
  /** How much of one output the history keeps. */
  readonly truncation: {
    readonly mode: "bytes" | "tokens";
    readonly limit: number;
  };
  readonly tools: ToolSettings;
}

/**
 * The settings a configuration and the user's choices ask for.
 *
 * @param depth how many agents stand above the thread
 */
export function threadSettings(
  config: Config,
  choices: TurnChoices,
  depth: number,
): ThreadSettings {
  const name = choices.model ?? config.model ?? DEFAULT_MODEL;
  const model = withOverrides(findModel(name), config);
  const mode = choices.mode ?? { kind: "default" };
  const window = Math.min(
    config.contextWindow ?? model.contextWindow,
    model.contextWindowMax,
  );
  const contextWindow = Math.floor(window * model.effectiveWindowPercent / 100);
  const sandboxPolicy = choices.sandboxPolicy ?? sandboxPolicyOf(config);
  const personality = choices.personality ?? config.personality;
  const serviceTier = choices.serviceTier ?? config.serviceTier;
  return {
    cwd: choices.cwd ?? config.cwd,
    model,
    ...reasoningOf(config, choices, model),
    ...verbosityOf(config, model),
    ...(serviceTier === undefined
      ? {}
      : { serviceTier: serviceTier === "fast" ? "priority" : serviceTier }),
    approvalPolicy: choices.approvalPolicy ?? config.approvalPolicy,
    sandboxPolicy,
    mode,
    ...(personality === undefined || !config.features.personality
      ? {}
      : { personality }),
    contextWindow,
    compactAtTokens: Math.min(
      config.autoCompactTokenLimit ?? Infinity,
      Math.floor(window * COMPACT_PERCENT / 100),
    ),
    truncation: config.toolOutputTokenLimit === undefined
      ? model.truncation
      : { mode: "tokens", limit: config.toolOutputTokenLimit },
    tools: {
      ...toolSettings(config, model, webSearchOf(config, sandboxPolicy)),
      ...agentSettings(config, depth),
    },
  };
}

/** The complete sandbox policy of a configuration. */
export function sandboxPolicyOf(config: Config): SandboxPolicy {
  switch (config.sandboxMode) {
    case "danger-full-access":
      return { type: "danger-full-access" };
    case "read-only":
      return { type: "read-only", network_access: false };
    case "workspace-write":
      return {
        type: "workspace-write",
        writable_roots: [...config.workspaceWrite.writableRoots],
        network_access: config.workspaceWrite.networkAccess,
        exclude_tmpdir_env_var: config.workspaceWrite.excludeTmpdirEnvVar,
        exclude_slash_tmp: config.workspaceWrite.excludeSlashTmp,
        // Only when set, so that the usual policy looks as other versions write it.
        ...(config.workspaceWrite.networkAllow === undefined
          ? {}
          : { network_allow: [...config.workspaceWrite.networkAllow] }),
        ...(config.workspaceWrite.privateTmp ? { private_tmp: true } : {}),
        ...(config.workspaceWrite.limits === undefined
          ? {}
          : { limits: config.workspaceWrite.limits }),
      };
  }
}

function withOverrides(model: ModelInfo, config: Config): ModelInfo {
  return config.supportsReasoningSummaries === true
    ? { ...model, supportsReasoning: true }
    : model;
}

function reasoningOf(
  config: Config,
  choices: TurnChoices,
  model: ModelInfo,
): { effort?: ReasoningEffort; summary?: ReasoningSummary } {
  if (!model.supportsReasoning) return {};
  const planned = choices.mode?.kind === "plan"
    ? config.planModeReasoningEffort ?? PLAN_EFFORT
    : undefined;
  const effort = choices.effort ?? planned ?? config.reasoningEffort ??
    model.defaultEffort;
  const summary = choices.summary ?? config.reasoningSummary ??
    model.defaultSummary;
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
  };
}

function verbosityOf(
  config: Config,
  model: ModelInfo,
): { verbosity?: Verbosity } {
  if (!model.supportsVerbosity) return {};
  const verbosity = config.verbosity ?? model.defaultVerbosity;
  return verbosity === undefined ? {} : { verbosity };
}

/** Full access has the network anyway, so a cached search would only be a worse one. */
function webSearchOf(config: Config, policy: SandboxPolicy): WebSearchMode {
  if (config.webSearch === "disabled") return "disabled";
  if (policy.type === "danger-full-access") return "live";
  return config.webSearch ?? "cached";
}

/** True when there is a server to start. */
export function hasEnabledServers(
  { mcpServers }: Pick<Config, "mcpServers">,
): boolean {
  return Object.values(mcpServers).some(({ isEnabled }) => isEnabled);
}

/** Agents may start agents only so deep. */
function agentSettings(
  config: Config,
  depth: number,
): Pick<ToolSettings, "agentRoles"> {
  return config.features.multi_agent && depth < config.agents.maxDepth
    ? { agentRoles: agentRoles(config) }
    : {};
}

function toolSettings(
  config: Config,
  model: ModelInfo,
  webSearch: WebSearchMode,
): ToolSettings {
  return {
    unifiedExec: config.features.unified_exec === true,
    shellTool: config.features.shell_tool === true,
    allowLoginShell: config.allowLoginShell,
    freeformPatch: model.freeformPatch ||
      config.features.apply_patch_freeform === true,
    acceptsImages: model.acceptsImages,
    requestPermissions: config.features.request_permissions_tool,
    originalImageDetail: model.originalImageDetail,
    hasMcpServers: hasEnabledServers(config),
    ...toolSearchOf(config, model),
    ...(webSearch === "disabled" ? {} : {
      webSearch: {
        ...config.webSearchOptions,
        isLive: webSearch === "live",
        returnsImages: model.searchReturnsImages,
      },
    }),
  };
}

/** A model that knows no search is told of every tool. */
function toolSearchOf(
  { features }: Config,
  model: ModelInfo,
): Pick<ToolSettings, "toolSearch"> {
  if (!model.toolSearch || features.tool_search !== true) return {};
  return {
    toolSearch: features.tool_search_always_defer_mcp_tools === true
      ? "always"
      : "whenMany",
  };
}
