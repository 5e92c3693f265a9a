import assert from "node:assert/strict";
import { Deadline } from "@/async/deadline.ts";
import { TimeHold } from "@/async/time_hold.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

Deno.test("TimeHold stops the time of what runs and of what begins meanwhile", () => {
  const clock = new FakeClock();
  const hold = new TimeHold();
  const make = () => {
    const deadline = new Deadline(clock, 100, () => new Error("late"));
    return { deadline, watch: hold.watch(deadline) };
  };
  const first = make();
  clock.advance(50);
  hold.hold();
  hold.hold();
  const second = make();
  clock.advance(1_000);
  assert.deepEqual(
    [first.deadline.signal.aborted, second.deadline.signal.aborted],
    [false, false],
  );
  hold.release();
  clock.advance(50);
  assert.deepEqual(
    [first.deadline.signal.aborted, second.deadline.signal.aborted],
    [true, false],
  );
  // One that was given back is no longer held.
  second.watch[Symbol.dispose]();
  hold.hold();
  clock.advance(50);
  assert.equal(second.deadline.signal.aborted, true);
});
