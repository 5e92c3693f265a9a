/** The threads that run: one writer each, whoever asks for them and when. */
import assert from "node:assert/strict";
import { ThreadTable } from "@/app-server/thread_table.ts";
import { AsyncQueue } from "@/async/queue.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadInfo } from "@/protocol/host.ts";
import type { OpenThread } from "@/protocol/services.ts";

const ID = "01a20461-c44a-7f81-be73-f34280a2ded4";

/** Threads that end when they are let; counts those whose record is open. */
class Agent {
  readonly mayEnd = Promise.withResolvers<void>();
  writers = 0;
  opened = 0;

  open(): OpenThread {
    this.opened++;
    this.writers++;
    assert.equal(this.writers, 1, "two writers of one record");
    const events = new AsyncQueue<ThreadEvent>(1);
    return {
      warnings: [],
      handle: {
        // What a table asks of a thread is its id and its first words.
        info: { id: ID, record: { id: ID, preview: "" } } as ThreadInfo,
        sandboxMechanism: async () => "",
        submit: async () => {},
        events: () => events,
        close: async () => {},
      },
      close: async () => {
        await this.mayEnd.promise;
        this.writers--;
        events.close();
      },
    };
  }
}

Deno.test("who asks for a thread that is being opened gets the same one", async () => {
  const agent = new Agent();
  const table = new ThreadTable(() => 0);
  const gate = Promise.withResolvers<void>();
  const open = async () => {
    await gate.promise;
    return agent.open();
  };
  const both = Promise.all([table.resume(ID, open), table.resume(ID, open)]);
  gate.resolve();
  const [first, second] = await both;
  assert.equal(first, second);
  assert.equal(await table.resume(ID, open), first);
  assert.equal(agent.opened, 1);
  agent.mayEnd.resolve();
  await table.close();
});

Deno.test("a thread that is ending has ended before it is opened again", async () => {
  const agent = new Agent();
  const table = new ThreadTable(() => 0);
  const first = await table.resume(ID, async () => agent.open());
  const ended = first.close();
  const again = table.resume(ID, async () => agent.open());
  agent.mayEnd.resolve();
  await ended;
  assert.notEqual(await again, first);
  assert.equal(table.find(ID), await again);
  await table.close();
  assert.equal(agent.writers, 0);
});

Deno.test("a thread that is being opened is ended once it is open", async () => {
  const agent = new Agent();
  agent.mayEnd.resolve();
  const table = new ThreadTable(() => 0);
  const gate = Promise.withResolvers<void>();
  const opening = table.resume(ID, async () => {
    await gate.promise;
    return agent.open();
  });
  const ended = table.end(ID);
  gate.resolve();
  await ended;
  assert.equal(agent.writers, 0);
  assert.equal(table.find(ID), undefined);
  assert.equal((await opening).isClosing, true);
});

Deno.test("a thread that cannot be opened can be asked for again, and needs no end", async () => {
  const agent = new Agent();
  agent.mayEnd.resolve();
  const table = new ThreadTable(() => 0);
  const failed = table.resume(ID, () => Promise.reject(new Error("no")));
  const ended = table.end(ID);
  await assert.rejects(failed, /^Error: no$/);
  await ended;
  await table.resume(ID, async () => agent.open());
  assert.equal(agent.opened, 1);
  await table.close();
});
