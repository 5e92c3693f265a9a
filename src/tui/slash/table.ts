/** Every slash command, in the order in which they are offered. */
import type { SlashCommand } from "./command.ts";
import {
  copyCommand,
  debugConfigCommand,
  diffCommand,
  mentionCommand,
  psCommand,
  stopCommand,
} from "./look.ts";
import {
  fastCommand,
  modelCommand,
  personalityCommand,
  planCommand,
} from "./model.ts";
import {
  doctorCommand,
  mcpCommand,
  pluginsCommand,
  statusCommand,
} from "./info.ts";
import { permissionsCommand } from "./permissions.ts";
import { reviewCommand } from "./review.ts";
import {
  agentCommand,
  clearCommand,
  compactCommand,
  exitCommand,
  forkCommand,
  logoutCommand,
  newCommand,
  renameCommand,
  resumeCommand,
  sideCommand,
} from "./session.ts";
import {
  experimentalCommand,
  keymapCommand,
  memoriesCommand,
  skillsCommand,
  statusLineCommand,
  titleCommand,
  vimCommand,
} from "./settings.ts";
import { themeCommand } from "./theme.ts";
import { exportCommand, feedbackCommand, initCommand } from "./write.ts";

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  modelCommand,
  fastCommand,
  permissionsCommand,
  experimentalCommand,
  memoriesCommand,
  skillsCommand,
  reviewCommand,
  renameCommand,
  newCommand,
  resumeCommand,
  forkCommand,
  initCommand,
  compactCommand,
  planCommand,
  agentCommand,
  sideCommand,
  copyCommand,
  diffCommand,
  mentionCommand,
  statusCommand,
  titleCommand,
  statusLineCommand,
  themeCommand,
  mcpCommand,
  pluginsCommand,
  doctorCommand,
  vimCommand,
  keymapCommand,
  logoutCommand,
  exitCommand,
  exportCommand,
  feedbackCommand,
  psCommand,
  stopCommand,
  clearCommand,
  personalityCommand,
  debugConfigCommand,
];
