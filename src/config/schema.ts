/**
 * Every key of config.toml, once: the decoder, the type and the reference page come
 * from this declaration. Unknown keys are ignored at every level, so that a file can
 * be shared with other versions; wrong types and words are errors. Tables typed
 * `anyTable` are decoded by the part that uses them.
 */
import * as v from "valibot";
import {
  PERSONALITIES,
  REASONING_EFFORTS,
  REASONING_SUMMARIES,
  SANDBOX_MODES,
  VERBOSITIES,
  WEB_SEARCH_MODES,
} from "@/protocol/policy.ts";
import {
  integer,
  invalidType,
  mapOf,
  refusingArrays,
  struct,
} from "@/protocol/decode.ts";
import {
  anyTable,
  approvalPolicy,
  bool,
  features,
  filePath,
  filePaths,
  i64,
  seconds,
  table,
  text,
  textMap,
  texts,
  u64,
  usize,
  word,
} from "./schema_values.ts";

const effort = v.optional(word(REASONING_EFFORTS));

const ProviderAuthToml = struct("ModelProviderAuthInfo", {
  command: v.string(),
  args: texts,
  cwd: filePath,
  timeout_ms: v.optional(integer("a nonzero u64")),
  refresh_interval_ms: u64,
});

/** `[model_providers.<id>]` */
export const ProviderToml = struct("ModelProviderInfo", {
  name: text,
  base_url: text,
  env_key: text,
  env_key_instructions: text,
  experimental_bearer_token: text,
  auth: v.optional(ProviderAuthToml),
  aws: v.optional(
    struct("ModelProviderAwsAuthInfo", { profile: text, region: text }),
  ),
  wire_api: v.optional(v.string()),
  query_params: textMap,
  http_headers: textMap,
  env_http_headers: textMap,
  request_max_retries: u64,
  stream_max_retries: u64,
  stream_idle_timeout_ms: u64,
  websocket_connect_timeout_ms: u64,
  requires_openai_auth: bool,
  supports_websockets: bool,
});
export type ProviderToml = v.InferOutput<typeof ProviderToml>;

const WebSearchToml = struct("WebSearchToolConfig", {
  context_size: v.optional(v.picklist(["low", "medium", "high"])),
  allowed_domains: texts,
  location: v.optional(struct("WebSearchLocation", {
    country: text,
    region: text,
    city: text,
    timezone: text,
  })),
});

const ToolsToml = struct("ToolsToml", {
  web_search: v.optional(v.union(
    [v.boolean(), WebSearchToml],
    "data did not match any variant of untagged enum WebSearchToolConfigInput",
  )),
  view_image: bool,
});

/** The keys a profile may set as well. */
const profileEntries = {
  model: text,
  model_provider: text,
  model_reasoning_effort: effort,
  plan_mode_reasoning_effort: effort,
  model_reasoning_summary: v.optional(word(REASONING_SUMMARIES)),
  model_verbosity: v.optional(word(VERBOSITIES)),
  model_instructions_file: filePath,
  model_catalog_json: filePath,
  experimental_compact_prompt_file: filePath,
  personality: v.optional(word(PERSONALITIES)),
  service_tier: v.optional(word(["fast", "flex"])),
  approval_policy: approvalPolicy,
  approvals_reviewer: v.optional(
    word(["user", "auto_review", "guardian_subagent"]),
  ),
  sandbox_mode: v.optional(word(SANDBOX_MODES)),
  web_search: v.optional(word(WEB_SEARCH_MODES)),
  tools: v.optional(ToolsToml),
  chatgpt_base_url: text,
  oss_provider: text,
  features,
  include_permissions_instructions: bool,
  include_environment_context: bool,
  include_apps_instructions: bool,
  include_apply_patch_tool: bool,
  experimental_use_freeform_apply_patch: bool,
  experimental_use_unified_exec_tool: bool,
  zsh_path: filePath,
};

const ProfileToml = struct("ConfigProfile", profileEntries);
export type ProfileToml = v.InferOutput<typeof ProfileToml>;

const mcpApprovalMode = v.optional(word(["auto", "prompt", "approve"]));

/** Which keys go together is checked after decoding. */
const McpServerOAuthToml = struct("McpServerOAuthConfig", {
  grant: v.optional(word([
    "authorization_code",
    "client_credentials",
    "cross_app_access",
  ])),
  client_id: text,
  client_metadata_url: text,
  client_secret_env_var: text,
  issuer: text,
  private_key_env_var: text,
  signing_algorithm: v.optional(word([
    "ES256",
    "ES384",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
  ])),
  id_token_env_var: text,
  idp_client_id: text,
  idp_token_endpoint: text,
});

/** `[mcp_servers.<name>]`; that a transport makes sense is checked after decoding. */
const McpServerToml = struct("RawMcpServerConfig", {
  command: text,
  args: texts,
  env: textMap,
  env_vars: v.optional(v.array(v.union([v.string(), table]))),
  cwd: text,
  url: text,
  bearer_token: text,
  bearer_token_env_var: text,
  http_headers: textMap,
  env_http_headers: textMap,
  scopes: texts,
  oauth_resource: text,
  oauth: v.optional(McpServerOAuthToml),
  enabled: bool,
  required: bool,
  startup_timeout_sec: seconds,
  startup_timeout_ms: u64,
  tool_timeout_sec: seconds,
  enabled_tools: texts,
  disabled_tools: texts,
  default_tools_approval_mode: mcpApprovalMode,
  tools: v.optional(mapOf(struct("McpServerToolConfig", {
    approval_mode: mcpApprovalMode,
  }))),
  supports_parallel_tool_calls: bool,
});

const AgentRoleToml = struct("AgentRoleToml", {
  description: text,
  config_file: filePath,
  nickname_candidates: texts,
});

const TuiToml = struct("Tui", {
  theme: text,
  animations: bool,
  notifications: v.optional(v.union(
    [v.boolean(), v.array(v.string())],
    "data did not match any variant of untagged enum Notifications",
  )),
  notification_method: v.optional(word(["auto", "osc9", "bel"])),
  notification_condition: v.optional(word(["unfocused", "always"])),
  alternate_screen: v.optional(word(["auto", "always", "never"])),
  show_tooltips: bool,
  status_line: texts,
  terminal_title: texts,
  vim: bool,
  plain: bool,
  keymap: v.optional(mapOf(v.union([v.string(), v.array(v.string())]))),
});

/** The whole file. */
export const ConfigToml = struct("ConfigToml", {
  ...profileEntries,
  profile: text,
  profiles: v.optional(mapOf(ProfileToml)),
  model_providers: v.optional(mapOf(ProviderToml)),
  review_model: text,
  openai_base_url: text,
  model_context_window: i64,
  model_auto_compact_token_limit: i64,
  model_supports_reasoning_summaries: bool,
  developer_instructions: text,
  instructions: text,
  compact_prompt: text,
  commit_attribution: text,
  auto_review: v.optional(struct("AutoReviewToml", { policy: text })),
  sandbox_workspace_write: v.optional(struct("SandboxWorkspaceWrite", {
    writable_roots: filePaths,
    network_access: bool,
    exclude_tmpdir_env_var: bool,
    exclude_slash_tmp: bool,
    network_allow: texts,
    private_tmp: bool,
    limits: v.optional(struct("SandboxLimits", {
      processes: u64,
      open_files: u64,
      file_size_mb: u64,
      memory_mb: u64,
      cpu_seconds: u64,
    })),
  })),
  default_permissions: text,
  permissions: anyTable,
  allow_login_shell: bool,
  shell_environment_policy: v.optional(struct("ShellEnvironmentPolicyToml", {
    inherit: v.optional(word(["core", "all", "none"])),
    ignore_default_excludes: bool,
    exclude: texts,
    set: textMap,
    include_only: texts,
    experimental_use_profile: bool,
  })),
  background_terminal_max_timeout: u64,
  tool_output_token_limit: usize,
  mcp_servers: v.optional(mapOf(McpServerToml)),
  mcp_oauth_credentials_store: v.optional(word(["auto", "file", "keyring"])),
  mcp_oauth_callback_port: v.optional(integer("u16")),
  mcp_oauth_callback_url: text,
  project_doc_max_bytes: usize,
  project_doc_fallback_filenames: texts,
  project_root_markers: texts,
  projects: v.optional(mapOf(struct("ProjectConfig", {
    trust_level: v.optional(word(["trusted", "untrusted"])),
  }))),
  agents: v.optional(refusingArrays(v.objectWithRest(
    {
      max_threads: usize,
      max_depth: v.optional(integer("i32")),
      job_max_runtime_seconds: u64,
    },
    AgentRoleToml,
    (issue) => invalidType(issue.input, "struct AgentsToml"),
  ))),
  skills: v.optional(struct("SkillsConfig", {
    bundled: v.optional(struct("BundledSkillsConfig", { enabled: bool })),
    include_instructions: bool,
    config: v.optional(v.array(struct("SkillConfig", {
      path: filePath,
      name: text,
      enabled: v.boolean(),
    }))),
  })),
  hooks: anyTable,
  memories: v.optional(struct("MemoriesToml", {
    use_memories: bool,
    generate_memories: bool,
    disable_on_external_context: bool,
    extract_model: text,
  })),
  tui: v.optional(TuiToml),
  history: v.optional(struct("History", {
    persistence: word(["save-all", "none"]),
    max_bytes: usize,
  })),
  notify: texts,
  hide_agent_reasoning: bool,
  show_raw_agent_reasoning: bool,
  file_opener: v.optional(
    word(["vscode", "vscode-insiders", "windsurf", "cursor", "none"]),
  ),
  cli_auth_credentials_store: v.optional(
    word(["file", "keyring", "auto", "ephemeral"]),
  ),
  forced_login_method: v.optional(word(["chatgpt", "api"])),
  forced_chatgpt_workspace_id: text,
  check_for_update_on_startup: bool,
  disable_paste_burst: bool,
  suppress_unstable_features_warning: bool,
  log_dir: filePath,
  sqlite_home: filePath,
  ghost_snapshot: anyTable,
  notice: anyTable,
  device_keys: v.optional(struct("DeviceKeysToml", {
    wrapping_key_store: v.optional(word(["keyring", "file"])),
  })),
  exec: v.optional(struct("ExecToml", { stdin_wait_ms: u64 })),
});
export type ConfigToml = v.InferOutput<typeof ConfigToml>;

/** Keys other versions know and this one reads nothing from. */
export const IGNORED_KEYS = [
  "analytics",
  "apps",
  "audio",
  "feedback",
  "js_repl_node_module_dirs",
  "js_repl_node_path",
  "marketplaces",
  "otel",
  "plugins",
  "realtime",
  "tool_suggest",
  "windows",
] as const;
