/**
 * A process of a client's: what it says is numbered, told as it comes and kept for who
 * asks later, up to a limit.
 */
import { elapsed } from "@/async/scope.ts";
import type { Clock } from "@/platform/platform.ts";
import type { RunningCommand } from "@/protocol/command_exec.ts";
import type {
  ExecNotification,
  OutputChunk,
  OutputStream,
  ProcessReadParams,
  ProcessReadResponse,
} from "@/protocol/exec_server.ts";

/** Output that is kept for a process; what came first goes first. */
const KEPT_BYTES_MAX = 1 << 20;
/** A client that wants to wait longer asks again. */
const WAIT_MS_MAX = 60_000;
/** What a process that was ended by its client ends with, whatever ended it. */
const TERMINATED_CODE = -1;

interface Kept extends OutputChunk {
  readonly bytes: number;
}

export interface ProcessPorts {
  readonly id: string;
  readonly command: RunningCommand;
  readonly hasTerminal: boolean;
  readonly clock: Pick<Clock, "timeout">;
  /** Resolves when there is room for more. */
  tell(notification: ExecNotification): Promise<void>;
}

export class ServedProcess {
  readonly #ports: ProcessPorts;
  #kept: Kept[] = [];
  #keptBytes = 0;
  #seq = 0;
  #exitCode: number | undefined;
  #failure: string | undefined;
  #isClosed = false;
  #isTerminated = false;
  #wake = Promise.withResolvers<void>();
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;

  constructor(ports: ProcessPorts) {
    this.#ports = ports;
    this.ended = this.#follow();
  }

  get isRunning(): boolean {
    return this.#exitCode === undefined && this.#failure === undefined;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#ports.command.write(bytes);
  }

  /** Ends it and all it started. */
  terminate(): void {
    if (!this.isRunning) return;
    this.#isTerminated = true;
    this.#ports.command.kill();
  }

  /** What it said, waiting a while when there is nothing yet. */
  async read(
    { afterSeq, maxBytes, waitMs }: ProcessReadParams,
  ): Promise<ProcessReadResponse> {
    const after = afterSeq ?? 0;
    const isNothingNew = () =>
      !this.#isClosed && !this.#kept.some(({ seq }) => seq > after);
    const limit = this.#ports.clock.timeout(
      Math.min(waitMs ?? 0, WAIT_MS_MAX),
    );
    while (isNothingNew() && !limit.aborted && (waitMs ?? 0) > 0) {
      await Promise.race([this.#wake.promise, elapsed(limit)]);
    }
    const chunks = this.#chunksAfter(after, maxBytes ?? KEPT_BYTES_MAX);
    return {
      chunks,
      nextSeq: (chunks.at(-1)?.seq ?? after) + 1,
      exited: !this.isRunning,
      exitCode: this.#exitCode ?? null,
      closed: this.#isClosed,
      failure: this.#failure ?? null,
    };
  }

  /** At least one, if there is one, or nobody would ever get behind a large one. */
  #chunksAfter(after: number, bytesMax: number): readonly OutputChunk[] {
    const chunks: OutputChunk[] = [];
    let sum = 0;
    for (const { bytes, ...chunk } of this.#kept) {
      if (chunk.seq <= after) continue;
      sum += bytes;
      if (chunks.length > 0 && sum > bytesMax) break;
      chunks.push(chunk);
    }
    return chunks;
  }

  async #follow(): Promise<void> {
    const { command, hasTerminal } = this.#ports;
    await Promise.all([
      this.#pump(command.stdout, hasTerminal ? "pty" : "stdout"),
      this.#pump(command.stderr, "stderr"),
      this.#awaitExit(),
    ]);
    this.#isClosed = true;
    await this.#tell((processId, seq) => ({
      method: "process/closed",
      params: { processId, seq },
    }));
  }

  async #pump(
    stream: ReadableStream<Uint8Array>,
    name: OutputStream,
  ): Promise<void> {
    for await (const bytes of stream) {
      const chunk = bytes.toBase64();
      await this.#tell((processId, seq) => {
        this.#keep({ seq, stream: name, chunk, bytes: bytes.length });
        return {
          method: "process/output",
          params: { processId, seq, stream: name, chunk },
        };
      });
    }
  }

  async #awaitExit(): Promise<void> {
    try {
      const code = await this.#ports.command.exitCode;
      const exitCode = this.#isTerminated ? TERMINATED_CODE : code;
      await this.#tell((processId, seq) => {
        this.#exitCode = exitCode;
        return {
          method: "process/exited",
          params: { processId, seq, exitCode },
        };
      });
    } catch (error) {
      // It could not be confined: it is told to who reads.
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }

  #keep(chunk: Kept): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.bytes;
    while (this.#keptBytes > KEPT_BYTES_MAX && this.#kept.length > 1) {
      this.#keptBytes -= this.#kept.shift()?.bytes ?? 0;
    }
  }

  async #tell(
    make: (processId: string, seq: number) => ExecNotification,
  ): Promise<void> {
    const notification = make(this.#ports.id, ++this.#seq);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    await this.#ports.tell(notification);
  }
}
