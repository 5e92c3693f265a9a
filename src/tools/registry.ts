/**
 * The tools, as a list. Adding a tool is one file and one line here; the order is
 * the order in which the model sees them.
 */
import { applyPatch } from "./apply_patch.ts";
import { execCommand } from "./exec_command.ts";
import { shell, shellCommand } from "./shell_command.ts";
import type { Tool, ToolSettings } from "./tool.ts";
import { updatePlan } from "./update_plan.ts";
import { viewImage } from "./view_image.ts";
import { writeStdin } from "./write_stdin.ts";

export const TOOLS: readonly Tool[] = [
  execCommand,
  writeStdin,
  shellCommand,
  shell,
  updatePlan,
  applyPatch,
  viewImage,
];

/** The tool a call names, by its name or another it answers to. */
export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) =>
    tool.name === name || tool.aliases.includes(name)
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
