/** Commands a client runs itself, confined as the model's are. */
import type { SandboxPolicy } from "./policy.ts";

/** In characters, from 1 to 65535. */
export interface CommandTerminal {
  readonly rows: number;
  readonly columns: number;
}

export interface ClientCommand {
  readonly argv: readonly string[];
  /** Relative to where the program runs. */
  readonly cwd: string | undefined;
  /** Over the configured environment; null takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** In place of the configured one. */
  readonly policy: SandboxPolicy | undefined;
  readonly stdin: "null" | "pipe" | "terminal";
  /** Of its terminal; undefined: the usual one. */
  readonly size: CommandTerminal | undefined;
}

/** Its owner reads both outputs to their end, and kills it or waits for its end. */
export interface RunningCommand {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Rejects when it could not be confined. */
  readonly exitCode: Promise<number>;
  write(data: Uint8Array): Promise<void>;
  closeInput(): Promise<void>;
  /** Undefined without a terminal of its own. */
  readonly resize: ((size: CommandTerminal) => Promise<void>) | undefined;
  /** Ends it and all it started. */
  kill(): void;
}

export interface CommandService {
  /**
   * @throws CodexError `sandbox_unavailable` when it cannot be confined here,
   *   `invalid_input` when there is no such program or directory
   */
  start(command: ClientCommand, signal: AbortSignal): Promise<RunningCommand>;
  /** Ends what confines them; they have ended. */
  close(): Promise<void>;
}
