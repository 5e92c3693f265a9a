import assert from "node:assert/strict";
import { readRateLimits } from "@/model/rate_limits.ts";

Deno.test("limits are read from the headers of an answer", () => {
  const headers = new Headers({
    "x-codex-primary-used-percent": "80.4",
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": "1767229200",
    "x-codex-secondary-used-percent": "12",
    "x-codex-secondary-window-minutes": "nonsense",
    "x-codex-credits-has-credits": "true",
    "x-codex-credits-unlimited": "false",
    "x-codex-credits-balance": "13",
  });
  assert.deepEqual(readRateLimits(headers), {
    limitId: "codex",
    limitName: null,
    primary: {
      usedPercent: 80,
      windowDurationMins: 300,
      resetsAt: 1767229200,
    },
    secondary: { usedPercent: 12, windowDurationMins: null, resetsAt: null },
    credits: { hasCredits: true, unlimited: false, balance: "13" },
    planType: null,
    rateLimitReachedType: null,
  });
});

Deno.test("an answer that says nothing of limits has none", () => {
  assert.equal(readRateLimits(new Headers({ "x-other": "1" })), undefined);
  assert.equal(
    readRateLimits(new Headers({ "x-codex-primary-used-percent": "much" })),
    undefined,
  );
});
