import assert from "node:assert/strict";
import { AsyncQueue } from "@/async/queue.ts";
import type { Client } from "@/mcp-server/served_thread.ts";
import { AgentTools } from "@/mcp-server/tools.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { LegacyEvent } from "@/protocol/legacy_events.ts";
import type { Op } from "@/protocol/ops.ts";
import type { OpenThread, ThreadService } from "@/protocol/services.ts";
import { NEVER } from "@test/support/fake_clock.ts";

/** Threads that answer what they are asked, or wait until they are told to. */
class FakeThreads implements Pick<ThreadService, "start"> {
  readonly opened: FakeThread[] = [];
  waits = false;

  async start(): Promise<OpenThread> {
    const thread = new FakeThread(this.opened.length, this.waits);
    this.opened.push(thread);
    return thread.open;
  }
}

class FakeThread {
  readonly id: string;
  readonly ops: Op[] = [];
  readonly events = new AsyncQueue<ThreadEvent>(16);
  readonly #waits: boolean;
  #turnId = "";
  isClosed = false;

  constructor(index: number, waits: boolean) {
    this.id = `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
    this.#waits = waits;
  }

  /** Made when it is opened, for it names the thread. */
  get open(): OpenThread {
    return {
      warnings: [],
      close: async () => {
        this.isClosed = true;
        this.events.close();
      },
      handle: {
        // What a front end shows of it beside its name does not matter here.
        info: { id: this.id, record: {} } as unknown as ThreadInfo,
        sandboxMechanism: async () => "none",
        events: () => this.events,
        close: async () => {},
        submit: async (op) => {
          this.ops.push(op);
          if (op.type === "interrupt") await this.end("interrupted");
          if (op.type !== "userInput") return;
          this.#turnId = op.turnId ?? "";
          await this.events.push({ type: "turnStarted", turnId: this.#turnId });
          const [part] = op.input;
          if (!this.#waits && part?.type === "text") {
            await this.end("completed", `${part.text}!`);
          }
        },
      },
    };
  }

  async end(
    status: "completed" | "interrupted",
    lastAgentMessage = "",
  ): Promise<void> {
    await this.events.push({
      type: "turnCompleted",
      turnId: this.#turnId,
      status,
      lastAgentMessage,
      durationMs: 1,
    });
  }
}

function makeTools(client: Partial<Client> = {}) {
  const threads = new FakeThreads();
  const told: LegacyEvent[] = [];
  let turns = 0;
  const tools = new AgentTools({
    // The server resumes and forks nothing.
    threads: threads as unknown as ThreadService,
    client: {
      tell: async (_place, event) => void told.push(event),
      canAnswer: () => true,
      ask: async () => ({ action: "accept" }),
      ...client,
    },
    newTurnId: () => `turn-${++turns}`,
    now: () => 0,
  });
  const call = (name: string, args: unknown, signal = NEVER) =>
    tools.call({ name, arguments: args }, turns, signal);
  return { threads, told, tools, call };
}

Deno.test("the thread used longest ago makes room for a new one", async () => {
  const { threads, tools, call } = makeTools();
  const ids: string[] = [];
  for (let count = 0; count < 64; count++) {
    const { structuredContent } = await call("codex", { prompt: "p" });
    ids.push(structuredContent?.threadId ?? "");
  }
  const reply = { threadId: ids[0], prompt: "again" };
  assert.equal(
    (await call("codex-reply", reply)).structuredContent?.content,
    "again!",
  );
  await call("codex", { prompt: "one more" });
  const closed = threads.opened.filter(({ isClosed }) => isClosed);
  assert.deepEqual(closed.map(({ id }) => id), [ids[1]]);
  const lost = await call("codex-reply", { threadId: ids[1], prompt: "x" });
  assert.equal(lost.isError, true);
  await tools.close();
  assert.ok(threads.opened.every(({ isClosed }) => isClosed));
});

Deno.test("a thread that works is not let go; with too many, a new one is refused", async () => {
  const { threads, tools, call } = makeTools();
  threads.waits = true;
  const stop = new AbortController();
  const running = Array.from(
    { length: 64 },
    () => call("codex", { prompt: "p" }, stop.signal),
  );
  const refused = await call("codex", { prompt: "one more" });
  assert.deepEqual(refused, {
    content: [{
      type: "text",
      text:
        "Cannot start a thread: 64 are working; wait for one of them to end",
    }],
    isError: true,
  });
  assert.equal(threads.opened.length, 64);
  stop.abort(new Error("enough"));
  const settled = await Promise.allSettled(running);
  assert.ok(settled.every(({ status }) => status === "rejected"));
  await tools.close();
});

Deno.test("questions of a sub-agent are asked, and answered where they came from", async () => {
  const asked: string[] = [];
  const { threads, tools, call } = makeTools({
    async ask({ message }) {
      asked.push(message);
      return { decision: "approved" };
    },
  });
  threads.waits = true;
  const running = call("codex", { prompt: "p" });
  await Promise.resolve();
  const [thread] = threads.opened;
  assert.ok(thread);
  await thread.events.push({
    type: "agentEvent",
    threadId: "child",
    event: {
      type: "approvalRequested",
      requestId: "a",
      itemId: "i",
      subject: { kind: "command", command: ["ls"], cwd: "/w" },
    },
  });
  while (thread.ops.at(-1)?.type !== "toAgent") await Promise.resolve();
  assert.deepEqual(asked, ["Allow Codex to run `ls` in `/w`?"]);
  assert.deepEqual(thread.ops.at(-1), {
    type: "toAgent",
    threadId: "child",
    op: { type: "approval", requestId: "a", decision: { kind: "accept" } },
  });
  await thread.end("completed", "done");
  assert.equal((await running).structuredContent?.content, "done");
  await tools.close();
});

Deno.test("a thread that ends ends its calls with the reason", async () => {
  const { threads, tools, call } = makeTools();
  threads.waits = true;
  const running = call("codex", { prompt: "p" });
  await Promise.resolve();
  const [thread] = threads.opened;
  assert.ok(thread);
  thread.events.fail(new Error("disk full"));
  const ended = await running;
  assert.equal(ended.isError, true);
  assert.equal(ended.content[0]?.text, "The thread ended: disk full");
  const { threadId } = ended.structuredContent ?? {};
  const later = await call("codex-reply", { threadId, prompt: "x" });
  assert.equal(later.content[0]?.text, "The thread ended: disk full");
  await tools.close();
});
