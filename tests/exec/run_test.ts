/** A run of exec against a fake agent: what is shown first, and the exit code. */
import assert from "node:assert/strict";
import { type ExecRequest, runExec } from "@/exec/run.ts";
import type { FileSystem, Platform } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle, ThreadHost } from "@/protocol/host.ts";
import type { Op } from "@/protocol/ops.ts";

const turnId = "turn";
const STARTED: ThreadEvent = { type: "turnStarted", turnId };
const ERROR = { code: "storage", message: "the disk is full" } as const;
const COMPLETED: ThreadEvent = {
  type: "turnCompleted",
  turnId,
  status: "completed",
  lastAgentMessage: "Done.",
  durationMs: 1,
};
const FAILED: ThreadEvent = {
  type: "turnCompleted",
  turnId,
  status: "failed",
  error: ERROR,
  durationMs: 1,
};

class FakeThread implements ThreadHandle {
  readonly info: ThreadHandle["info"] = {
    id: "01a2",
    cwd: "/w",
    model: "m",
    provider: "p",
    approvalPolicy: "never",
    sandboxPolicy: { type: "danger-full-access" },
    record: {
      id: "t",
      preview: "",
      cwd: "/w",
      modelProvider: "mock",
      createdAtMs: 0,
      updatedAtMs: 0,
      cliVersion: "0",
      source: "exec",
    },
    instructionSources: [],
  };
  readonly ops: Op[] = [];
  isClosed = false;
  readonly #events: readonly ThreadEvent[];
  readonly #onBegin: () => void;

  constructor(events: readonly ThreadEvent[], onBegin: () => void) {
    this.#events = events;
    this.#onBegin = onBegin;
  }

  async sandboxMechanism(): Promise<string> {
    return "none";
  }

  async submit(op: Op): Promise<void> {
    this.ops.push(op);
  }

  async *events(): AsyncGenerator<ThreadEvent, void> {
    this.#onBegin();
    yield* this.#events;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** Signals that come one after the other once the turn has begun. */
interface Sent {
  readonly signals?: readonly ("interrupt" | "terminate")[];
}

async function run(
  events: readonly ThreadEvent[],
  changes: Partial<ExecRequest> & Sent = {},
) {
  const handlers: Record<string, () => void> = {};
  const thread = new FakeThread(events, () => {
    for (const signal of changes.signals ?? []) handlers[signal]?.();
  });
  const host: ThreadHost = {
    startThread: async () => thread,
    resumeThread: async () => thread,
    forkThread: async () => thread,
  };
  const written: Record<string, unknown> = {};
  let stdout = "";
  let stderr = "";
  const platform = {
    terminal: {
      stdinIsTty: false,
      stdoutIsTty: false,
      stderrIsTty: false,
      writeOut: (text: string) => void (stdout += text),
      writeErr: (text: string) => void (stderr += text),
      async write() {},
      async *readStdin() {},
    },
    signals: {
      onInterrupt: (handler) => {
        handlers.interrupt = handler;
        return () => {};
      },
      onTerminate: (handler) => {
        handlers.terminate = handler;
        return () => {};
      },
    },
    // Only the last message is written here.
    files: {
      replaceFile: async (path: string, text: string) => {
        written[path] = text;
      },
    } as unknown as FileSystem,
    env: { get: () => undefined, all: () => ({}) },
  } satisfies Partial<Platform>;
  const code = await runExec(
    host,
    {
      task: { kind: "prompt", text: "go" },
      images: ["/a.png"],
      outputSchema: undefined,
      resume: undefined,
      json: true,
      color: "never",
      lastMessageFile: undefined,
      hideReasoning: false,
      showRawReasoning: false,
      warnings: [],
      ...changes,
    },
    platform,
    (exitCode) => {
      throw new Error(`exit ${exitCode}`);
    },
  );
  assert.equal(thread.isClosed, true);
  return { code, stdout, stderr, written, ops: thread.ops };
}

function types(stdout: string): readonly unknown[] {
  return stdout.trim().split("\n").map((line) => JSON.parse(line).type);
}

Deno.test("the thread is told before anything else, also when its turn cannot begin", async () => {
  const begun = await run([STARTED, COMPLETED]);
  const lost = await run([
    { type: "error", error: ERROR, willRetry: false },
    FAILED,
  ]);
  assert.deepEqual(
    [begun, lost].map(({ code, stdout }) => [code, types(stdout)]),
    [
      [0, ["thread.started", "turn.started", "turn.completed"]],
      [1, ["thread.started", "error", "turn.failed"]],
    ],
  );
});

Deno.test("images go before the prompt in the one op of a run", async () => {
  const { ops } = await run([STARTED, COMPLETED]);
  assert.deepEqual(ops, [{
    type: "userInput",
    input: [
      { type: "localImage", path: "/a.png" },
      { type: "text", text: "go" },
    ],
  }]);
});

Deno.test("people get the answer alone on standard output, and only when the turn was completed", async () => {
  const human = { json: false } as const;
  const outputs = [
    await run([STARTED, COMPLETED], human),
    await run([STARTED, FAILED], human),
    await run([STARTED, { ...COMPLETED, status: "interrupted" }], human),
    await run([], human),
  ].map(({ code, stdout }) => [code, stdout]);
  assert.deepEqual(outputs, [[0, "Done.\n"], [1, ""], [1, ""], [1, ""]]);
});

Deno.test("what a command or a model writes cannot steer the terminal", async () => {
  const evil = "a\x1b]52;c;ZXZpbA==\x07\x1b[2Jb\x1b[31mred";
  const item: ThreadEvent = {
    type: "itemCompleted",
    turnId,
    item: { type: "agentMessage", id: "m", text: evil },
  };
  const plain = await run([STARTED, item, COMPLETED], { json: false });
  const coloured = await run([STARTED, item, COMPLETED], {
    json: false,
    color: "always",
  });
  assert.match(plain.stderr, /^abred$/m);
  // deno-lint-ignore no-control-regex -- the colour is what is looked for
  assert.match(coloured.stderr, /^ab\x1b\[31mred$/m);
});

Deno.test("an error that ends no turn still makes the run a failure", async () => {
  const { code, stdout } = await run([
    STARTED,
    { type: "error", error: ERROR, willRetry: false },
    COMPLETED,
  ]);
  assert.deepEqual([code, types(stdout).at(-1)], [1, "turn.completed"]);
  const retried = await run([
    STARTED,
    { type: "error", error: ERROR, willRetry: true },
    COMPLETED,
  ]);
  assert.equal(retried.code, 0);
});

Deno.test("the last message is written to a file when the turn was completed", async () => {
  const file = { lastMessageFile: "/out.txt" };
  const { lastAgentMessage: _, ...silent } = COMPLETED;
  const runs = [
    await run([STARTED, COMPLETED], file),
    await run([STARTED, silent], file),
    await run([STARTED, FAILED], file),
  ];
  assert.deepEqual(
    runs.map(({ written, stderr }) => [written, stderr]),
    [
      [{ "/out.txt": "Done." }, ""],
      [
        { "/out.txt": "" },
        "Warning: no last agent message; wrote empty content to /out.txt\n",
      ],
      [{}, ""],
    ],
  );
});

Deno.test("the first interrupt stops the turn, the second ends the program, a termination closes the thread", async () => {
  const interrupted: ThreadEvent = { ...COMPLETED, status: "interrupted" };
  const once = await run([STARTED, interrupted], { signals: ["interrupt"] });
  assert.deepEqual([once.code, once.ops.at(-1)], [1, { type: "interrupt" }]);
  await assert.rejects(
    run([STARTED, interrupted], { signals: ["interrupt", "interrupt"] }),
    { message: "exit 130" },
  );
  const terminated = await run([], { signals: ["terminate"] });
  assert.equal(terminated.code, 143);
});
