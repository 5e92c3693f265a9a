/** The settings a thread runs under: made once from the configuration, read-only after. */
import type { Config } from "@/config/config.ts";
import { DEFAULT_MODEL, findModel, type ModelInfo } from "@/model/catalog.ts";
import type {
  ApprovalPolicy,
  ReasoningEffort,
  ReasoningSummary,
  SandboxPolicy,
  Verbosity,
  WebSearchMode,
} from "@/protocol/policy.ts";
import type { ToolSettings } from "@/tools/tool.ts";

/** Compaction starts at this share of the window, whatever is configured. */
const COMPACT_PERCENT = 90;

export interface ThreadSettings {
  readonly cwd: string;
  readonly model: ModelInfo;
  readonly effort?: ReasoningEffort;
  readonly summary?: ReasoningSummary;
  readonly verbosity?: Verbosity;
  readonly serviceTier?: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandboxPolicy: SandboxPolicy;
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

/** The settings a configuration asks for. */
export function threadSettings(
  config: Config,
  approvalPolicy: ApprovalPolicy,
): ThreadSettings {
  const model = withOverrides(findModel(config.model ?? DEFAULT_MODEL), config);
  const window = Math.min(
    config.contextWindow ?? model.contextWindow,
    model.contextWindowMax,
  );
  const contextWindow = Math.floor(window * model.effectiveWindowPercent / 100);
  const sandboxPolicy = sandboxPolicyOf(config);
  return {
    cwd: config.cwd,
    model,
    ...reasoningOf(config, model),
    ...verbosityOf(config, model),
    ...(config.serviceTier === undefined ? {} : {
      serviceTier: config.serviceTier === "fast"
        ? "priority"
        : config.serviceTier,
    }),
    approvalPolicy,
    sandboxPolicy,
    contextWindow,
    compactAtTokens: Math.min(
      config.autoCompactTokenLimit ?? Infinity,
      Math.floor(window * COMPACT_PERCENT / 100),
    ),
    truncation: config.toolOutputTokenLimit === undefined
      ? model.truncation
      : { mode: "tokens", limit: config.toolOutputTokenLimit },
    tools: toolSettings(config, model, webSearchOf(config, sandboxPolicy)),
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
  model: ModelInfo,
): { effort?: ReasoningEffort; summary?: ReasoningSummary } {
  if (!model.supportsReasoning) return {};
  const effort = config.reasoningEffort ?? model.defaultEffort;
  const summary = config.reasoningSummary ?? model.defaultSummary;
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
    originalImageDetail: model.originalImageDetail,
    hasMcpServers: hasEnabledServers(config),
    ...(webSearch === "disabled" ? {} : {
      webSearch: {
        ...config.webSearchOptions,
        isLive: webSearch === "live",
        returnsImages: model.searchReturnsImages,
      },
    }),
  };
}
