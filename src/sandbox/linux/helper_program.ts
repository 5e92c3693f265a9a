/**
 * The helper as a program to start. It runs from a sealed anonymous file, which nobody
 * can change, and reports into another what became of its set-up. Both descriptors
 * are inherited by that one child only.
 */
import type {
  ChildProcess,
  ExitStatus,
  FileSystem,
  HostInfo,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { observeExit } from "../observed_child.ts";
import { buildHelper, cacheDirectory, helperBytes } from "./helper_build.ts";
import type { Libc } from "./libc.ts";
import type { Architecture } from "./syscalls.ts";

const SIGNAL_NUMBERS = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

/** What a shell in between makes of a kill. */
const CODE_OF_KILLED = 128 + SIGNAL_NUMBERS.SIGKILL;

/** The helper reports a few short lines. */
const REPORT_BYTES_MAX = 4096;

export interface ProgramDeps {
  readonly libc: Libc;
  readonly files: FileSystem;
  readonly processes: ProcessSpawner;
  readonly arch: Architecture;
  readonly host: Pick<HostInfo, "arch">;
  readonly codexHome: string;
}

/** A program that can be spawned, and how to let it go. */
export interface HelperProgram {
  readonly path: string;
  /** The open file that path names, for whoever starts it through another program. */
  readonly descriptor?: number;
  close(): void;
}

/** The helper's bytes, or why there are none, in words for the user. */
export async function obtainHelper(
  deps: ProgramDeps,
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

/** Where nobody can change it. `undefined` when the system refuses. */
export async function openSealed(
  { libc }: ProgramDeps,
  bytes: Uint8Array,
): Promise<HelperProgram | undefined> {
  const descriptor = libc.anonymousFile(bytes, "sealed");
  if (descriptor === undefined) return undefined;
  return {
    path: `/proc/self/fd/${descriptor}`,
    descriptor,
    close: () => libc.close(descriptor),
  };
}

/**
 * For where anonymous files may not be executed (sysctl vm.memfd_noexec). Never in
 * /tmp, which commands write.
 */
export async function openFile(
  { files, codexHome }: ProgramDeps,
  bytes: Uint8Array,
): Promise<HelperProgram> {
  const directory = cacheDirectory(codexHome);
  const path = `${directory}/run`;
  await files.makeDirectory(directory, 0o700);
  await files.replaceFile(path, bytes, 0o500);
  return { path, close: () => {} };
}

/** Starts the helper with a file to report to, and reads that when it ended. */
export function startReported(
  deps: Pick<ProgramDeps, "libc" | "processes">,
  request: (statusFd: number) => Parameters<ProcessSpawner["spawn"]>[0],
): ChildProcess {
  return withReport(
    deps.libc,
    (statusFd) => deps.processes.spawn(request(statusFd)),
  );
}

/** The same for whoever spawns it in its own way. */
export function withReport(
  libc: Libc,
  start: (statusFd: number) => ChildProcess,
): ChildProcess {
  const statusFd = libc.anonymousFile(new Uint8Array(), "empty");
  if (statusFd === undefined) {
    throw new CodexError(
      "sandbox_unavailable",
      "Cannot confine the command: the system refuses anonymous files (memfd_create)",
    );
  }
  try {
    const child = libc.whileInherited([statusFd], () => start(statusFd));
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
  const { signal, code } = status;
  const isKilled = signal === "SIGKILL" || signal === "SIGTERM" ||
    code === CODE_OF_KILLED;
  if (failure === undefined && isKilled) return status;
  throw new SetupError(failure ?? "its start");
}

/**
 * Killed outright, the helper could not remove its placeholders, and whoever did it
 * for it might be too early: the last process of the command may still run. Asked to
 * end, it kills everything first, at once and without asking the command.
 */
export function killedInOrder(child: ChildProcess): ChildProcess {
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

/** The helper could not set the sandbox up, and ran nothing. */
export class SetupError extends CodexError {
  readonly step: string;

  constructor(step: string) {
    super(
      "sandbox_unavailable",
      `Cannot confine the command: the sandbox helper stopped at ${step}`,
    );
    this.step = step;
  }
}
