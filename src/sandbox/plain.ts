/** Commands under `danger-full-access`: not confined, but in a group of their own. */
import type { ChildProcess } from "@/platform/platform.ts";
import { mergedArgv } from "./linux/bwrap.ts";
import {
  openTerminalLauncher,
  type TerminalDeps,
  type TerminalLauncher,
} from "./linux/plain_terminal.ts";
import type { SandboxedCommand } from "./sandbox.ts";

export interface PlainCommands {
  spawn(command: SandboxedCommand): Promise<ChildProcess>;
  close(): Promise<void>;
}

export function createPlainCommands(deps: TerminalDeps): PlainCommands {
  let launcher: Promise<TerminalLauncher | undefined> | undefined;
  return {
    async spawn(command) {
      if (command.stdin !== "terminal") return spawnWithPipes(deps, command);
      launcher ??= openTerminalLauncher(deps);
      return (await launcher)?.spawn(command) ?? spawnWithPipes(deps, command);
    },
    async close() {
      (await launcher)?.close();
    },
  };
}

function spawnWithPipes(
  { processes }: TerminalDeps,
  command: SandboxedCommand,
): ChildProcess {
  const isMerged = command.mergeOutput || command.stdin === "terminal";
  return processes.spawn({
    argv: isMerged ? mergedArgv(command.argv) : command.argv,
    cwd: command.cwd,
    env: command.env,
    stdin: command.stdin === "null" ? "null" : "pipe",
    newGroup: true,
  });
}
