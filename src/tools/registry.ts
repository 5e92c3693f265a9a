/**
 * The tools, as a list. Adding a tool is one file and one line here; the order is
 * the order in which the model sees them.
 */
import { applyPatch } from "./apply_patch.ts";
import { closeAgent } from "./close_agent.ts";
import { execCommand } from "./exec_command.ts";
import {
  listMcpResources,
  listMcpResourceTemplates,
  readMcpResource,
} from "./mcp_resources.ts";
import { requestPermissions } from "./request_permissions.ts";
import { requestUserInput } from "./request_user_input.ts";
import { resumeAgent } from "./resume_agent.ts";
import { sendInput } from "./send_input.ts";
import { shell, shellCommand } from "./shell_command.ts";
import { spawnAgent } from "./spawn_agent.ts";
import type { Tool, ToolSettings } from "./tool.ts";
import { updatePlan } from "./update_plan.ts";
import { viewImage } from "./view_image.ts";
import { waitAgent } from "./wait_agent.ts";
import { webSearch } from "./web_search.ts";
import { writeStdin } from "./write_stdin.ts";

export const TOOLS: readonly Tool[] = [
  execCommand,
  writeStdin,
  shellCommand,
  shell,
  listMcpResources,
  listMcpResourceTemplates,
  readMcpResource,
  updatePlan,
  requestUserInput,
  requestPermissions,
  applyPatch,
  webSearch,
  viewImage,
  spawnAgent,
  sendInput,
  resumeAgent,
  waitAgent,
  closeAgent,
];

/**
 * The tool a call names, by its name or another it answers to; undefined when these
 * settings do not let it be called.
 */
export function findTool(
  name: string,
  settings: ToolSettings,
): Tool | undefined {
  return TOOLS.find((tool) =>
    (tool.name === name || tool.aliases.includes(name)) &&
    tool.isAccepted(settings)
  );
}

/** What the model is told it can use. */
export function declareTools(
  settings: ToolSettings,
): readonly Readonly<Record<string, unknown>>[] {
  return TOOLS.filter((tool) => tool.isOffered(settings)).map((tool) =>
    tool.declare(settings)
  );
}
