/**
 * A terminal for commands that are allowed everything: the helper then serves the
 * terminal and confines nothing.
 */
import type {
  ChildProcess,
  FileSystem,
  HostInfo,
  ProcessSpawner,
} from "@/platform/platform.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { unconfinedTerminalArgv } from "./helper.ts";
import {
  killedInOrder,
  obtainHelper,
  openSealed,
  startReported,
} from "./helper_program.ts";
import { openLibc } from "./libc.ts";
import { architectureOf } from "./syscalls.ts";
import { withTerminal } from "./terminal.ts";

export interface TerminalDeps {
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly host: Pick<HostInfo, "os" | "arch">;
  readonly codexHome: string;
}

export interface TerminalLauncher {
  spawn(command: SandboxedCommand): ChildProcess;
  close(): void;
}

/** The launcher, or `undefined` where the helper cannot be run. */
export async function openTerminalLauncher(
  deps: TerminalDeps,
): Promise<TerminalLauncher | undefined> {
  const arch = architectureOf(deps.host.arch);
  if (deps.host.os !== "linux" || arch === undefined) return undefined;
  const libc = openLibc();
  if (libc === undefined) return undefined;
  const programDeps = { ...deps, libc, arch };
  const bytes = await obtainHelper(programDeps, false);
  const program = typeof bytes === "string"
    ? undefined
    : await openSealed(programDeps, bytes);
  if (program === undefined) {
    libc.unload();
    return undefined;
  }
  return {
    spawn(command) {
      const child = startReported(programDeps, (statusFd) => ({
        argv: unconfinedTerminalArgv(program.path, statusFd, command),
        cwd: command.cwd,
        env: command.env,
        stdin: "pipe",
        newGroup: true,
      }));
      return withTerminal(killedInOrder(child));
    },
    close() {
      program.close();
      libc.unload();
    },
  };
}
