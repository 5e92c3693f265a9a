/**
 * A thread that runs in an app-server, as a front end holds one: ops become requests,
 * what the server tells becomes events.
 */
import { AsyncQueue } from "@/async/queue.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle, ThreadInfo } from "@/protocol/host.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { Op, TurnChoices } from "@/protocol/ops.ts";
import type { Params } from "@/protocol/rpc/methods.ts";
import type { Thread } from "@/protocol/rpc/thread.ts";
import type { RemoteConnection } from "./connection.ts";
import { EventReader, type Told } from "./events.ts";
import {
  type Asked,
  type RemoteQuestion,
  remoteQuestion,
} from "./questions.ts";
import { recordOf, wireSandbox } from "./values.ts";

/**
 * Events that may wait for a front end. A socket cannot be told to wait, so a front end
 * this far behind is told that it lost its thread.
 */
const EVENTS_MAX = 65_536;

interface Pending {
  readonly question: RemoteQuestion;
  readonly answer: PromiseWithResolvers<unknown>;
}

export interface RemoteThreadPorts {
  readonly connection: RemoteConnection;
  readonly info: ThreadInfo;
  readonly address: string;
  /** Reads a picture of this machine, which the server may not have. */
  readImage(path: string): Promise<string>;
  onClose(): void;
}

export class RemoteThread implements ThreadHandle {
  readonly info: ThreadInfo;
  readonly #ports: RemoteThreadPorts;
  readonly #events = new AsyncQueue<ThreadEvent>(EVENTS_MAX);
  readonly #readers = new Map<ThreadId, EventReader>();
  readonly #pending = new Map<string, Pending>();
  readonly #controller = new AbortController();
  #waiting = 0;
  #turnId: TurnId | undefined;
  #closing: Promise<void> | undefined;

  constructor(ports: RemoteThreadPorts) {
    this.#ports = ports;
    this.info = ports.info;
    this.#readers.set(ports.info.id, new EventReader());
  }

  sandboxMechanism(): Promise<string> {
    return Promise.resolve(`decided by ${this.#ports.address}`);
  }

  async *events(): AsyncGenerator<ThreadEvent, void> {
    for await (const event of this.#events) {
      this.#waiting--;
      yield event;
    }
  }

  /** True when the thread, or an agent below it, is meant. */
  has(threadId: ThreadId): boolean {
    return this.#readers.has(threadId);
  }

  /** Takes what the server tells of this thread or of an agent below it. */
  told(threadId: ThreadId, told: Told): void {
    if (told.method === "thread/closed" && threadId === this.info.id) {
      return this.#events.close();
    }
    const event = this.#readers.get(threadId)?.eventOf(told);
    if (event === undefined) return;
    if (threadId === this.info.id) this.#follow(event);
    this.#push(threadId, event);
  }

  /** An agent was started below this thread. */
  agent(thread: Thread): void {
    this.#readers.set(thread.id, new EventReader());
    const record = recordOf(thread);
    const { source } = record;
    const spawn = typeof source === "object" && "subagent" in source &&
        typeof source.subagent === "object" && "thread_spawn" in source.subagent
      ? source.subagent.thread_spawn
      : undefined;
    this.#push(this.info.id, {
      type: "agentStarted",
      info: { ...this.info, id: thread.id, cwd: thread.cwd, record },
      origin: {
        parentThreadId: spawn?.parent_thread_id ?? this.info.id,
        depth: spawn?.depth ?? 1,
        nickname: thread.agentNickname ?? "",
        role: thread.agentRole ?? undefined,
      },
    });
  }

  /** Asks the front end what the server asks; resolves with its answer. */
  asked(
    threadId: ThreadId,
    asked: Asked,
    requestId: string,
    signal: AbortSignal,
  ): Promise<unknown> {
    const question = remoteQuestion(asked, requestId);
    if (question === undefined) {
      return Promise.reject(new Error(`Nobody here answers ${asked.method}`));
    }
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(requestId, { question, answer });
    signal.addEventListener(
      "abort",
      () => this.#pending.delete(requestId),
      { once: true },
    );
    this.#push(threadId, question.event);
    return answer.promise;
  }

  /** The connection is gone. */
  lost(error: CodexError): void {
    this.#events.fail(error);
  }

  async submit(op: Op): Promise<void> {
    const { connection, info } = this.#ports;
    const { signal } = this.#controller;
    const threadId = info.id;
    switch (op.type) {
      case "userInput":
        return await this.#say(op);
      case "review": {
        const { target } = op;
        await connection.request("review/start", { threadId, target }, signal);
        return;
      }
      case "compact":
        await connection.request("thread/compact/start", { threadId }, signal);
        return;
      case "userShell": {
        const { command } = op;
        await connection.request(
          "thread/shellCommand",
          { threadId, command },
          signal,
        );
        return;
      }
      case "rollback":
        return await this.#rollBack(op.turns);
      case "inject":
        await connection.request(
          "thread/inject_items",
          { threadId, items: [...op.items] },
          signal,
        );
        return;
      case "cleanTerminals":
        await connection.request(
          "thread/backgroundTerminals/clean",
          { threadId },
          signal,
        );
        return;
      case "reloadServers":
        await connection.request("config/mcpServer/reload", undefined, signal);
        return;
      case "holdToolTime":
        await connection.request(
          op.isHeld
            ? "thread/increment_elicitation"
            : "thread/decrement_elicitation",
          { threadId },
          signal,
        );
        return;
      case "memoryMode":
        await connection.request(
          "thread/memoryMode/set",
          { threadId, mode: op.mode },
          signal,
        );
        return;
      case "interrupt":
        return await this.#interrupt();
      case "toAgent":
        return this.#answer(op.op);
      default:
        return this.#answer(op);
    }
  }

  close(): Promise<void> {
    return this.#closing ??= this.#end();
  }

  async #end(): Promise<void> {
    const { connection, info, onClose } = this.#ports;
    try {
      await connection.request(
        "thread/unsubscribe",
        { threadId: info.id },
        this.#controller.signal,
      );
    } catch (error) {
      // A connection that is gone holds no thread.
      if (!(error instanceof CodexError)) throw error;
    } finally {
      this.#controller.abort(new Error("The thread was closed"));
      this.#events.close();
      onClose();
    }
  }

  #follow(event: ThreadEvent): void {
    if (event.type === "turnStarted") this.#turnId = event.turnId;
    if (event.type !== "turnCompleted") return;
    this.#turnId = undefined;
    // Nobody waits for answers any more.
    for (const { answer } of this.#pending.values()) {
      answer.promise.catch(() => undefined);
      answer.reject(new Error("The turn has ended"));
    }
    this.#pending.clear();
  }

  #push(threadId: ThreadId, event: ThreadEvent): void {
    if (++this.#waiting > EVENTS_MAX) {
      return this.#events.fail(
        new CodexError(
          "stream_disconnected",
          `More than ${EVENTS_MAX} events of ${this.#ports.address} wait to be shown`,
        ),
      );
    }
    // There is room: the queue takes as many as were just counted.
    this.#events.push(
      threadId === this.info.id
        ? event
        : { type: "agentEvent", threadId, event },
    ).catch(() => undefined);
  }

  async #say(op: Extract<Op, { type: "userInput" }>): Promise<void> {
    const { connection, info } = this.#ports;
    const input = await Promise.all(
      op.input.map((part) => this.#wireInput(part)),
    );
    const { turn } = await connection.request("turn/start", {
      threadId: info.id,
      input,
      ...(op.outputSchema === undefined
        ? {}
        : { outputSchema: op.outputSchema }),
      ...wireChoices(op.choices ?? {}),
    }, this.#controller.signal);
    this.#turnId ??= turn.id;
  }

  async #wireInput(
    part: UserInput,
  ): Promise<Params<"turn/start">["input"][number]> {
    switch (part.type) {
      case "text":
        return { ...part, text_elements: [] };
      case "localImage":
        return { type: "image", url: await this.#ports.readImage(part.path) };
      default:
        return part;
    }
  }

  async #rollBack(turns: number): Promise<void> {
    const { connection, info } = this.#ports;
    try {
      await connection.request(
        "thread/rollback",
        { threadId: info.id, numTurns: turns },
        this.#controller.signal,
      );
      this.#push(info.id, { type: "rollbackEnded" });
    } catch (error) {
      if (!(error instanceof CodexError)) throw error;
      const problem = error.message;
      this.#push(info.id, { type: "rollbackEnded", problem });
    }
  }

  async #interrupt(): Promise<void> {
    const { connection, info } = this.#ports;
    const turnId = this.#turnId;
    if (turnId === undefined) return;
    try {
      await connection.request(
        "turn/interrupt",
        { threadId: info.id, turnId },
        this.#controller.signal,
      );
    } catch (error) {
      // It ended by itself meanwhile, or its connection did, which is told elsewhere.
      if (!(error instanceof CodexError)) throw error;
    }
  }

  #answer(op: Op): void {
    if (!("requestId" in op)) return;
    const pending = this.#pending.get(op.requestId);
    this.#pending.delete(op.requestId);
    pending?.answer.resolve(pending.question.answer(op));
  }
}

/** Choices in the words of the protocol. */
export function wireChoices(
  choices: TurnChoices,
): Partial<Params<"turn/start">> {
  const { sandboxPolicy, mode: _mode, ...same } = choices;
  return {
    ...same,
    ...(sandboxPolicy === undefined
      ? {}
      : { sandboxPolicy: wireSandbox(sandboxPolicy) }),
  };
}
