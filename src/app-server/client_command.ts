/**
 * One command of a client while it runs: its output is passed on as it comes or kept
 * up to a limit, its time is limited, and it ends with the request that started it.
 */
import { elapsed } from "@/async/scope.ts";
import type { Clock } from "@/platform/platform.ts";
import type { RunningCommand } from "@/protocol/command_exec.ts";
import type {
  CommandExecOutputDeltaNotification,
  CommandExecResponse,
} from "@/protocol/rpc/command.ts";
import { refused } from "./refusal.ts";

export type OutputDelta = Omit<CommandExecOutputDeltaNotification, "processId">;

export interface CommandLimits {
  /** Undefined: as long as its client wants. */
  readonly timeoutMs: number | undefined;
  /** Of each output; undefined: none of what is passed on. */
  readonly outputBytes: number | undefined;
}

export interface CommandPorts {
  readonly clock: Clock;
  /** Passes output on; undefined: it is kept for the answer. */
  readonly pass: ((delta: OutputDelta) => Promise<void>) | undefined;
}

/** What a command that took too long ends with, as with timeout(1). */
const TIMEOUT_CODE = 124;
/** How long output may go on after the end before what holds the pipe is left alone. */
const DRAIN_MS = 250;
/** Without a limit of the client's: what an answer may hold of each output. */
const KEPT_BYTES_MAX = 64 << 20;

/** Follows a command to its end. Nothing of it is left when this settles. */
export async function followCommand(
  { clock, pass }: CommandPorts,
  command: RunningCommand,
  { timeoutMs, outputBytes }: CommandLimits,
  signal: AbortSignal,
): Promise<CommandExecResponse> {
  const limit = timeoutMs === undefined ? undefined : clock.timeout(timeoutMs);
  const outputs = (["stdout", "stderr"] as const).map((stream) =>
    new Output(command[stream], stream, outputBytes, pass)
  );
  const ends = [signal, ...(limit === undefined ? [] : [limit])];
  const kill = () => command.kill();
  for (const end of ends) {
    if (end.aborted) kill();
    end.addEventListener("abort", kill, { once: true });
  }
  try {
    const failures = outputs.map((output) => output.failed);
    const exitCode = await Promise.race([command.exitCode, ...failures]);
    await Promise.race([
      Promise.all(outputs.map((output) => output.ended)),
      elapsed(clock.timeout(DRAIN_MS)),
    ]);
    signal.throwIfAborted();
    const [stdout = "", stderr = ""] = outputs.map((output) => output.text());
    const hasTimedOut = limit?.aborted === true;
    return { exitCode: hasTimedOut ? TIMEOUT_CODE : exitCode, stdout, stderr };
  } finally {
    for (const end of ends) end.removeEventListener("abort", kill);
    kill();
    await Promise.all(outputs.map((output) => output.stop()));
  }
}

class Output {
  /** Resolves when there is no more. */
  readonly ended: Promise<void>;
  /** Only ever rejects: the output cannot be passed on or kept. */
  readonly failed: Promise<never>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #stream: OutputDelta["stream"];
  readonly #bytesMax: number | undefined;
  readonly #pass: CommandPorts["pass"];
  readonly #kept: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    source: ReadableStream<Uint8Array>,
    stream: OutputDelta["stream"],
    bytesMax: number | undefined,
    pass: CommandPorts["pass"],
  ) {
    this.#reader = source.getReader();
    this.#stream = stream;
    this.#bytesMax = bytesMax;
    this.#pass = pass;
    this.ended = this.#read();
    this.failed = new Promise<never>((_, reject) => this.ended.catch(reject));
    // Told to whoever follows the command; nobody else waits.
    this.failed.catch(() => undefined);
  }

  /** What was kept. */
  text(): string {
    const decoder = new TextDecoder();
    const parts = this.#kept.map((part) =>
      decoder.decode(part, { stream: true })
    );
    return parts.join("") + decoder.decode();
  }

  async stop(): Promise<void> {
    await this.#reader.cancel();
  }

  /** Read to the end also when nobody gets more of it: a full pipe would stop it. */
  async #read(): Promise<void> {
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      await this.#take(value);
    }
  }

  async #take(data: Uint8Array): Promise<void> {
    const left = (this.#bytesMax ?? Infinity) - this.#bytes;
    if (left <= 0) return;
    const part = data.subarray(0, left);
    this.#bytes += part.length;
    if (this.#pass !== undefined) {
      return await this.#pass({
        stream: this.#stream,
        deltaBase64: part.toBase64(),
        capReached: this.#bytes === this.#bytesMax,
      });
    }
    if (this.#bytes > KEPT_BYTES_MAX) {
      throw refused(
        `command/exec printed more than ${KEPT_BYTES_MAX} bytes: set outputBytesCap or streamStdoutStderr`,
      );
    }
    this.#kept.push(part);
  }
}
