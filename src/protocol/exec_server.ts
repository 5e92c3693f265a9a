/**
 * The protocol of `codex exec-server`: processes and files of one machine, for an agent
 * on another. Chunks are base64; what happens to a process is numbered from 1.
 */
import * as v from "valibot";

/** Given back as it was asked for. */
const ProcessId = v.string();

export const ExecInitializeParams = v.object({
  clientName: v.string(),
  resumeSessionId: v.nullish(v.string()),
});

export const ProcessStartParams = v.object({
  processId: ProcessId,
  argv: v.array(v.string()),
  cwd: v.string(),
  env: v.optional(v.record(v.string(), v.string()), {}),
  tty: v.optional(v.boolean(), false),
  pipeStdin: v.optional(v.boolean(), false),
  arg0: v.nullish(v.string()),
});
export type ProcessStartParams = v.InferOutput<typeof ProcessStartParams>;

const count = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0)));

export const ProcessReadParams = v.object({
  processId: ProcessId,
  /** What came after that number; null: everything that is kept. */
  afterSeq: count,
  maxBytes: count,
  /** How long to wait when there is nothing. */
  waitMs: count,
});
export type ProcessReadParams = v.InferOutput<typeof ProcessReadParams>;

export const ProcessWriteParams = v.object({
  processId: ProcessId,
  chunk: v.string(),
});

export const ProcessTerminateParams = v.object({ processId: ProcessId });

export type OutputStream = "stdout" | "stderr" | "pty";

export interface OutputChunk {
  readonly seq: number;
  readonly stream: OutputStream;
  readonly chunk: string;
}

export interface ProcessReadResponse {
  readonly chunks: readonly OutputChunk[];
  /** One more than the last number that is told of here. */
  readonly nextSeq: number;
  readonly exited: boolean;
  readonly exitCode: number | null;
  /** It and everything that held its outputs have ended. */
  readonly closed: boolean;
  readonly failure: string | null;
}

/** What is told without being asked. */
export type ExecNotification =
  | {
    readonly method: "process/output";
    readonly params: OutputChunk & { readonly processId: string };
  }
  | {
    readonly method: "process/exited";
    readonly params: {
      readonly processId: string;
      readonly seq: number;
      readonly exitCode: number;
    };
  }
  | {
    readonly method: "process/closed";
    readonly params: { readonly processId: string; readonly seq: number };
  };
