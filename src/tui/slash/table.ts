/** Every slash command, in the order in which they are offered. */
import type { SlashCommand } from "./command.ts";
import { sessionCommands } from "./session.ts";

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  ...sessionCommands,
];
