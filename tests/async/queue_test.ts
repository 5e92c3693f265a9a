import assert from "node:assert/strict";
import { AsyncQueue } from "@/async/queue.ts";

async function drain<T>(queue: AsyncQueue<T>): Promise<readonly T[]> {
  return await Array.fromAsync(queue);
}

Deno.test("a queue gives its values in order, also undefined ones, and ends when closed", async () => {
  const queue = new AsyncQueue<number | undefined>(8);
  for (const value of [1, undefined, 3]) queue.push(value);
  queue.close();
  assert.deepEqual(await drain(queue), [1, undefined, 3]);
});

Deno.test("a consumer that waits is woken by a value and by the end", async () => {
  const queue = new AsyncQueue<number>(1);
  const taken = drain(queue);
  await queue.push(1);
  await queue.push(2);
  queue.close();
  assert.deepEqual(await taken, [1, 2]);
});

Deno.test("a queue that failed gives what it holds, then its error", async () => {
  const queue = new AsyncQueue<number>(8);
  queue.push(1);
  queue.fail(new Error("broken"));
  queue.close();
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const value of queue) seen.push(value);
  }, { message: "broken" });
  assert.deepEqual(seen, [1]);
});

Deno.test("a queue can fail with undefined", async () => {
  const queue = new AsyncQueue<number>(1);
  queue.fail(undefined);
  const reason = await drain(queue).then(() => "ended", (error) => error);
  assert.equal(reason, undefined);
});

Deno.test("a producer waits while more than the capacity waits", async () => {
  const queue = new AsyncQueue<number>(1);
  const values = queue[Symbol.asyncIterator]();
  await queue.push(1);
  let isThrough = false;
  const second = queue.push(2).then(() => isThrough = true);
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  assert.equal(isThrough, false);
  await values.next();
  await second;
  assert.equal(isThrough, true);
});

Deno.test("a producer does not wait for a consumer that left", async () => {
  const queue = new AsyncQueue<number>(1);
  queue.push(1);
  const waiting = queue.push(2);
  for await (const _ of queue) break;
  await waiting;
  await queue.push(3);
});

Deno.test("a value after the end is dropped", async () => {
  const queue = new AsyncQueue<number>(1);
  queue.close();
  await queue.push(1);
  assert.deepEqual(await drain(queue), []);
});
