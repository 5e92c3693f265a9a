/** What a refusal means; the whole table as seen by a user is in tests/e2e. */
import assert from "node:assert/strict";
import {
  delayInText,
  httpFailure,
  parseRetryAfter,
  responseFailure,
} from "@/model/failures.ts";

const NOW = Date.UTC(2026, 0, 1);

Deno.test("parseRetryAfter() reads seconds and dates, and ignores the rest", () => {
  const values = [
    null,
    "3",
    " 0.25 ",
    "0",
    "Thu, 01 Jan 2026 00:00:30 GMT",
    "Wed, 31 Dec 2025 23:00:00 GMT",
    "300",
    "301",
    "-1",
    "soon",
    "",
  ];
  assert.deepEqual(
    values.map((value) => parseRetryAfter(value, NOW)),
    [
      undefined,
      3_000,
      250,
      0,
      30_000,
      0,
      300_000,
      undefined,
      undefined,
      undefined,
      undefined,
    ],
  );
});

Deno.test("delayInText() finds the wait a message names", () => {
  const texts = [
    "Please try again in 1.5s. Visit",
    "Please try again in 28ms.",
    "Try again in 10 seconds",
    "try again in 250 milliseconds",
    "Try again later",
    "try again in 3 hours",
  ];
  assert.deepEqual(texts.map(delayInText), [
    1_500,
    28,
    10_000,
    250,
    undefined,
    undefined,
  ]);
});

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function failureOf({ status, body = "", headers = {} }: Answer) {
  const { code, message, isRetryable, retryAfterMs } = httpFailure({
    status,
    statusText: "",
    url: "https://host/v1/responses?key=secret",
    body,
    headers: new Headers(headers),
    nowMs: NOW,
  });
  return [code, message, isRetryable, retryAfterMs];
}

Deno.test("httpFailure() tells status, reason, place and request id, and keeps the query to itself", () => {
  assert.deepEqual(
    [
      failureOf({
        status: 401,
        body: '{"error":"no key"}',
        headers: { "cf-ray": "ray", "x-request-id": "req" },
      }),
      failureOf({ status: 418, body: "  teapot\n" }),
      failureOf({ status: 502 }),
      failureOf({ status: 503, headers: { "retry-after": "2" } }),
      failureOf({ status: 500, headers: { "retry-after": "2" } }),
      failureOf({ status: 408 }),
    ],
    [
      [
        "unauthorized",
        "unexpected status 401 Unauthorized: no key, url: https://host/v1/responses?…, cf-ray: ray, request id: req",
        false,
        undefined,
      ],
      [
        "bad_request",
        "unexpected status 418: teapot, url: https://host/v1/responses?…",
        false,
        undefined,
      ],
      [
        "internal_server_error",
        "unexpected status 502 Bad Gateway: Unknown error, url: https://host/v1/responses?…",
        true,
        undefined,
      ],
      [
        "internal_server_error",
        "unexpected status 503 Service Unavailable: Unknown error, url: https://host/v1/responses?…",
        true,
        2_000,
      ],
      [
        "internal_server_error",
        "We're currently experiencing high demand, which may cause temporary errors.",
        true,
        undefined,
      ],
      [
        "bad_request",
        "unexpected status 408 Request Timeout: Unknown error, url: https://host/v1/responses?…",
        true,
        undefined,
      ],
    ],
  );
});

Deno.test("httpFailure() tells each plan what it can do about its limit", () => {
  const messageOf = (plan_type: string | undefined) =>
    failureOf({
      status: 429,
      body: JSON.stringify({
        error: { type: "usage_limit_reached", plan_type },
      }),
    })[1];
  assert.deepEqual(["plus", "pro", "free", "team", undefined].map(messageOf), [
    "You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again later.",
    "You've hit your usage limit. Visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again later.",
    "You've hit your usage limit. Upgrade to Plus (https://chatgpt.com/explore/plus) or try again later.",
    "You've hit your usage limit. Ask your workspace admin for more credits or try again later.",
    "You've hit your usage limit. Try again later.",
  ]);
});

Deno.test("responseFailure() tells what time can heal from what it cannot", () => {
  const codes = [
    "context_length_exceeded",
    "insufficient_quota",
    "usage_not_included",
    "invalid_prompt",
    "cyber_policy",
    "slow_down",
    "rate_limit_exceeded",
    "server_error",
  ];
  const failures = [...codes.map((code) => ({ code, message: "m" })), null, "x"]
    .map((value) => {
      const { code, isRetryable } = responseFailure(value);
      return [code, isRetryable];
    });
  assert.deepEqual(failures, [
    ["context_window_exceeded", false],
    ["quota_exceeded", false],
    ["usage_limit", false],
    ["bad_request", false],
    ["bad_request", false],
    ["server_overloaded", false],
    ["stream_disconnected", true],
    ["stream_disconnected", true],
    ["stream_disconnected", true],
    ["stream_disconnected", true],
  ]);
});
