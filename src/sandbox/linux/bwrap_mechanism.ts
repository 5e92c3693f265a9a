/**
 * Confinement by the system's bubblewrap. The filter and the report of what happened
 * travel through anonymous files that only this child inherits.
 */
import { isWithin } from "@/platform/paths.ts";
import type {
  ChildProcess,
  ExitStatus,
  FileSystem,
  HostInfo,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { Attempt, Extra, Mechanism } from "../mechanism.ts";
import { observeExit } from "../observed_child.ts";
import { type Confinement, mountPlan } from "../policy.ts";
import type { SandboxedCommand } from "../sandbox.ts";
import {
  BWRAP_PATHS,
  bwrapArgv,
  bwrapEnvironment,
  PROXY_SOCKET_INSIDE,
} from "./bwrap.ts";
import { insideArgv } from "./helper.ts";
import {
  type HelperProgram,
  obtainHelper,
  openSealed,
  type ProgramDeps,
  withReport,
} from "./helper_program.ts";
import { type HeldPlaceholders, holdPlaceholders } from "./placeholders.ts";
import {
  encodeProgram,
  type NetworkAccess,
  seccompProgram,
} from "./seccomp.ts";

/** bubblewrap reports two short JSON lines. */
const REPORT_BYTES_MAX = 4096;

export interface BwrapDeps extends ProgramDeps {
  readonly host: Pick<HostInfo, "arch" | "uid">;
  readonly because: string;
}

/** Tries bubblewrap once on this machine. */
export async function tryBwrap(deps: BwrapDeps): Promise<Attempt> {
  const program = await findBwrap(deps.files);
  if (program === undefined) {
    return { kind: "unusable", reason: "bubblewrap is not installed" };
  }
  const mechanism = bwrapMechanism(deps, program, await openHelper(deps));
  try {
    await probe(mechanism);
    return { kind: "ready", mechanism };
  } catch (error) {
    mechanism.close();
    if (!(error instanceof CodexError)) throw error;
    return {
      kind: "unusable",
      reason: `${program} cannot make namespaces here`,
    };
  }
}

/**
 * The helper, when it is there, for what bubblewrap cannot do. Its Landlock keeps the
 * command from processes of the sandbox that have no filter, so without Landlock it is
 * no help.
 */
async function openHelper(
  deps: BwrapDeps,
): Promise<HelperProgram | undefined> {
  if (deps.libc.landlockVersion() === 0) return undefined;
  const bytes = await obtainHelper(deps, false);
  return typeof bytes === "string" ? undefined : await openSealed(deps, bytes);
}

async function findBwrap(files: FileSystem): Promise<string | undefined> {
  for (const path of BWRAP_PATHS) {
    const info = await files.stat(path);
    if (info?.isFile && (info.mode & 0o111) !== 0) return path;
  }
  return undefined;
}

async function probe(mechanism: Mechanism): Promise<void> {
  const child = await mechanism.spawn({
    argv: ["/bin/sh", "-c", ":"],
    cwd: "/",
    env: {},
    policy: { type: "read-only", network_access: false },
    policyCwd: "/",
    stdin: "null",
    mergeOutput: false,
  }, { writableRoots: [], hidden: [], network: "none" });
  // Read, not cancelled: a broken pipe would hide how it really ended.
  await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).bytes(),
    child.exit,
  ]);
}

function bwrapMechanism(
  deps: BwrapDeps,
  program: string,
  helper: HelperProgram | undefined,
): Mechanism {
  const { libc } = deps;
  const filters = new Map<NetworkAccess, number>();
  return {
    extras: extrasOf(deps, helper),
    status: {
      kind: "bwrap",
      description: `bubblewrap (${program}), because ${deps.because}`,
      gaps: [
        "named pipes outside the writable directories can be written",
        "a writable directory that is replaced by a link just while a command starts is followed",
      ],
    },
    async spawn(command, confinement) {
      refuseWithinRoots(program, confinement);
      const protectedPaths = mountPlan(confinement)
        .filter(({ access }) => access === "read").map(({ path }) => path);
      const held = await holdPlaceholders(libc, deps.files, protectedPaths);
      try {
        return start({
          deps,
          program,
          command,
          confinement: without(confinement, held.impossible),
          helper: needsHelper(confinement) ? helper : undefined,
          filter: filterFor(deps, filters, confinement.network),
          held,
        });
      } catch (error) {
        held.release();
        throw error;
      }
    },
    close() {
      for (const descriptor of filters.values()) libc.close(descriptor);
      filters.clear();
      helper?.close();
    },
  };
}

/** Root is not counted, and the number that would bind it is closed by then. */
function extrasOf(
  { host }: BwrapDeps,
  helper: HelperProgram | undefined,
): readonly Extra[] {
  if (helper === undefined) return ["private_tmp"];
  const all = ["private_tmp", "network_allow", "limits"] as const;
  return host.uid === 0 ? all : [...all, "limits.processes"];
}

function needsHelper({ network, limits }: Confinement): boolean {
  return network === "proxied" || limits !== undefined;
}

// Whoever may write the program could have replaced it in an earlier command.
function refuseWithinRoots(program: string, confinement: Confinement): void {
  const root = confinement.writableRoots.find(({ path }) =>
    isWithin(program, path)
  );
  if (root === undefined) return;
  throw new CodexError(
    "sandbox_unavailable",
    `Cannot confine the command: ${program} lies in the writable root "${root.path}"; ` +
      "narrow the writable roots",
  );
}

interface Start {
  readonly deps: BwrapDeps;
  readonly program: string;
  readonly command: SandboxedCommand;
  readonly confinement: Confinement;
  /** Present when the command needs it. */
  readonly helper: HelperProgram | undefined;
  /** Absent when the helper loads it. */
  readonly filter: number | undefined;
  readonly held: HeldPlaceholders;
}

function start(request: Start): ChildProcess {
  const { deps, confinement, command, helper } = request;
  if (helper?.descriptor === undefined) return startBwrap(request);
  const { path: program, descriptor } = helper;
  return withReport(deps.libc, (statusFd) => {
    const { argv } = command;
    const inside = insideArgv({
      program,
      confinement: confinement.proxySocket === undefined
        ? confinement
        : { ...confinement, proxySocket: PROXY_SOCKET_INSIDE },
      argv,
      statusFd,
    });
    return deps.libc.whileInherited([descriptor], () =>
      startBwrap({
        ...request,
        command: { ...command, argv: inside },
        filter: undefined,
      }));
  });
}

function startBwrap(
  { deps, program, command, confinement, filter, held }: Start,
): ChildProcess {
  const { libc } = deps;
  // bubblewrap reads to the end, so every child needs an offset of its own.
  const seccompFd = filter === undefined
    ? undefined
    : required(libc.reopen(filter));
  const statusFd = required(libc.anonymousFile(new Uint8Array(), "empty"));
  try {
    const child = libc.whileInherited(
      seccompFd === undefined ? [statusFd] : [seccompFd, statusFd],
      () =>
        deps.processes.spawn({
          argv: bwrapArgv({
            program,
            confinement,
            argv: command.argv,
            cwd: command.cwd,
            env: command.env,
            mergeOutput: command.mergeOutput || command.stdin === "terminal",
            seccompFd,
            statusFd,
          }),
          cwd: command.cwd,
          env: bwrapEnvironment(command.env),
          stdin: command.stdin === "null" ? "null" : "pipe",
          newGroup: true,
        }),
    );
    let hasEnded = false;
    const report = () =>
      new TextDecoder().decode(libc.readBack(statusFd, REPORT_BYTES_MAX));
    const observed = observeExit(child, (status) => {
      hasEnded = true;
      // bubblewrap killed from outside: its child may be running for a moment more.
      if (status.signal === undefined) held.release();
      else held.abandon();
      const text = report();
      libc.close(statusFd);
      return checked(status, text);
    });
    return {
      ...observed,
      // Ending the first process of the namespace ends all, and bubblewrap waits for
      // that; killing bubblewrap itself would leave it open when they are gone.
      kill(signal) {
        const first = hasEnded ? undefined : firstProcessIn(report());
        if (first === undefined) observed.kill(signal);
        else libc.kill(first);
      },
    };
  } catch (error) {
    libc.close(statusFd);
    throw error;
  } finally {
    if (seccompFd !== undefined) libc.close(seccompFd);
  }
}

function firstProcessIn(report: string): number | undefined {
  const pid = Number(/"child-pid": (\d+)/.exec(report)?.[1]);
  return pid > 1 ? pid : undefined;
}

// bubblewrap reports an exit code only for a command it really started.
function checked(status: ExitStatus, report: string): ExitStatus {
  if (report.includes('"exit-code"')) return status;
  // Killed by us or for want of memory: then whatever ran is gone with it.
  if (status.signal === "SIGKILL" || status.signal === "SIGTERM") return status;
  throw new CodexError(
    "sandbox_unavailable",
    "Cannot confine the command: bubblewrap could not set up the sandbox; " +
      "its reason is in the standard error output",
  );
}

function filterFor(
  deps: BwrapDeps,
  filters: Map<NetworkAccess, number>,
  network: NetworkAccess,
): number {
  const known = filters.get(network);
  if (known !== undefined) return known;
  const program = encodeProgram(seccompProgram(deps.arch, network));
  const descriptor = required(deps.libc.anonymousFile(program, "sealed"));
  filters.set(network, descriptor);
  return descriptor;
}

function without(
  confinement: Confinement,
  paths: ReadonlySet<string>,
): Confinement {
  return {
    ...confinement,
    writableRoots: confinement.writableRoots.map((root) => ({
      path: root.path,
      protected: root.protected.filter((path) => !paths.has(path)),
    })),
  };
}

function required(descriptor: number | undefined): number {
  if (descriptor !== undefined) return descriptor;
  throw new CodexError(
    "sandbox_unavailable",
    "Cannot confine the command: the system refuses anonymous files (memfd_create)",
  );
}
