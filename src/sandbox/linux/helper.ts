/** The command line of the sandbox helper for a plan. Pure; see `helper.c`. */
import type { TerminalSize } from "@/platform/platform.ts";
import type { CommandLimits } from "@/protocol/policy.ts";
import { type Confinement, mountPlan, PROCESSES_MAX } from "../policy.ts";
import { PROXY_PORT } from "../proxy/port.ts";
import type { SandboxedCommand } from "../sandbox.ts";

/** How much the helper can do on this machine, as its probe found. */
export type HelperMode = "full" | "no-userns" | "landlock-only";

export interface HelperRequest {
  readonly program: string;
  readonly mode: HelperMode;
  readonly confinement: Confinement;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly mergeOutput: boolean;
  readonly hasTerminal: boolean;
  /** Of the terminal; undefined: the usual one. */
  readonly terminalSize?: TerminalSize | undefined;
  readonly statusFd: number;
}

const OPTION = { write: "--write", read: "--read", none: "--hide" } as const;

/** The whole argv: the helper, its options, the command. */
export function helperArgv(request: HelperRequest): readonly string[] {
  const { confinement } = request;
  return [
    request.program,
    ...modeOptions(request.mode),
    "--status-fd",
    String(request.statusFd),
    ...networkOptions(confinement),
    ...planOptions(confinement),
    ...(confinement.tmp === undefined ? [] : ["--tmp", confinement.tmp]),
    ...limitOptions(confinement.limits ?? {}),
    "--chdir",
    request.cwd,
    ...(request.mergeOutput ? ["--merge-output"] : []),
    ...(request.hasTerminal ? terminalOptions(request.terminalSize) : []),
    "--",
    ...request.argv,
  ];
}

/**
 * The argv inside a sandbox of bubblewrap's, for what only the helper does there: the
 * proxy and limits. It then loads the filter too, since the proxy needs a socket the
 * filter refuses.
 */
export function insideArgv(
  { program, confinement, argv, statusFd }: Pick<
    HelperRequest,
    "program" | "confinement" | "argv" | "statusFd"
  >,
): readonly string[] {
  return [
    program,
    "--inside",
    "--status-fd",
    String(statusFd),
    ...networkOptions(confinement),
    ...mountPlan(confinement).filter(({ access }) => access === "write")
      .flatMap(({ path }) => ["--write", path]),
    ...(confinement.tmp === undefined ? [] : ["--write", "/tmp"]),
    ...limitOptions(confinement.limits ?? {}),
    "--",
    ...argv,
  ];
}

/** The argv for a command that is allowed everything and needs only a terminal. */
export function unconfinedTerminalArgv(
  program: string,
  statusFd: number,
  { argv, terminalSize }: Pick<SandboxedCommand, "argv" | "terminalSize">,
): readonly string[] {
  return [
    program,
    "--unconfined",
    ...terminalOptions(terminalSize),
    "--status-fd",
    String(statusFd),
    "--",
    ...argv,
  ];
}

function terminalOptions(size: TerminalSize | undefined): readonly string[] {
  return size === undefined
    ? ["--pty"]
    : ["--pty", "--pty-size", `${size.rows},${size.columns}`];
}

/** The argv of a helper that changes files under a plan; see `helper_writer.ts`. */
export function editArgv(
  request: Pick<HelperRequest, "program" | "mode" | "confinement" | "statusFd">,
): readonly string[] {
  return [
    request.program,
    ...modeOptions(request.mode),
    "--status-fd",
    String(request.statusFd),
    ...planOptions(request.confinement),
    "--edit",
  ];
}

/** The argv that sets everything up and runs nothing. */
export function probeArgv(
  program: string,
  mode: HelperMode,
  statusFd: number,
): readonly string[] {
  return [
    program,
    ...modeOptions(mode),
    "--status-fd",
    String(statusFd),
    "--probe",
  ];
}

const BYTES_PER_MB = 1024 * 1024;

function limitOptions(limits: CommandLimits): readonly string[] {
  const { processes, open_files, file_size_mb, memory_mb, cpu_seconds } =
    limits;
  return [
    // What the user asked for must hold; what is there anyway, where it can.
    ...(processes === undefined
      ? ["--processes", String(PROCESSES_MAX)]
      : ["--processes-max", String(processes)]),
    ...limitOption("nofile", open_files),
    ...limitOption("fsize", file_size_mb, BYTES_PER_MB),
    // Private memory that is written. Programs reserve far more than they use.
    ...limitOption("data", memory_mb, BYTES_PER_MB),
    ...limitOption("cpu", cpu_seconds),
  ];
}

function limitOption(
  name: string,
  value: number | undefined,
  unit = 1,
): readonly string[] {
  return value === undefined ? [] : ["--limit", `${name}=${value * unit}`];
}

function networkOptions(
  { network, proxySocket }: Confinement,
): readonly string[] {
  switch (network) {
    case "none":
      return [];
    case "full":
      return ["--net"];
    case "proxied":
      // Without a proxy there is nothing to reach.
      return proxySocket === undefined
        ? []
        : ["--proxy", `${PROXY_PORT}:${proxySocket}`];
  }
}

function planOptions(confinement: Confinement): readonly string[] {
  return mountPlan(confinement).flatMap(({ path, access }) => [
    OPTION[access],
    path,
  ]);
}

function modeOptions(mode: HelperMode): readonly string[] {
  return mode === "full" ? [] : [`--${mode}`];
}
