/**
 * A server as a child process: one JSON message a line. The SDK's own transport needs
 * `node:child_process`; this one goes through our spawner, so a server gets exactly the
 * environment it was given and dies, with what it started, when it is closed.
 */
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { abortable } from "@/async/scope.ts";
import { MESSAGE_BYTES_MAX } from "./bounded_result.ts";
import type {
  ChildProcess,
  Clock,
  ProcessSpawner,
  SpawnRequest,
} from "@/platform/platform.ts";

/** What may wait for a server that does not read; after that it is taken for dead. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** How much of what a server said last is worth telling. */
const LAST_WORDS_MAX = 2_000;
/** How long a server may take to end by itself once its input has ended. */
const END_MS = 300;
/** And once it was told to. */
const TERM_MS = 500;

export interface StdioPorts {
  readonly processes: ProcessSpawner;
  readonly clock: Clock;
  /** Told about lines that are no message. */
  logStray(line: string): void;
  /** Told what it writes to its standard error, piece by piece. */
  logWords(text: string): void;
}

export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  readonly #ports: StdioPorts;
  readonly #request: Pick<SpawnRequest, "argv" | "cwd" | "env">;
  #child: ChildProcess | undefined;
  #readers: Promise<unknown> = Promise.resolve();
  #lastWords = "";
  #unreadBytes = 0;
  #isClosed = false;
  #end: Promise<void> | undefined;

  constructor(
    ports: StdioPorts,
    request: Pick<SpawnRequest, "argv" | "cwd" | "env">,
  ) {
    this.#ports = ports;
    this.#request = request;
  }

  /** The end of what it wrote to its standard error. */
  get lastWords(): string {
    return this.#lastWords.trim();
  }

  /** @throws FileError when the program cannot be started */
  async start(): Promise<void> {
    const child = this.#ports.processes.spawn({
      ...this.#request,
      stdin: "pipe",
      newGroup: true,
    });
    this.#child = child;
    this.#readers = Promise.all([
      this.#readMessages(child),
      this.#readLastWords(child),
    ]);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed || this.#child === undefined) {
      throw new Error("Transport closed");
    }
    const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
    if (this.#unreadBytes + line.length > UNREAD_BYTES_MAX) {
      // It may ask and ask without reading an answer; its end fails what waits for it.
      this.#child.kill("SIGKILL");
      throw new Error("it does not read what it is sent");
    }
    this.#unreadBytes += line.length;
    try {
      await this.#child.writeStdin(line);
    } finally {
      this.#unreadBytes -= line.length;
    }
  }

  /** Ends the server and everything it started; resolves when it is gone. */
  close(): Promise<void> {
    return this.#end ??= this.#close();
  }

  async #close(): Promise<void> {
    const child = this.#child;
    this.#report();
    if (child === undefined) return;
    const exit = child.exit.then(() => undefined);
    const within = (ms: number) =>
      abortable(exit, this.#ports.clock.timeout(ms)).catch(() => undefined);
    // A server that has gone leaves a broken pipe, which is no news; one that does not
    // read is not waited for.
    child.closeStdin().catch(() => undefined);
    await within(END_MS);
    child.kill("SIGTERM");
    await within(TERM_MS);
    // The group, too: what a launcher such as npx started outlives it otherwise.
    child.kill("SIGKILL");
    await exit;
    await this.#readers;
  }

  async #readMessages(child: ChildProcess): Promise<void> {
    try {
      for await (const line of lines(child.stdout, MESSAGE_BYTES_MAX)) {
        this.#take(line);
      }
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
    // Nothing more can come, whatever the process still does.
    this.#report();
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.#ports.logStray(line);
    }
    if (typeof message !== "object" || message === null) {
      return this.#ports.logStray(line);
    }
    // The SDK checks what it is given and reports what is no message.
    this.onmessage?.(message as JSONRPCMessage);
  }

  async #readLastWords(child: ChildProcess): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      const words = decoder.decode(chunk, { stream: true });
      this.#ports.logWords(words);
      this.#lastWords = (this.#lastWords + words).slice(-LAST_WORDS_MAX);
    }
  }

  #report(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }
}

/** The lines of a stream. @throws Error for a line of more than `max` bytes */
export async function* lines(
  stream: ReadableStream<Uint8Array>,
  max: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) {
        yield parts.join("");
        parts = [];
        size = 0;
      }
      size += piece.length;
      if (size > max) {
        throw new Error(
          `it sent a message of more than ${Math.round(max / 1024 / 1024)} MiB`,
        );
      }
      parts.push(piece);
    }
  }
  if (size > 0) yield parts.join("");
}
