/**
 * Starts the `notify` program after a turn: fire and forget for the turn, but owned by
 * the thread, which ends what still runs when it is closed. Whatever goes wrong with
 * it is told once and changes nothing.
 */
import { elapsed } from "@/async/scope.ts";
import type { CompletedTurn, NoticePorts, TurnNotice } from "./turn_notice.ts";
import { type ProgramEnd, startUserProgram } from "./user_program.ts";

/** How long a closed thread waits: enough to ring a bell or send a message. */
const GRACE_MS = 3_000;
/** A program that takes longer hangs; the thread may live for days. */
const TIMEOUT_MS = 600_000;

class ThreadClosed extends Error {
  override readonly name = "ThreadClosed";
}

export class Notifier implements TurnNotice {
  readonly #ports: NoticePorts;
  readonly #running = new Set<Promise<void>>();
  readonly #controller = new AbortController();

  constructor(ports: NoticePorts) {
    this.#ports = ports;
  }

  async tell(turn: CompletedTurn): Promise<void> {
    const { platform, config, emit } = this.#ports;
    const { signal } = this.#controller;
    const program = startUserProgram(platform, {
      argv: [...config.notify, JSON.stringify(this.#payload(turn))],
      cwd: turn.cwd,
      env: platform.env.all(),
      stdin: undefined,
      timeoutMs: TIMEOUT_MS,
    }, signal);
    if (program.kind === "notStarted") {
      const message = `Cannot start the notify program: ${program.reason}`;
      return await emit({ type: "warning", message });
    }
    const run = this.#follow(program.end);
    this.#running.add(run);
    run.finally(() => this.#running.delete(run));
  }

  async close(): Promise<void> {
    const { clock } = this.#ports.platform;
    const all = Promise.all(this.#running);
    await Promise.race([all, elapsed(clock.timeout(GRACE_MS))]);
    this.#controller.abort(new ThreadClosed("The thread was closed"));
    await all;
  }

  /** Nobody may be looking at events any more, so the log is told. */
  async #follow(end: Promise<ProgramEnd>): Promise<void> {
    const { log } = this.#ports.platform;
    try {
      const problem = problemOf(await end);
      if (problem === undefined) return;
      log.error("codex::notify", () => `the notify program ${problem}`);
    } catch (error) {
      if (!(error instanceof ThreadClosed)) throw error;
      log.error(
        "codex::notify",
        () => `the notify program was ended: it took more than ${GRACE_MS} ms`,
      );
    }
  }

  /** The fields and their order are those of Codex CLI 0.124. */
  #payload(turn: CompletedTurn): unknown {
    return {
      type: "agent-turn-complete",
      "thread-id": this.#ports.threadId,
      "turn-id": turn.turnId,
      cwd: turn.cwd,
      client: this.#ports.client,
      "input-messages": turn.inputs,
      "last-assistant-message": turn.lastMessage ?? null,
    };
  }
}

function problemOf(end: ProgramEnd): string | undefined {
  switch (end.kind) {
    case "exited": {
      if (end.code === 0) return undefined;
      const words = end.stderr.trim().split("\n").at(-1) ?? "";
      return `exited with code ${end.code}${words === "" ? "" : `: ${words}`}`;
    }
    case "timedOut":
      return `was ended: it took more than ${TIMEOUT_MS / 1000} s`;
    case "tooMuchOutput":
      return `was ended: it wrote more than ${end.bytesMax} bytes`;
  }
}
