import assert from "node:assert/strict";
import { backoffMs } from "@/async/backoff.ts";

Deno.test("the wait doubles with each attempt, give or take a tenth, and stops growing", () => {
  const attempts = [1, 2, 3, 5, 10, 11, 1000];
  assert.deepEqual(
    attempts.map((attempt) => backoffMs(attempt, 0.5)),
    [200, 400, 800, 3_200, 102_400, 102_400, 102_400],
  );
  assert.deepEqual([backoffMs(1, 0), backoffMs(1, 0.999_999)], [180, 220]);
});
