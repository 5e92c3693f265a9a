/** The list as scripts see it: names, stages and defaults are an interface. */
import assert from "node:assert/strict";
import { FEATURES } from "@/config/features.ts";

const LIST = `apply_patch_freeform                under development  false
apply_patch_streaming_events        under development  false
apps                                stable             true
artifact                            under development  false
browser_use                         stable             true
child_agents_md                     under development  false
chronicle                           under development  false
code_mode                           under development  false
code_mode_only                      under development  false
codex_git_commit                    under development  false
codex_hooks                         stable             true
collaboration_modes                 removed            true
computer_use                        stable             true
default_mode_request_user_input     under development  false
elevated_windows_sandbox            removed            false
enable_fanout                       under development  false
enable_request_compression          stable             true
exec_permission_approvals           under development  false
experimental_windows_sandbox        removed            false
external_migration                  experimental       false
fast_mode                           stable             true
general_analytics                   stable             true
guardian_approval                   stable             true
image_detail_original               removed            false
image_generation                    stable             true
in_app_browser                      stable             true
js_repl                             experimental       false
js_repl_tools_only                  under development  false
memories                            experimental       false
multi_agent                         stable             true
multi_agent_v2                      under development  false
personality                         stable             true
plugins                             stable             true
prevent_idle_sleep                  experimental       false
realtime_conversation               under development  false
remote_control                      under development  false
remote_models                       removed            false
remote_plugin                       under development  false
request_permissions_tool            under development  false
request_rule                        removed            false
responses_websockets                removed            false
responses_websockets_v2             removed            false
runtime_metrics                     under development  false
search_tool                         removed            false
shell_snapshot                      stable             true
shell_tool                          stable             true
shell_zsh_fork                      under development  false
skill_env_var_dependency_prompt     under development  false
skill_mcp_dependency_install        stable             true
sqlite                              removed            true
steer                               removed            true
tool_call_mcp_elicitation           stable             true
tool_search                         stable             true
tool_search_always_defer_mcp_tools  under development  false
tool_suggest                        stable             true
tui_app_server                      removed            true
unavailable_dummy_tools             under development  false
undo                                stable             false
unified_exec                        stable             true
use_legacy_landlock                 deprecated         false
use_linux_sandbox_bwrap             removed            false
web_search_cached                   deprecated         false
web_search_request                  deprecated         false
workspace_dependencies              stable             true
workspace_owner_usage_nudge         under development  false
`;

Deno.test("the features are these, with these stages and defaults", () => {
  const lines = FEATURES.map(({ name, stage, enabledByDefault }) =>
    `${name.padEnd(34)}  ${stage.padEnd(17)}  ${enabledByDefault}\n`
  );
  assert.equal(lines.join(""), LIST);
});
