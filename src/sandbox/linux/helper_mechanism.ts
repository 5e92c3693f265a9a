/**
 * Confinement by our own helper. It runs from a sealed anonymous file, which nobody
 * can change, and reports into another what became of its set-up, so that no exit
 * code of a command is ever taken for a failure of the sandbox.
 */
import type {
  ChildProcess,
  ExitStatus,
  FileSystem,
  HostInfo,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { Attempt, Mechanism } from "../mechanism.ts";
import { observeExit } from "../observed_child.ts";
import type { Confinement } from "../policy.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import { helperArgv, type HelperMode, probeArgv } from "./helper.ts";
import { buildHelper, cacheDirectory, helperBytes } from "./helper_build.ts";
import { LANDLOCK_GAPS } from "./landlock.ts";
import type { Libc } from "./libc.ts";
import type { Architecture } from "./syscalls.ts";

const SIGNAL_NUMBERS = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

/** The helper reports a few short lines. */
const REPORT_BYTES_MAX = 4096;

export interface HelperDeps {
  readonly libc: Libc;
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly host: Pick<HostInfo, "uid">;
  readonly arch: Architecture;
  readonly codexHome: string;
  readonly because: string;
}

/** A program that can be spawned, and how to let it go. */
interface HelperProgram {
  readonly path: string;
  close(): void;
}

/** The helper, if it was built before or can be now, with the modes that work. */
export async function tryHelper(
  deps: HelperDeps,
  wanted: { readonly modes: readonly HelperMode[]; readonly mayBuild: boolean },
): Promise<Attempt> {
  const bytes = await obtainBytes(deps, wanted.mayBuild);
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

async function obtainBytes(
  deps: HelperDeps,
  mayBuild: boolean,
): Promise<Uint8Array | string> {
  const { files, arch, codexHome } = deps;
  const found = await helperBytes(files, arch, codexHome);
  if (found !== undefined) return found;
  if (!mayBuild) return "the sandbox helper is not built";
  await files.makeDirectory(cacheDirectory(codexHome), 0o700);
  const built = await buildHelper(deps, arch, cacheDirectory(codexHome));
  return built.kind === "built"
    ? await files.readFile(built.path)
    : `the sandbox helper cannot be built (${built.reason})`;
}

async function openSealed(
  { libc }: HelperDeps,
  bytes: Uint8Array,
): Promise<HelperProgram | undefined> {
  const descriptor = libc.anonymousFile(bytes, "sealed");
  if (descriptor === undefined) return undefined;
  return {
    path: `/proc/self/fd/${descriptor}`,
    close: () => libc.close(descriptor),
  };
}

// Where anonymous files may not be executed (sysctl vm.memfd_noexec). Never in /tmp,
// which commands write.
async function openFile(
  { files, codexHome }: HelperDeps,
  bytes: Uint8Array,
): Promise<HelperProgram> {
  const directory = cacheDirectory(codexHome);
  const path = `${directory}/run`;
  await files.makeDirectory(directory, 0o700);
  await files.replaceFile(path, bytes, 0o500);
  return { path, close: () => {} };
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
    status: mode === "landlock-only"
      ? {
        kind: "landlock",
        description: `Landlock and seccomp only, because ${deps.because}`,
        gaps: LANDLOCK_GAPS,
      }
      : {
        kind: "helper",
        description: "namespaces, Landlock and seccomp, set up by our helper",
        gaps: [],
      },
    async spawn(command, confinement) {
      return start(deps, program, mode, command, confinement);
    },
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
      statusFd,
    }),
    cwd: command.cwd,
    env: command.env,
    stdin: command.stdin,
    newGroup: true,
  }));
  return mode === "landlock-only" ? child : killedInOrder(child);
}

/**
 * Killed outright, the helper could not remove its placeholders, and whoever did it
 * for it might be too early: the last process of the command may still run. Asked to
 * end, it kills everything first, at once and without asking the command.
 */
function killedInOrder(child: ChildProcess): ChildProcess {
  let requested: keyof typeof SIGNAL_NUMBERS | undefined;
  const observed = observeExit(
    child,
    (status) =>
      requested === undefined || status.signal === undefined
        ? status
        : { code: 128 + SIGNAL_NUMBERS[requested], signal: requested },
  );
  return {
    ...observed,
    kill(signal) {
      requested = signal;
      observed.kill("SIGTERM");
    },
  };
}

/** Starts the helper with a file to report to, and reads that when it ended. */
function startReported(
  deps: HelperDeps,
  request: (statusFd: number) => Parameters<ProcessSpawner["spawn"]>[0],
): ChildProcess {
  const { libc } = deps;
  const statusFd = libc.anonymousFile(new Uint8Array(), "empty");
  if (statusFd === undefined) {
    throw new CodexError(
      "sandbox_unavailable",
      "Cannot confine the command: the system refuses anonymous files (memfd_create)",
    );
  }
  try {
    const child = libc.whileInherited(
      [statusFd],
      () => deps.processes.spawn(request(statusFd)),
    );
    return observeExit(child, (status) => {
      const report = libc.readBack(statusFd, REPORT_BYTES_MAX);
      libc.close(statusFd);
      return checked(status, new TextDecoder().decode(report));
    });
  } catch (error) {
    libc.close(statusFd);
    throw error;
  }
}

function checked(status: ExitStatus, report: string): ExitStatus {
  const failure = /^setup-failed (.*)$/m.exec(report)?.[1];
  if (failure === undefined && /^started$/m.test(report)) return status;
  // Killed by us or for want of memory before it came to anything.
  const { signal } = status;
  if (failure === undefined && (signal === "SIGKILL" || signal === "SIGTERM")) {
    return status;
  }
  throw new SetupError(failure ?? "its start");
}

/** The helper could not set the sandbox up, and ran nothing. */
class SetupError extends CodexError {
  readonly step: string;

  constructor(step: string) {
    super(
      "sandbox_unavailable",
      `Cannot confine the command: the sandbox helper stopped at ${step}`,
    );
    this.step = step;
  }
}
