import assert from "node:assert/strict";
import { Deadline } from "@/async/deadline.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

function makeDeadline(ms: number) {
  const clock = new FakeClock();
  const late = new Error("too late");
  const deadline = new Deadline(clock, ms, () => late);
  return { clock, late, deadline };
}

Deno.test("a deadline aborts its signal when its time is over", () => {
  const { clock, late, deadline } = makeDeadline(100);
  clock.advance(99);
  assert.equal(deadline.signal.aborted, false);
  clock.advance(1);
  assert.equal(deadline.signal.reason, late);
});

Deno.test("time that passes in a pause does not count, in overlapping pauses neither", () => {
  const { clock, deadline } = makeDeadline(100);
  clock.advance(40);
  const first = deadline.pause();
  clock.advance(1_000);
  const second = deadline.pause();
  first[Symbol.dispose]();
  // Giving it back twice is giving it back once.
  first[Symbol.dispose]();
  clock.advance(1_000);
  second[Symbol.dispose]();
  clock.advance(59);
  assert.equal(deadline.signal.aborted, false);
  clock.advance(1);
  assert.equal(deadline.signal.aborted, true);
});

Deno.test("a deadline that was given up never comes", () => {
  const { clock, deadline } = makeDeadline(100);
  const pause = deadline.pause();
  deadline[Symbol.dispose]();
  pause[Symbol.dispose]();
  clock.advance(1_000);
  assert.equal(deadline.signal.aborted, false);
});

Deno.test("a deadline that is over or paused listens to no timer", () => {
  const listeners = new Set<unknown>();
  const signal = Object.assign(new AbortController().signal, {
    addEventListener: (_: string, listener: unknown) => listeners.add(listener),
    removeEventListener: (_: string, listener: unknown) =>
      listeners.delete(listener),
  });
  const clock = { monotonic: () => 0, timeout: () => signal };
  const deadline = new Deadline(clock, 100, () => new Error("late"));
  assert.equal(listeners.size, 1);
  const pause = deadline.pause();
  assert.equal(listeners.size, 0);
  pause[Symbol.dispose]();
  assert.equal(listeners.size, 1);
  // Deno stays alive for a timer that is listened to.
  deadline[Symbol.dispose]();
  assert.equal(listeners.size, 0);
});
