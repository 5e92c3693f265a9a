import assert from "node:assert/strict";
import { RetryBudget } from "@/core/retry_budget.ts";
import { ModelError } from "@/model/model.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import { fixedRandom, InstantClock, NEVER } from "@test/support/fake_clock.ts";

function makeBudget(maxRetries: number) {
  const clock = new InstantClock();
  const events: ThreadEvent[] = [];
  const budget = new RetryBudget({
    clock,
    random: fixedRandom(128),
    maxRetries,
    emit: async (event) => void events.push(event),
  });
  return { budget, clock, events };
}

function broken(retryAfterMs?: number): ModelError {
  return new ModelError("stream_disconnected", "broken", {
    isRetryable: true,
    retryAfterMs,
  });
}

Deno.test("each attempt is told and waited for, longer each time, and then no more", async () => {
  const { budget, clock, events } = makeBudget(2);
  for (let attempt = 0; attempt < 2; attempt++) {
    await budget.take(broken(), NEVER);
    await budget.wait(NEVER);
  }
  await assert.rejects(budget.take(broken(), NEVER), { message: "broken" });
  assert.deepEqual(clock.sleeps, [200, 400]);
  assert.deepEqual(
    events,
    ["1/2", "2/2"].map((attempt) => ({
      type: "error",
      error: {
        code: "stream_disconnected",
        message: `Reconnecting... ${attempt}`,
        details: "broken",
      },
      willRetry: true,
    })),
  );
});

Deno.test("a success refills the budget, and the server's own wait is followed", async () => {
  const { budget, clock } = makeBudget(1);
  await budget.take(broken(7_000), NEVER);
  await budget.wait(NEVER);
  budget.reset();
  await budget.take(broken(), NEVER);
  await budget.wait(NEVER);
  await budget.wait(NEVER);
  assert.deepEqual(clock.sleeps, [7_000, 200]);
});

Deno.test("what time cannot heal, a bug and an abort are passed on", async () => {
  const { budget } = makeBudget(5);
  const final = new ModelError("bad_request", "no", { isRetryable: false });
  const bug = new TypeError("a bug");
  await assert.rejects(budget.take(final, NEVER), final);
  await assert.rejects(budget.take(bug, NEVER), bug);
  const stop = new Error("stop");
  await assert.rejects(budget.take(broken(), AbortSignal.abort(stop)), stop);
});
