/**
 * One running command of a thread: reads its output, tells it to the front end as it
 * comes, and reports its end exactly once.
 */
import { elapsed } from "@/async/scope.ts";
import type { ChildProcess, Clock } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { TurnId } from "@/protocol/ids.ts";
import type {
  CommandExecutionThreadItem,
  CommandStatus,
} from "@/protocol/items.ts";
import { OutputBuffer } from "./output_buffer.ts";

export interface SessionPorts {
  readonly clock: Clock;
  emit(event: ThreadEvent): Promise<void>;
}

export interface SessionStart {
  readonly id: number;
  readonly child: ChildProcess;
  readonly turnId: TurnId;
  readonly itemId: string;
  /** The command line as shown. */
  readonly command: string;
  readonly cwd: string;
  /** Its standard input is open. */
  readonly acceptsInput: boolean;
  /** Set for a command of the user's own. */
  readonly source?: "userShell";
}

/** How long output may go on after the end before what holds the pipe is left alone. */
const DRAIN_MS = 250;

export class ExecSession {
  readonly id: number;
  /** Resolves with the exit code once the output is read and the end is reported. */
  readonly finished: Promise<number>;
  readonly #ports: SessionPorts;
  readonly #start: SessionStart;
  readonly #startedMs: number;
  readonly #unread = new OutputBuffer();
  readonly #all = new OutputBuffer();
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[] = [];

  constructor(ports: SessionPorts, start: SessionStart) {
    this.id = start.id;
    this.#ports = ports;
    this.#start = start;
    this.#startedMs = ports.clock.monotonic();
    this.finished = this.#run();
    // Whoever waits gets the failure; nobody waiting must not end the program.
    this.finished.catch(() => undefined);
  }

  /** False when there is nothing to write to. */
  get acceptsInput(): boolean {
    return this.#start.acceptsInput;
  }

  /** The output since the last call. */
  takeOutput(): string {
    return this.#unread.take();
  }

  /** Types into it, in that turn; nothing to type is told too. */
  async write(chars: string, turnId: TurnId): Promise<void> {
    const { child, itemId, command } = this.#start;
    if (chars !== "") {
      await child.writeStdin(new TextEncoder().encode(chars));
    }
    await this.#ports.emit({
      type: "terminalInput",
      turnId,
      itemId,
      processId: String(this.id),
      command,
      text: chars,
    });
  }

  kill(): void {
    this.#start.child.kill("SIGKILL");
  }

  async #run(): Promise<number> {
    await this.#emitItem("itemStarted", {
      status: "inProgress",
      aggregatedOutput: "",
    });
    const { child } = this.#start;
    const output = Promise.all([
      this.#read(child.stdout),
      this.#read(child.stderr),
    ]);
    const { code } = await child.exit;
    // A background child may hold the pipe for ever; its output is not waited for.
    await Promise.race([output, elapsed(this.#ports.clock.timeout(DRAIN_MS))]);
    await Promise.all(this.#readers.map((reader) => reader.cancel()));
    await this.#emitItem("itemCompleted", {
      status: code === 0 ? "completed" : "failed",
      aggregatedOutput: this.#all.text(),
      exitCode: code,
      durationMs: Math.round(this.#ports.clock.monotonic() - this.#startedMs),
    });
    return code;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    this.#readers.push(reader);
    while (true) {
      const { done, value } = await reader.read();
      const text = decoder.decode(value, { stream: !done });
      if (text !== "") {
        this.#unread.push(text);
        this.#all.push(text);
        await this.#ports.emit({
          type: "commandOutputDelta",
          itemId: this.#start.itemId,
          delta: text,
        });
      }
      if (done) return;
    }
  }

  #emitItem(
    type: "itemStarted" | "itemCompleted",
    state: {
      readonly status: CommandStatus;
      readonly aggregatedOutput: string;
      readonly exitCode?: number;
      readonly durationMs?: number;
    },
  ): Promise<void> {
    const { itemId, command, cwd, source, turnId } = this.#start;
    const item: CommandExecutionThreadItem = {
      type: "commandExecution",
      id: itemId,
      command,
      cwd,
      processId: String(this.id),
      ...(source === undefined ? {} : { source }),
      ...state,
    };
    return this.#ports.emit({ type, turnId, item });
  }
}
