/**
 * Runs the programs that keep keys (`secret-tool`, `security`, `tpm2_…`). They are
 * looked for where the system keeps its programs and nowhere else: a directory of the
 * user's on PATH may hold what somebody else wrote.
 */
import type {
  ChildProcess,
  Clock,
  Environment,
  FileSystem,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";
import { keyFailure } from "./provider.ts";

/** Where systems put programs nobody but root can change. */
export const SYSTEM_DIRECTORIES: readonly string[] = [
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/bin",
  "/run/current-system/sw/bin",
];

/** What such programs find keyrings and TPMs by; everything else stays here. */
const VARIABLES = [
  "HOME",
  "USER",
  "TMPDIR",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "DBUS_SESSION_BUS_ADDRESS",
  "XDG_RUNTIME_DIR",
  "TPM2TOOLS_TCTI",
];

/** As long as a person may take to unlock a keyring. */
const PROGRAM_MS_MAX = 120_000;
/** A key or a complaint is some hundred bytes. */
const OUTPUT_BYTES_MAX = 65_536;

export interface KeyProgramPorts {
  readonly files: Pick<FileSystem, "stat">;
  readonly processes: ProcessSpawner;
  readonly clock: Pick<Clock, "timeout">;
  readonly env: Environment;
  /** Where programs are looked for, first to last. */
  readonly directories: readonly string[];
}

export interface ProgramRun {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly cwd?: string;
}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  /** The last thing it complained of; empty when it did not. */
  readonly complaint: string;
}

/** The path of a program; undefined when the system has none of that name. */
export async function findKeyProgram(
  { files, directories }: KeyProgramPorts,
  name: string,
): Promise<string | undefined> {
  for (const directory of directories) {
    const path = `${directory}/${name}`;
    if ((await files.stat(path))?.isFile === true) return path;
  }
  return undefined;
}

/** Runs one to its end. @throws CodexError when it cannot be run or does not end */
export async function runKeyProgram(
  ports: KeyProgramPorts,
  { argv: [name = "", ...args], stdin, cwd = "/" }: ProgramRun,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const path = await findKeyProgram(ports, name);
  if (path === undefined) {
    throw keyFailure(`run ${name}`, "it is not installed");
  }
  signal.throwIfAborted();
  const child = spawn(ports, [path, ...args], cwd);
  const limit = AbortSignal.any([signal, ports.clock.timeout(PROGRAM_MS_MAX)]);
  const stop = () => child.kill("SIGKILL");
  limit.addEventListener("abort", stop, { once: true });
  try {
    const [stdout, stderr, { code }] = await Promise.all([
      boundedText(child.stdout),
      boundedText(child.stderr),
      child.exit,
      feed(child, stdin ?? ""),
    ]);
    signal.throwIfAborted();
    if (limit.aborted) {
      throw keyFailure(
        `run ${name}`,
        `it took longer than ${PROGRAM_MS_MAX / 1000} seconds`,
      );
    }
    return { code, stdout, complaint: lastLine(stderr) };
  } finally {
    limit.removeEventListener("abort", stop);
  }
}

function spawn(
  { processes, env }: KeyProgramPorts,
  argv: readonly string[],
  cwd: string,
): ChildProcess {
  const set = VARIABLES.flatMap((name) => {
    const value = env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  try {
    return processes.spawn({
      argv,
      cwd,
      // Complaints in one language, whatever the user's is.
      env: { ...Object.fromEntries(set), LC_ALL: "C" },
      stdin: "pipe",
      newGroup: true,
    });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw keyFailure(`run ${argv[0]}`, error.osText, error);
  }
}

async function feed(child: ChildProcess, text: string): Promise<void> {
  try {
    if (text !== "") await child.writeStdin(new TextEncoder().encode(text));
    await child.closeStdin();
  } catch {
    // It ended without reading; its exit code says why.
  }
}

/** Reads to the end and keeps the beginning. */
async function boundedText(
  stream: ReadableStream<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (text.length < OUTPUT_BYTES_MAX) {
      text += decoder.decode(chunk, { stream: true });
    }
  }
  return text.slice(0, OUTPUT_BYTES_MAX);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
