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

Deno.test("a watchdog that was put away is not kept by the alarm that is left", () => {
  const clock = new FakeClock();
  const heard = new Set<unknown>();
  const watchdog = new Watchdog(
    {
      monotonic: () => clock.monotonic(),
      timeout: (ms) => {
        const alarm = clock.timeout(ms);
        const { addEventListener, removeEventListener } = alarm;
        alarm.addEventListener = (type: string, ...rest: unknown[]) => {
          heard.add(rest[0]);
          Reflect.apply(addEventListener, alarm, [type, ...rest]);
        };
        alarm.removeEventListener = (type: string, ...rest: unknown[]) => {
          heard.delete(rest[0]);
          Reflect.apply(removeEventListener, alarm, [type, ...rest]);
        };
        return alarm;
      },
    },
    100,
    () => new Error("silent"),
  );
  clock.advance(60);
  watchdog.touch();
  clock.advance(60);
  assert.equal(heard.size, 1);
  watchdog[Symbol.dispose]();
  assert.equal(heard.size, 0);
});
