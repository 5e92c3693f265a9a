/** Commands under `danger-full-access`: not confined, but in a group of their own. */
import type { ChildProcess, ProcessSpawner } from "@/platform/platform.ts";
import { mergedArgv } from "./linux/bwrap.ts";
import type { SandboxedCommand } from "./sandbox.ts";

export function spawnPlain(
  processes: ProcessSpawner,
  command: SandboxedCommand,
): ChildProcess {
  return processes.spawn({
    argv: command.mergeOutput ? mergedArgv(command.argv) : command.argv,
    cwd: command.cwd,
    env: command.env,
    stdin: command.stdin,
    newGroup: true,
  });
}
