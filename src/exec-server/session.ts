/** One connection to the exec-server: its handshake, its processes, its files. */
import {
  type Answer,
  Peer,
  RPC_INTERNAL,
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  RpcError,
} from "@/jsonrpc/peer.ts";
import { isAbsolute } from "@/platform/paths.ts";
import type { Clock } from "@/platform/platform.ts";
import type { CommandService } from "@/protocol/command_exec.ts";
import { decode, type Schema } from "@/protocol/decode.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  ExecInitializeParams,
  ProcessReadParams,
  ProcessStartParams,
  ProcessTerminateParams,
  ProcessWriteParams,
} from "@/protocol/exec_server.ts";
import type * as v from "valibot";
import { ServedProcess } from "./process.ts";

/** Of one connection, those included that have ended and can still be read. */
const PROCESSES_MAX = 256;

/** Answers a request about files; undefined for a method it does not know. */
export type FileAnswers = (
  method: string,
  params: unknown,
  signal: AbortSignal,
) => Promise<unknown> | undefined;

export interface ExecSessionPorts {
  readonly commands: CommandService;
  readonly files: FileAnswers;
  readonly clock: Pick<Clock, "timeout">;
  readonly newSessionId: () => string;
  /** Sends one frame; resolves when there is room for another. */
  send(frame: string): Promise<void>;
  log(text: string): void;
}

export class ExecSession {
  readonly #ports: ExecSessionPorts;
  readonly #peer: Peer;
  readonly #processes = new Map<string, ServedProcess>();
  readonly #starting = new Set<string>();
  #state: "new" | "initializing" | "ready" = "new";

  constructor(ports: ExecSessionPorts) {
    this.#ports = ports;
    this.#peer = new Peer({
      send: (frame) => ports.send(frame),
      onRequest: async (method, params, signal): Promise<Answer> => ({
        result: await this.#answer(method, params, signal),
      }),
      onNotification: (method) => {
        if (method === "initialized" && this.#state === "initializing") {
          this.#state = "ready";
        }
      },
      onProblem: (text) => ports.log(text),
      saysVersion: false,
    });
  }

  receive(frame: string): void {
    this.#peer.receive(frame);
  }

  /** Ends the conversation and every process of it. */
  async close(): Promise<void> {
    for (const process of this.#processes.values()) process.terminate();
    await this.#peer.close();
    for (const process of this.#processes.values()) process.terminate();
    await Promise.all(
      [...this.#processes.values()].map((process) => process.ended),
    );
  }

  async #answer(
    method: string,
    params: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (method === "initialize") return this.#initialize(params);
    if (method.startsWith("process/")) {
      return await this.#answerProcess(method, params, signal);
    }
    const answer = this.#ports.files(method, params, signal);
    if (answer === undefined) throw unknownMethod(method);
    this.#checkReady("filesystem");
    return await answer;
  }

  async #answerProcess(
    method: string,
    params: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    switch (method) {
      case "process/start":
        return await this.#start(required(ProcessStartParams, params), signal);
      case "process/read": {
        const given = required(ProcessReadParams, params);
        this.#checkReady("exec");
        const process = this.#processes.get(given.processId);
        if (process !== undefined) return await process.read(given);
        throw new RpcError(
          RPC_INVALID_REQUEST,
          `unknown process id ${given.processId}`,
        );
      }
      case "process/write":
        return await this.#write(required(ProcessWriteParams, params));
      case "process/terminate": {
        const { processId } = required(ProcessTerminateParams, params);
        this.#checkReady("exec");
        const process = this.#processes.get(processId);
        const running = process?.isRunning ?? false;
        process?.terminate();
        return { running };
      }
      default:
        throw unknownMethod(method);
    }
  }

  #initialize(params: unknown): unknown {
    const { resumeSessionId } = required(ExecInitializeParams, params);
    if (this.#state !== "new") {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        "initialize may only be sent once per connection",
      );
    }
    if (resumeSessionId != null) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        `session ${resumeSessionId} cannot be resumed: processes end with their connection here`,
      );
    }
    this.#state = "initializing";
    return { sessionId: this.#ports.newSessionId() };
  }

  #checkReady(what: "exec" | "filesystem"): void {
    if (this.#state === "ready") return;
    const missing = this.#state === "new"
      ? "call initialize"
      : "send initialized";
    throw new RpcError(
      RPC_INVALID_REQUEST,
      `client must ${missing} before using ${what} methods`,
    );
  }

  async #start(
    { processId, argv, cwd, env, tty, pipeStdin, arg0 }: ProcessStartParams,
    signal: AbortSignal,
  ): Promise<unknown> {
    this.#checkReady("exec");
    if (argv.length === 0) throw badParams("argv must not be empty");
    if (!isAbsolute(cwd)) throw badParams(`cwd must be absolute: ${cwd}`);
    if (arg0 != null && arg0 !== argv[0]) {
      throw badParams("arg0 is not available here; leave it out");
    }
    if (this.#processes.has(processId) || this.#starting.has(processId)) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        `process ${processId} already exists`,
      );
    }
    this.#makeRoom();
    this.#starting.add(processId);
    try {
      const command = await this.#ports.commands.start({
        argv,
        cwd,
        env,
        policy: undefined,
        stdin: tty ? "terminal" : pipeStdin ? "pipe" : "null",
        size: undefined,
      }, signal);
      const process = new ServedProcess({
        id: processId,
        command,
        hasTerminal: tty,
        clock: this.#ports.clock,
        tell: ({ method, params }) => this.#peer.notify(method, params),
      });
      this.#inputs.set(process, tty || pipeStdin);
      this.#processes.set(processId, process);
      // The connection may have ended while it was being started.
      if (signal.aborted) process.terminate();
      return { processId };
    } catch (error) {
      if (!(error instanceof CodexError)) throw error;
      throw new RpcError(RPC_INTERNAL, error.message);
    } finally {
      this.#starting.delete(processId);
    }
  }

  /** Which of them have an input. */
  readonly #inputs = new WeakMap<ServedProcess, boolean>();

  async #write(
    { processId, chunk }: v.InferOutput<typeof ProcessWriteParams>,
  ): Promise<unknown> {
    this.#checkReady("exec");
    const process = this.#processes.get(processId);
    if (process === undefined) return { status: "unknownProcess" };
    if (!process.isRunning || this.#inputs.get(process) !== true) {
      return { status: "stdinClosed" };
    }
    try {
      await process.write(bytesOf(chunk));
      return { status: "accepted" };
    } catch (error) {
      if (error instanceof RpcError) throw error;
      // It closed its input, or is gone by now.
      return { status: "stdinClosed" };
    }
  }

  /** Those that have ended make room for others, the oldest first. */
  #makeRoom(): void {
    if (this.#processes.size + this.#starting.size < PROCESSES_MAX) return;
    const gone = [...this.#processes].find(([, process]) => !process.isRunning);
    if (gone === undefined) {
      throw new RpcError(
        RPC_INVALID_REQUEST,
        `Cannot start a process: ${PROCESSES_MAX} of this connection run; terminate some`,
      );
    }
    this.#processes.delete(gone[0]);
  }
}

function required<S extends Schema>(
  schema: S,
  params: unknown,
): v.InferOutput<S> {
  const decoded = decode(schema, params);
  if (decoded.ok) return decoded.value;
  throw badParams(decoded.message);
}

function badParams(message: string): RpcError {
  return new RpcError(RPC_INVALID_PARAMS, message);
}

function unknownMethod(method: string): RpcError {
  return new RpcError(
    RPC_METHOD_NOT_FOUND,
    `exec-server does not implement \`${method}\``,
  );
}

function bytesOf(chunk: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(chunk);
  } catch {
    throw badParams("chunk is not base64");
  }
}
