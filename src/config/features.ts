/**
 * The feature table: every switch, how finished it is and what it is without the
 * user's word. `codex features`, `--enable`, and the keys of `[features]` are read
 * from it.
 */

export type FeatureStage =
  | "stable"
  | "experimental"
  | "under development"
  | "deprecated"
  | "removed";

type FeatureRow = readonly [stage: FeatureStage, enabledByDefault: boolean];

const FEATURE_TABLE = {
  apply_patch_freeform: ["under development", false],
  apply_patch_streaming_events: ["under development", false],
  apps: ["stable", true],
  artifact: ["under development", false],
  browser_use: ["stable", true],
  child_agents_md: ["under development", false],
  chronicle: ["under development", false],
  code_mode: ["under development", false],
  code_mode_only: ["under development", false],
  codex_git_commit: ["under development", false],
  codex_hooks: ["stable", true],
  collaboration_modes: ["removed", true],
  computer_use: ["stable", true],
  default_mode_request_user_input: ["under development", false],
  elevated_windows_sandbox: ["removed", false],
  enable_fanout: ["under development", false],
  enable_request_compression: ["stable", true],
  exec_permission_approvals: ["under development", false],
  experimental_windows_sandbox: ["removed", false],
  external_migration: ["experimental", false],
  fast_mode: ["stable", true],
  general_analytics: ["stable", true],
  guardian_approval: ["stable", true],
  image_detail_original: ["removed", false],
  image_generation: ["stable", true],
  in_app_browser: ["stable", true],
  js_repl: ["experimental", false],
  js_repl_tools_only: ["under development", false],
  memories: ["experimental", false],
  multi_agent: ["stable", true],
  multi_agent_v2: ["under development", false],
  personality: ["stable", true],
  plugins: ["stable", true],
  prevent_idle_sleep: ["experimental", false],
  realtime_conversation: ["under development", false],
  remote_control: ["under development", false],
  remote_models: ["removed", false],
  remote_plugin: ["under development", false],
  request_permissions_tool: ["under development", false],
  request_rule: ["removed", false],
  responses_websockets: ["removed", false],
  responses_websockets_v2: ["removed", false],
  runtime_metrics: ["under development", false],
  search_tool: ["removed", false],
  shell_snapshot: ["stable", true],
  shell_tool: ["stable", true],
  shell_zsh_fork: ["under development", false],
  skill_env_var_dependency_prompt: ["under development", false],
  skill_mcp_dependency_install: ["stable", true],
  sqlite: ["removed", true],
  steer: ["removed", true],
  tool_call_mcp_elicitation: ["stable", true],
  tool_search: ["stable", true],
  tool_search_always_defer_mcp_tools: ["under development", false],
  tool_suggest: ["stable", true],
  tui_app_server: ["removed", true],
  unavailable_dummy_tools: ["under development", false],
  undo: ["stable", false],
  unified_exec: ["stable", true],
  use_legacy_landlock: ["deprecated", false],
  use_linux_sandbox_bwrap: ["removed", false],
  web_search_cached: ["deprecated", false],
  web_search_request: ["deprecated", false],
  workspace_dependencies: ["stable", true],
  workspace_owner_usage_nudge: ["under development", false],
} as const satisfies Record<string, FeatureRow>;

/** Known and written about, and not to be had in this version. */
const WITHOUT_EFFECT: readonly (keyof typeof FEATURE_TABLE)[] = [
  "apply_patch_streaming_events",
  "artifact",
  "chronicle",
  "code_mode",
  "code_mode_only",
  "enable_fanout",
  "exec_permission_approvals",
  "external_migration",
  "js_repl",
  "js_repl_tools_only",
  "multi_agent_v2",
  "prevent_idle_sleep",
  "realtime_conversation",
  "remote_control",
  "remote_plugin",
  "runtime_metrics",
  "shell_zsh_fork",
  "skill_env_var_dependency_prompt",
  "unavailable_dummy_tools",
  "undo",
  "use_legacy_landlock",
  "workspace_owner_usage_nudge",
];

export type FeatureName = keyof typeof FEATURE_TABLE;

/** Which features are on in this run. */
export type FeatureStates = Readonly<Record<FeatureName, boolean>>;

export interface Feature {
  readonly name: FeatureName;
  readonly stage: FeatureStage;
  readonly enabledByDefault: boolean;
}

/** Every feature, by name. */
export const FEATURES: readonly Feature[] = Object.entries(FEATURE_TABLE).map(
  // Object.entries forgets the key type; the table's own keys are meant.
  ([name, [stage, enabledByDefault]]) => ({
    name: name as FeatureName,
    stage,
    enabledByDefault,
  }),
);

/** Older names still accepted in files and flags. */
const ALIASES: Readonly<Record<string, FeatureName>> = {
  connectors: "apps",
  collab: "multi_agent",
  memory_tool: "memories",
  web_search: "web_search_request",
  include_apply_patch_tool: "apply_patch_freeform",
  experimental_use_freeform_apply_patch: "apply_patch_freeform",
  experimental_use_unified_exec_tool: "unified_exec",
  enable_experimental_windows_sandbox: "experimental_windows_sandbox",
  telepathy: "chronicle",
  request_permissions: "exec_permission_approvals",
};

/** The feature of that name or former name. */
export function findFeature(name: string): Feature | undefined {
  const canonical = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return FEATURES.find((feature) => feature.name === canonical);
}

/** Features somebody switched on that do nothing here. */
export function featuresWithoutEffect(
  states: FeatureStates,
): readonly FeatureName[] {
  return WITHOUT_EFFECT.filter((name) => states[name]);
}

/**
 * The states after the given switches, later ones winning. Unknown names are
 * ignored: a file may be shared with another version.
 */
export function resolveFeatures(
  switches: readonly Readonly<Record<string, boolean>>[],
): FeatureStates {
  const states: Partial<Record<FeatureName, boolean>> = {};
  for (const feature of FEATURES) {
    states[feature.name] = feature.enabledByDefault;
  }
  for (const table of switches) {
    for (const [name, enabled] of Object.entries(table)) {
      const feature = findFeature(name);
      if (feature !== undefined) states[feature.name] = enabled;
    }
  }
  // Complete: the first loop set every name.
  return states as FeatureStates;
}
