/**
 * Confinement by our own helper, in the strongest of its modes that works here. No
 * exit code of a command is ever taken for a failure of the sandbox: see
 * `helper_program.ts`.
 */
import {
  type ChildProcess,
  FileError,
  type HostInfo,
} from "@/platform/platform.ts";
import type { Attempt, Mechanism } from "../mechanism.ts";
import type { Confinement } from "../policy.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { editArgv, helperArgv, type HelperMode, probeArgv } from "./helper.ts";
import {
  type HelperProgram,
  killedInOrder,
  obtainHelper,
  openFile,
  openSealed,
  type ProgramDeps,
  SetupError,
  startReported,
} from "./helper_program.ts";
import { helperWriter } from "./helper_writer.ts";
import { HELPER_LANDLOCK_GAPS } from "./landlock.ts";
import { withTerminal } from "./terminal.ts";

export interface HelperDeps extends ProgramDeps {
  readonly host: Pick<HostInfo, "uid" | "arch">;
  readonly because: string;
}

/** The helper, if it was built before or can be now, with the modes that work. */
export async function tryHelper(
  deps: HelperDeps,
  wanted: { readonly modes: readonly HelperMode[]; readonly mayBuild: boolean },
): Promise<Attempt> {
  const bytes = await obtainHelper(deps, wanted.mayBuild);
  if (typeof bytes === "string") return { kind: "unusable", reason: bytes };
  let reason = "the sandbox helper cannot be run here";
  for (const open of [openSealed, openFile]) {
    const program = await open(deps, bytes);
    if (program === undefined) continue;
    for (const mode of wanted.modes) {
      if (mode === "no-userns" && deps.host.uid !== 0) continue;
      const problem = await probe(deps, program, mode);
      if (problem === undefined) {
        return {
          kind: "ready",
          mechanism: helperMechanism(deps, program, mode),
        };
      }
      reason = problem;
    }
    program.close();
  }
  return { kind: "unusable", reason };
}

async function probe(
  deps: HelperDeps,
  program: HelperProgram,
  mode: HelperMode,
): Promise<string | undefined> {
  try {
    const child = startReported(deps, (statusFd) => ({
      argv: probeArgv(program.path, mode, statusFd),
      cwd: "/",
      env: {},
      stdin: "null",
      newGroup: true,
    }));
    // Read, not cancelled: a broken pipe would hide how it really ended.
    const [, , { code }] = await Promise.all([
      new Response(child.stdout).bytes(),
      new Response(child.stderr).bytes(),
      child.exit,
    ]);
    return code === 0 ? undefined : "the sandbox helper does not work here";
  } catch (error) {
    if (error instanceof FileError) {
      return "the sandbox helper cannot be run here";
    }
    if (error instanceof SetupError) {
      return `the sandbox helper stopped at ${error.step}`;
    }
    throw error;
  }
}

function helperMechanism(
  deps: HelperDeps,
  program: HelperProgram,
  mode: HelperMode,
): Mechanism {
  return {
    // Without namespaces a proxy would be one way out among many, /tmp is everybody's,
    // and other processes of the user would be counted.
    extras: mode === "landlock-only"
      ? ["limits"]
      : ["network_allow", "private_tmp", "limits", "limits.processes"],
    status: mode === "landlock-only"
      ? {
        kind: "landlock",
        description: `Landlock and seccomp only, because ${deps.because}`,
        gaps: HELPER_LANDLOCK_GAPS,
      }
      : {
        kind: "helper",
        description: "namespaces, Landlock and seccomp, set up by our helper",
        gaps: [],
      },
    async spawn(command, confinement) {
      return start(deps, program, mode, command, confinement);
    },
    openWriter: (confinement) =>
      helperWriter(startReported(deps, (statusFd) => ({
        argv: editArgv({ program: program.path, mode, confinement, statusFd }),
        cwd: "/",
        env: {},
        stdin: "pipe",
        newGroup: true,
      }))),
    close: () => program.close(),
  };
}

function start(
  deps: HelperDeps,
  program: HelperProgram,
  mode: HelperMode,
  command: SandboxedCommand,
  confinement: Confinement,
): ChildProcess {
  const child = startReported(deps, (statusFd) => ({
    argv: helperArgv({
      program: program.path,
      mode,
      confinement,
      argv: command.argv,
      cwd: command.cwd,
      mergeOutput: command.mergeOutput,
      hasTerminal: command.stdin === "terminal",
      terminalSize: command.terminalSize,
      statusFd,
    }),
    cwd: command.cwd,
    env: command.env,
    stdin: command.stdin === "null" ? "null" : "pipe",
    newGroup: true,
  }));
  const killable = killedInOrder(child);
  return command.stdin === "terminal" ? withTerminal(killable) : killable;
}
