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
