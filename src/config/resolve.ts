/**
 * From the decoded file contents to a `Config`: the profile laid over the rest,
 * dedicated flags over both, defaults below. Pure, so every rule of precedence is
 * testable without files.
 */
import { resolvePath } from "@/platform/paths.ts";
import { parseHostPattern } from "@/text/host_pattern.ts";
import { invalidType } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ApprovalPolicy, SandboxMode } from "@/protocol/policy.ts";
import type { Config, RawTable, SkillRule, TrustLevel } from "./config.ts";
import { featuresWithoutEffect, resolveFeatures } from "./features.ts";
import { checkMcpServers, resolveMcpServers } from "./mcp_servers.ts";
import { ConfigProblem } from "./problem.ts";
import { DEFAULT_ROOT_MARKERS } from "./project.ts";
import { checkProviders, OSS_MODELS, resolveProvider } from "./providers.ts";
import type { ConfigToml, ProfileToml } from "./schema.ts";
import { isTable } from "./table.ts";

const CHATGPT_BASE_URL = "https://chatgpt.com/backend-api/";
const PROJECT_DOC_BYTES = 32 * 1024;
const BACKGROUND_TERMINAL_TIMEOUT_MS = 300_000;
const AGENT_THREADS = 6;
const AGENT_DEPTH = 1;

/** Settings that have a flag of their own and so beat every file. */
export interface DedicatedFlags {
  readonly model?: string | undefined;
  readonly sandboxMode?: SandboxMode | undefined;
  readonly approvalPolicy?: ApprovalPolicy | undefined;
  /** Use a local open-weights provider. */
  readonly oss?: boolean | undefined;
  readonly localProvider?: string | undefined;
  /** Absolute; writable beside the cwd. */
  readonly addDirectories?: readonly string[] | undefined;
}

export interface ResolveInput {
  /** The merged layers as parsed, for the parts decoded elsewhere. */
  readonly raw: RawTable;
  /** The merged layers decoded, under the selected profile. */
  readonly toml: Effective;
  readonly flags: DedicatedFlags;
  readonly codexHome: string;
  readonly cwd: string;
  readonly trustLevel: TrustLevel | undefined;
  readonly env: (name: string) => string | undefined;
}

/** What files hold that a key names by path. */
export interface InstructionFiles {
  readonly modelInstructions: string | undefined;
  readonly compactPrompt: string | undefined;
}

/** The parts of a Config that come from keys and flags. */
export type Settings = Omit<
  Config,
  | "layers"
  | "projectRoot"
  | "trustedFolders"
  | "modelInstructions"
  | "compactPrompt"
>;

/** Every setting, resolved. @throws ConfigProblem, CodexError */
export function resolveSettings(input: ResolveInput): Settings {
  checkProviders(input.toml.model_providers ?? {});
  checkMcpServers(input.toml.mcp_servers ?? {});
  checkPermissions(input.toml);
  checkNetworkAllow(input.toml);
  checkLimits(input.toml);
  return withoutUndefined({
    codexHome: input.codexHome,
    cwd: input.cwd,
    trustLevel: input.trustLevel,
    profile: input.toml.profile,
    warnings: warningsOf(input),
    ...modelSettings(input),
    ...instructionSettings(input),
    ...policySettings(input),
    ...toolSettings(input),
    ...programSettings(input),
  });
}

/** The file's keys with the selected profile's laid over them. */
export type Effective = Omit<ConfigToml, "features"> & {
  /** Switches, lowest first. */
  readonly featureTables: readonly Readonly<Record<string, boolean>>[];
};

/**
 * Lays the profile over the rest; a name from `-p` beats the key `profile`.
 *
 * @throws ConfigProblem when the profile does not exist
 */
export function withProfile(
  toml: ConfigToml,
  named: string | undefined,
): Effective {
  const name = named ?? toml.profile;
  if (name === undefined) {
    return { ...toml, featureTables: featureTables(toml) };
  }
  const profiles = toml.profiles ?? {};
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) {
    throw new ConfigProblem(
      ["profile"],
      `config profile \`${name}\` not found`,
    );
  }
  return {
    ...toml,
    ...withoutUndefined(profile),
    profile: name,
    featureTables: [...featureTables(toml), ...featureTables(profile)],
  };
}

function featureTables(
  toml: ProfileToml,
): readonly Readonly<Record<string, boolean>>[] {
  const {
    include_apply_patch_tool,
    experimental_use_freeform_apply_patch,
    experimental_use_unified_exec_tool,
  } = toml;
  const formerKeys = withoutUndefined({
    include_apply_patch_tool,
    experimental_use_freeform_apply_patch,
    experimental_use_unified_exec_tool,
  });
  return [formerKeys, switchesOf(toml.features ?? {})];
}

function switchesOf(
  features: NonNullable<ProfileToml["features"]>,
): Readonly<Record<string, boolean>> {
  const switches: Record<string, boolean> = {};
  for (const [name, value] of Object.entries(features)) {
    if (typeof value === "boolean") {
      switches[name] = value;
    } else if (name !== "multi_agent_v2") {
      throw new ConfigProblem(
        ["features", name],
        invalidType(value, "a boolean"),
        { isLoadFailure: true },
      );
    } else if (typeof value["enabled"] === "boolean") {
      switches[name] = value["enabled"];
    }
  }
  return switches;
}

/** Named permission profiles are refused rather than skipped: they restrict. */
function checkPermissions(toml: Effective): void {
  const profiles = Object.keys(toml.permissions ?? {});
  if (toml.default_permissions === undefined) {
    if (profiles.length === 0 || toml.sandbox_mode !== undefined) return;
    throw new ConfigProblem(
      ["permissions"],
      "config defines `[permissions]` profiles but does not set `default_permissions`",
    );
  }
  throw profiles.length === 0
    ? new ConfigProblem(
      ["default_permissions"],
      "default_permissions requires a `[permissions]` table",
    )
    : new CodexError(
      "unsupported",
      "Permission profiles (`default_permissions`) are not available in this " +
        "version; use `sandbox_mode` and `[sandbox_workspace_write]`",
    );
}

function checkNetworkAllow({ sandbox_workspace_write: section }: Effective) {
  for (const text of section?.network_allow ?? []) {
    const result = parseHostPattern(text);
    if (result.kind === "ok") continue;
    throw new ConfigProblem(
      ["sandbox_workspace_write", "network_allow"],
      `cannot open "${text}" to commands: ${result.problem}`,
    );
  }
}

/** Commands have this many anyway; see `sandbox/policy.ts`. */
const PROCESSES_LIMIT_MAX = 4096;

function checkLimits({ sandbox_workspace_write: section }: Effective): void {
  const limits = section?.limits ?? {};
  for (const [name, value] of Object.entries(limits)) {
    const max = name === "processes"
      ? PROCESSES_LIMIT_MAX
      : Math.floor(Number.MAX_SAFE_INTEGER / MEGABYTE);
    if (value === undefined || (value >= 1 && value <= max)) continue;
    throw new ConfigProblem(
      ["sandbox_workspace_write", "limits", name],
      `cannot limit ${name} to ${value}: a limit is a number from 1 to ${max}`,
    );
  }
}

const MEGABYTE = 1024 * 1024;

function modelSettings(input: ResolveInput) {
  const { toml } = input;
  const providerId = providerIdOf(input);
  return {
    model: modelOf(input, providerId),
    reviewModel: toml.review_model,
    provider: resolveProvider(providerId, {
      configured: toml.model_providers ?? {},
      openaiBaseUrl: toml.openai_base_url,
      env: input.env,
      cwd: input.cwd,
    }),
    chatgptBaseUrl: toml.chatgpt_base_url ?? CHATGPT_BASE_URL,
    contextWindow: toml.model_context_window,
    autoCompactTokenLimit: toml.model_auto_compact_token_limit,
    reasoningEffort: toml.model_reasoning_effort,
    planModeReasoningEffort: toml.plan_mode_reasoning_effort,
    reasoningSummary: toml.model_reasoning_summary,
    supportsReasoningSummaries: toml.model_supports_reasoning_summaries,
    verbosity: toml.model_verbosity,
    personality: toml.personality,
    serviceTier: toml.service_tier,
    modelCatalogFile: toml.model_catalog_json,
  };
}

function providerIdOf({ flags, toml }: ResolveInput): string {
  if (flags.oss !== true) return toml.model_provider ?? "openai";
  const id = flags.localProvider ?? toml.oss_provider;
  if (id !== undefined) return id;
  throw new CodexError(
    "invalid_config",
    "No default OSS provider configured. Use --local-provider=provider or set " +
      "oss_provider to one of: lmstudio, ollama in config.toml",
  );
}

function modelOf(
  { flags, toml }: ResolveInput,
  providerId: string,
): string | undefined {
  if (flags.model !== undefined) return flags.model;
  // A model configured for the usual provider is not one a local server has.
  const local = flags.oss === true ? OSS_MODELS[providerId] : undefined;
  return local ?? toml.model;
}

function instructionSettings({ toml }: ResolveInput) {
  return {
    developerInstructions: toml.developer_instructions,
    includePermissionsInstructions: toml.include_permissions_instructions ??
      true,
    includeEnvironmentContext: toml.include_environment_context ?? true,
    includeAppsInstructions: toml.include_apps_instructions ?? true,
    commitAttribution: toml.commit_attribution,
  };
}

function policySettings(input: ResolveInput) {
  const { toml, flags, trustLevel } = input;
  const workspace = toml.sandbox_workspace_write ?? {};
  const shell = toml.shell_environment_policy ?? {};
  return {
    approvalPolicy: flags.approvalPolicy ?? toml.approval_policy ??
      (trustLevel === "untrusted" ? "untrusted" : "on-request"),
    approvalsReviewer: toml.approvals_reviewer ?? "user",
    sandboxMode: sandboxModeOf(input),
    workspaceWrite: withoutUndefined({
      writableRoots: [
        ...workspace.writable_roots ?? [],
        ...flags.addDirectories ?? [],
      ],
      networkAccess: workspace.network_access ?? false,
      excludeTmpdirEnvVar: workspace.exclude_tmpdir_env_var ?? false,
      excludeSlashTmp: workspace.exclude_slash_tmp ?? false,
      networkAllow: workspace.network_allow,
      privateTmp: workspace.private_tmp ?? false,
      limits: workspace.limits,
    }),
    allowLoginShell: toml.allow_login_shell ?? true,
    shellEnvironmentPolicy: {
      inherit: shell.inherit ?? "all",
      ignoreDefaultExcludes: shell.ignore_default_excludes ?? false,
      exclude: shell.exclude ?? [],
      set: shell.set ?? {},
      includeOnly: shell.include_only ?? [],
      useProfile: shell.experimental_use_profile ?? false,
    },
  } as const;
}

function sandboxModeOf(
  { toml, flags, trustLevel }: ResolveInput,
): SandboxMode {
  return flags.sandboxMode ?? toml.sandbox_mode ??
    (trustLevel === undefined ? "read-only" : "workspace-write");
}

function toolSettings({ raw, toml }: ResolveInput) {
  const features = resolveFeatures(toml.featureTables);
  return {
    backgroundTerminalMaxTimeoutMs: toml.background_terminal_max_timeout ??
      BACKGROUND_TERMINAL_TIMEOUT_MS,
    toolOutputTokenLimit: toml.tool_output_token_limit,
    projectDocMaxBytes: toml.project_doc_max_bytes ?? PROJECT_DOC_BYTES,
    projectDocFallbackFilenames: toml.project_doc_fallback_filenames ?? [],
    projectRootMarkers: toml.project_root_markers ?? DEFAULT_ROOT_MARKERS,
    webSearch: toml.web_search ??
      (features.web_search_cached
        ? "cached" as const
        : features.web_search_request
        ? "live" as const
        : undefined),
    webSearchOptions: webSearchOptions(toml),
    features,
    agents: agentSettings(toml.agents ?? {}),
    skills: skillSettings(toml.skills ?? {}),
    hooks: tableIn(raw, "hooks"),
    memories: memorySettings(toml.memories ?? {}, features.memories),
    mcpServers: resolveMcpServers(toml.mcp_servers ?? {}),
    mcpOAuth: {
      store: toml.mcp_oauth_credentials_store ?? "auto",
      callbackPort: toml.mcp_oauth_callback_port,
      callbackUrl: toml.mcp_oauth_callback_url,
    },
  };
}

/** Notes are written only when that was asked for as well. */
function memorySettings(
  memories: NonNullable<ConfigToml["memories"]>,
  isOn: boolean,
): Config["memories"] {
  return {
    isRead: isOn && (memories.use_memories ?? true),
    isWritten: isOn && (memories.generate_memories ?? false),
    skipsExternalContext: memories.disable_on_external_context ?? true,
    extractModel: memories.extract_model,
  };
}

function skillSettings(
  skills: NonNullable<ConfigToml["skills"]>,
): Config["skills"] {
  return {
    isBundledEnabled: skills.bundled?.enabled ?? true,
    includeInstructions: skills.include_instructions ?? true,
    rules: (skills.config ?? []).map((rule, index): SkillRule => {
      const { path, name, enabled: isEnabled } = rule;
      if (path !== undefined && name === undefined) {
        return { kind: "path", path, isEnabled };
      }
      if (name !== undefined && path === undefined) {
        return { kind: "name", name, isEnabled };
      }
      throw new ConfigProblem(
        ["skills", "config", index],
        "a [[skills.config]] entry names one skill, by `path` or by `name`",
      );
    }),
  };
}

function webSearchOptions(toml: Effective): Config["webSearchOptions"] {
  const options = toml.tools?.web_search;
  if (typeof options !== "object") return {};
  return withoutUndefined({
    contextSize: options.context_size,
    allowedDomains: options.allowed_domains,
    location: options.location && withoutUndefined(options.location),
  });
}

function agentSettings(
  agents: NonNullable<ConfigToml["agents"]>,
): Config["agents"] {
  const { max_threads, max_depth, job_max_runtime_seconds, ...roles } = agents;
  for (const [key, limit] of Object.entries({ max_threads, max_depth })) {
    if (limit === undefined || limit >= 1) continue;
    throw new ConfigProblem(
      ["agents", key],
      `agents.${key} must be at least 1`,
    );
  }
  return withoutUndefined({
    maxThreads: max_threads ?? AGENT_THREADS,
    maxDepth: max_depth ?? AGENT_DEPTH,
    jobMaxRuntimeSeconds: job_max_runtime_seconds,
    roles,
  });
}

function programSettings(input: ResolveInput) {
  const { toml, codexHome: home } = input;
  return {
    tui: tableIn(input.raw, "tui"),
    notify: toml.notify ?? [],
    hideAgentReasoning: toml.hide_agent_reasoning ?? false,
    disablePasteBurst: toml.disable_paste_burst ?? false,
    showRawAgentReasoning: input.flags.oss === true ||
      (toml.show_raw_agent_reasoning ?? false),
    fileOpener: toml.file_opener ?? "vscode",
    history: withoutUndefined({
      persistence: toml.history?.persistence ?? "save-all",
      maxBytes: toml.history?.max_bytes,
    }),
    logDirectory: toml.log_dir ?? resolvePath(home, "log"),
    sqliteHome: toml.sqlite_home ?? sqliteHomeFrom(input) ?? home,
    cliAuthCredentialsStore: toml.cli_auth_credentials_store ?? "file",
    forcedLoginMethod: toml.forced_login_method,
    forcedChatgptWorkspaceId: toml.forced_chatgpt_workspace_id,
    suppressUnstableFeaturesWarning: toml.suppress_unstable_features_warning ??
      false,
    checkForUpdateOnStartup: toml.check_for_update_on_startup ?? true,
    execStdinWaitMs: toml.exec?.stdin_wait_ms,
  } as const;
}

function sqliteHomeFrom({ env, cwd }: ResolveInput): string | undefined {
  const path = env("CODEX_SQLITE_HOME")?.trim() ?? "";
  return path === "" ? undefined : resolvePath(cwd, path);
}

/** A policy given but without effect is said, never skipped. */
function warningsOf(input: ResolveInput): readonly string[] {
  const directories = input.flags.addDirectories ?? [];
  const mode = sandboxModeOf(input);
  const { network_access: isOpen, network_allow: hosts } =
    input.toml.sandbox_workspace_write ?? {};
  const warnings: string[] = [];
  if (directories.length > 0 && mode === "read-only") {
    warnings.push(
      `Ignoring --add-dir (${
        directories.join(", ")
      }): nothing is writable in ` +
        "sandbox mode read-only; use --sandbox workspace-write",
    );
  }
  if (isOpen === true && hosts !== undefined && mode === "workspace-write") {
    warnings.push(
      "Ignoring sandbox_workspace_write.network_allow: network_access = true " +
        "opens every host; take it away to open only those",
    );
  }
  const idle = featuresWithoutEffect(resolveFeatures(input.toml.featureTables));
  if (idle.length > 0) {
    warnings.push(
      `Features without effect in this version are on: ${idle.join(", ")}`,
    );
  }
  return warnings;
}

function tableIn(raw: RawTable, key: string): RawTable {
  const value = raw[key];
  return isTable(value) ? value : {};
}

type Defined<T> =
  & {
    [K in keyof T as undefined extends T[K] ? never : K]: T[K];
  }
  & {
    [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<
      T[K],
      undefined
    >;
  };

/** Without the keys that hold undefined: absent is the one way to say nothing. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined);
  // The type says exactly what the filter did.
  return Object.fromEntries(entries) as Defined<T>;
}
