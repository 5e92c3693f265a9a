import assert from "node:assert/strict";
import { Watchdog } from "@/async/watchdog.ts";
import { FakeClock } from "@test/support/fake_clock.ts";

function watch(clock: FakeClock): Watchdog {
  return new Watchdog(clock, 100, () => new Error("silent"));
}

Deno.test("a watchdog nothing touches aborts after its period", () => {
  const clock = new FakeClock();
  using watchdog = watch(clock);
  clock.advance(99);
  assert.equal(watchdog.signal.aborted, false);
  clock.advance(1);
  assert.equal(watchdog.signal.reason.message, "silent");
});

Deno.test("a touch puts the deadline off by a whole period", () => {
  const clock = new FakeClock();
  using watchdog = watch(clock);
  for (let touches = 0; touches < 5; touches++) {
    clock.advance(60);
    watchdog.touch();
  }
  clock.advance(99);
  assert.equal(watchdog.signal.aborted, false);
  clock.advance(1);
  assert.equal(watchdog.signal.aborted, true);
});

Deno.test("a watchdog that was put away never aborts", () => {
  const clock = new FakeClock();
  const watchdog = watch(clock);
  watchdog[Symbol.dispose]();
  clock.advance(1_000);
  assert.equal(watchdog.signal.aborted, false);
});
