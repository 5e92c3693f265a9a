/**
 * The one place that starts programs the user configured: hooks and `notify`. The
 * model has no say in what they are, so they run as the user would run them, without
 * a sandbox and with the whole environment; what the model wrote reaches them as data
 * only, on standard input or as one argument. Output is bounded, and a program that
 * takes too long or is no longer wanted is killed with everything in its group.
 */
import { elapsed } from "@/async/scope.ts";
import type {
  ChildProcess,
  Clock,
  ProcessSpawner,
} from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";

/** More than any answer or message to the model; a runaway program fills no memory. */
const OUTPUT_BYTES_MAX = 1 << 20;
/** How long output may go on after the end before what holds the pipe is left alone. */
const DRAIN_MS = 250;

export interface ProgramPorts {
  readonly processes: ProcessSpawner;
  readonly clock: Clock;
}

export interface UserProgram {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: an empty input. */
  readonly stdin: string | undefined;
  readonly timeoutMs: number;
}

export type ProgramEnd =
  | {
    readonly kind: "exited";
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }
  | { readonly kind: "timedOut" }
  /** It wrote more than is kept, so what it meant is not known. */
  | { readonly kind: "tooMuchOutput"; readonly bytesMax: number };

export interface NotStarted {
  readonly kind: "notStarted";
  readonly reason: string;
}

export interface StartedProgram {
  readonly kind: "started";
  /** An abort kills it and rejects with the signal's reason. */
  readonly end: Promise<ProgramEnd>;
}

/** Runs a program to its end. An abort kills it and rejects with the signal's reason. */
export async function runUserProgram(
  ports: ProgramPorts,
  program: UserProgram,
  signal: AbortSignal,
): Promise<ProgramEnd | NotStarted> {
  const started = startUserProgram(ports, program, signal);
  return started.kind === "notStarted" ? started : await started.end;
}

/** Starts a program. */
export function startUserProgram(
  ports: ProgramPorts,
  program: UserProgram,
  signal: AbortSignal,
): StartedProgram | NotStarted {
  signal.throwIfAborted();
  let child: ChildProcess;
  try {
    child = ports.processes.spawn({
      argv: program.argv,
      cwd: program.cwd,
      env: program.env,
      stdin: program.stdin === undefined ? "null" : "pipe",
      newGroup: true,
    });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: "notStarted", reason: error.osText };
  }
  return { kind: "started", end: follow(ports, child, program, signal) };
}

async function follow(
  { clock }: ProgramPorts,
  child: ChildProcess,
  { stdin, timeoutMs }: UserProgram,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const timeout = clock.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, timeout]);
  const kill = () => child.kill("SIGKILL");
  stop.addEventListener("abort", kill, { once: true });
  if (stop.aborted) kill();
  const output = new Output();
  const reading = Promise.all([
    output.read(child.stdout, "stdout", kill),
    output.read(child.stderr, "stderr", kill),
  ]);
  const writing = stdin === undefined ? undefined : writeAll(child, stdin);
  const talking = Promise.all([reading, writing]);
  const { code } = await child.exit;
  const isLate = stop.aborted;
  stop.removeEventListener("abort", kill);
  // What it left in the background may hold the pipes for as long as it likes.
  await Promise.race([talking, elapsed(clock.timeout(DRAIN_MS))]);
  await output.cancel();
  await reading;
  signal.throwIfAborted();
  if (output.isTooMuch) {
    return { kind: "tooMuchOutput", bytesMax: OUTPUT_BYTES_MAX };
  }
  if (isLate) return { kind: "timedOut" };
  return { kind: "exited", code, ...output.texts() };
}

/** Both outputs, each bounded. */
class Output {
  isTooMuch = false;
  readonly #texts = { stdout: "", stderr: "" };
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[] = [];

  async read(
    stream: ReadableStream<Uint8Array>,
    name: "stdout" | "stderr",
    onTooMuch: () => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    this.#readers.push(reader);
    let bytes = 0;
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > OUTPUT_BYTES_MAX) {
        this.isTooMuch = true;
        onTooMuch();
        return;
      }
      this.#texts[name] += decoder.decode(value, { stream: true });
    }
  }

  async cancel(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.cancel()));
  }

  texts(): { readonly stdout: string; readonly stderr: string } {
    return this.#texts;
  }
}

async function writeAll(child: ChildProcess, text: string): Promise<void> {
  try {
    await child.writeStdin(new TextEncoder().encode(text));
    await child.closeStdin();
  } catch {
    // A program need not read what it is told; it has ended, and its end says how.
  }
}
