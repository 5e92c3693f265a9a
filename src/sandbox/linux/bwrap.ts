/**
 * The command line of bubblewrap for a plan. Pure; compared whole in the tests.
 *
 * Order decides who wins: the root is read-only first, writable roots are opened
 * inside it, and protected paths are closed again inside those.
 */
import type { Confinement } from "../policy.ts";
import { mountPlan, PROCESSES_MAX } from "../policy.ts";

/** Where bubblewrap may come from; never from PATH, which a command can influence. */
export const BWRAP_PATHS = [
  "/usr/bin/bwrap",
  "/bin/bwrap",
  "/usr/local/bin/bwrap",
] as const;

/** The agent's proxy, as the helper inside finds it. */
export const PROXY_SOCKET_INSIDE = "/dev/proxy";

/** Kernel controls a process of uid 0 could write even without capabilities. */
const KERNEL_CONTROLS = [
  "/proc/sys",
  "/proc/sysrq-trigger",
  "/proc/irq",
  "/proc/bus",
  "/proc/fs",
  "/proc/acpi",
  "/proc/scsi",
  "/proc/mtrr",
  "/proc/driver",
];

/** Variables the dynamic linker and libc obey; they must not reach bwrap itself. */
const LOADER_VARIABLE =
  /^(LD_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|NLSPATH$|MALLOC_)/;

export interface BwrapRequest {
  readonly program: string;
  readonly confinement: Confinement;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mergeOutput: boolean;
  /** Descriptor of the filter; `undefined` when none can be passed. */
  readonly seccompFd: number | undefined;
  /** Descriptor bwrap reports to; `undefined` when none can be passed. */
  readonly statusFd: number | undefined;
}

/** The whole argv: bubblewrap, its options, the command. */
export function bwrapArgv(request: BwrapRequest): readonly string[] {
  const { confinement, env } = request;
  const plan = mountPlan(confinement);
  const isWholeDisk = plan.some(({ path, access }) =>
    path === "/" && access === "write"
  );
  return [
    request.program,
    "--new-session",
    "--die-with-parent",
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    // Else pid 1 would be bubblewrap's own, without the filter, and its memory could
    // be written by the command.
    "--as-pid-1",
    ...(confinement.network === "full" ? [] : ["--unshare-net"]),
    "--cap-drop",
    "ALL",
    isWholeDisk ? "--bind" : "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    ...KERNEL_CONTROLS.flatMap((path) => ["--ro-bind-try", path, path]),
    // Where no /tmp of the command's own can be in its way.
    ...(confinement.proxySocket === undefined
      ? []
      : ["--ro-bind", confinement.proxySocket, PROXY_SOCKET_INSIDE]),
    ...(confinement.tmp === undefined
      ? []
      : ["--bind", confinement.tmp, "/tmp"]),
    ...plan.filter(({ path }) => path !== "/").flatMap(({ path, access }) => {
      if (access === "write") return ["--bind", path, path];
      if (access === "read") return ["--ro-bind", path, path];
      return ["--ro-bind", "/dev/null", path];
    }),
    "--chdir",
    request.cwd,
    ...loaderVariables(env).flatMap((name) => [
      "--setenv",
      name,
      env[name] ?? "",
    ]),
    ...descriptorOption("--seccomp", request.seccompFd),
    ...descriptorOption("--json-status-fd", request.statusFd),
    "--",
    ...INIT,
    request.mergeOutput ? RUN_MERGED : RUN,
    "sh",
    ...request.argv,
  ];
}

/**
 * A shell as pid 1: a program in that place would ignore signals it does not handle.
 * It limits the number of processes, in the way its kind of shell knows, if it can.
 * Its own remarks about how the command ended are not part of the command's output.
 */
const INIT = ["/bin/sh", "-c"] as const;
const LIMIT = `ulimit -p ${PROCESSES_MAX} || ulimit -u ${PROCESSES_MAX}`;
const RUN = `exec 3>&2 2>/dev/null; ${LIMIT}; "$@" 2>&3 3>&-; exit $?`;
const RUN_MERGED = `exec 2>/dev/null; ${LIMIT}; "$@" 2>&1; exit $?`;

/** The environment for bwrap itself: the command's, without what loads code. */
export function bwrapEnvironment(
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept = { ...env };
  for (const name of loaderVariables(env)) delete kept[name];
  return kept;
}

/** Runs the command with standard error going where standard output goes. */
export function mergedArgv(argv: readonly string[]): readonly string[] {
  return ["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", ...argv];
}

function loaderVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env).filter((name) => LOADER_VARIABLE.test(name)).sort();
}

function descriptorOption(
  name: string,
  descriptor: number | undefined,
): string[] {
  return descriptor === undefined ? [] : [name, String(descriptor)];
}
