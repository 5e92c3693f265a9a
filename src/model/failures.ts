/**
 * What a server's refusal means: one pure function for HTTP statuses, one for
 * `response.failed`. The message is for the person; the code and `isRetryable` are
 * for the program. Only failures that time can heal are retried.
 */
import { ModelError } from "./model.ts";

/** A longer wait than this is not worth a person's patience: the turn ends instead. */
const RETRY_AFTER_MAX_MS = 5 * 60_000;

interface ErrorBody {
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
  readonly plan_type?: string;
  readonly resets_at?: number;
}

export interface HttpFailure {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Headers;
  readonly nowMs: number;
}

/** The error an HTTP status stands for. Never called for 2xx. */
export function httpFailure(failure: HttpFailure): ModelError {
  const error = parseErrorBody(failure.body);
  const retryAfterMs = parseRetryAfter(
    failure.headers.get("retry-after"),
    failure.nowMs,
  );
  switch (true) {
    case failure.status === 400:
      return final("bad_request", failure.body);
    case failure.status === 429:
      return tooManyRequests(failure, error, retryAfterMs);
    case failure.status === 503 && isOverloaded(error.code):
      return overloaded();
    case failure.status >= 500:
      return new ModelError("internal_server_error", serverErrorText(failure), {
        isRetryable: true,
        retryAfterMs: failure.status === 503 ? retryAfterMs : undefined,
      });
    case failure.status === 401:
      return final("unauthorized", unexpectedStatus(failure, error));
    case failure.status === 408:
      return new ModelError("bad_request", unexpectedStatus(failure, error), {
        isRetryable: true,
      });
    default:
      return final("bad_request", unexpectedStatus(failure, error));
  }
}

/** The error a `response.failed` event stands for; `error` is its `response.error`. */
export function responseFailure(value: unknown): ModelError {
  const error = errorFields(value);
  const message = error.message ?? "the server gave no reason";
  switch (error.code) {
    case "context_length_exceeded":
      return final(
        "context_window_exceeded",
        "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
      );
    case "insufficient_quota":
      return final(
        "quota_exceeded",
        "Quota exceeded. Check your plan and billing details.",
      );
    case "usage_not_included":
      return final("usage_limit", PLAN_TEXT);
    case "invalid_prompt":
    case "cyber_policy":
      return final("bad_request", message);
    case "server_is_overloaded":
    case "slow_down":
      return overloaded();
    default:
      return disconnected(
        message,
        error.code === "rate_limit_exceeded" ? delayInText(message) : undefined,
      );
  }
}

/** A stream that broke off; asking again may help. */
export function disconnected(
  reason: string,
  retryAfterMs?: number,
): ModelError {
  return new ModelError(
    "stream_disconnected",
    `stream disconnected before completion: ${reason}`,
    {
      isRetryable: true,
      retryAfterMs,
    },
  );
}

/** Begins with the day of the week, as all three forms of RFC 9110, section 5.6.7 do. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * `retry-after` (RFC 9110, section 10.2.3): seconds or an HTTP date, in milliseconds
 * from now. Undefined when absent, malformed or too far away to wait for.
 */
export function parseRetryAfter(
  header: string | null,
  nowMs: number,
): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    // Date.parse finds a date in almost anything, `-1` included.
    : HTTP_DATE.test(text)
    ? Date.parse(text) - nowMs
    : NaN;
  if (Number.isNaN(ms) || ms > RETRY_AFTER_MAX_MS) return undefined;
  return Math.max(0, Math.ceil(ms));
}

/** The wait a rate-limit message asks for: `try again in 1.5s`, `28ms`, `10 seconds`. */
export function delayInText(message: string): number | undefined {
  const match =
    /try again in\s*(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|seconds?)/i.exec(
      message,
    );
  if (match === null) return undefined;
  const amount = Number(match[1]);
  return Math.ceil(
    match[2]?.toLowerCase().startsWith("m") ? amount : amount * 1000,
  );
}

const PLAN_TEXT =
  "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.";

function final(
  code: ConstructorParameters<typeof ModelError>[0],
  message: string,
): ModelError {
  return new ModelError(code, message, { isRetryable: false });
}

function overloaded(): ModelError {
  return final(
    "server_overloaded",
    "Selected model is at capacity. Please try a different model.",
  );
}

function isOverloaded(code: string | undefined): boolean {
  return code === "server_is_overloaded" || code === "slow_down";
}

function tooManyRequests(
  failure: HttpFailure,
  error: ErrorBody,
  retryAfterMs: number | undefined,
): ModelError {
  if (error.type === "usage_limit_reached") {
    return final("usage_limit", usageLimitText(error));
  }
  if (error.type === "usage_not_included") {
    return final("usage_limit", PLAN_TEXT);
  }
  const message = `exceeded retry limit, last status: 429 Too Many Requests${
    requestIdSuffix(failure)
  }`;
  return new ModelError("retry_limit", message, {
    isRetryable: retryAfterMs !== undefined,
    retryAfterMs,
  });
}

function usageLimitText(error: ErrorBody): string {
  const when = error.resets_at === undefined
    ? "later"
    : `at ${dateText(new Date(error.resets_at * 1000))}`;
  switch (error.plan_type) {
    case "plus":
      return `You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again ${when}.`;
    case "pro":
      return `You've hit your usage limit. Visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again ${when}.`;
    case "free":
    case "go":
      return `You've hit your usage limit. Upgrade to Plus (https://chatgpt.com/explore/plus) or try again ${when}.`;
    case "team":
    case "business":
      return `You've hit your usage limit. Ask your workspace admin for more credits or try again ${when}.`;
    default:
      return `You've hit your usage limit. Try again ${when}.`;
  }
}

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** `May 18th, 2033 3:33 AM`, in local time; by hand, because Intl costs 20 ms. */
function dateText(date: Date): string {
  const day = date.getDate();
  const hours = date.getHours();
  const minutes = String(date.getMinutes()).padStart(2, "0");
  const clock = `${hours % 12 === 0 ? 12 : hours % 12}:${minutes} ${
    hours < 12 ? "AM" : "PM"
  }`;
  return `${MONTHS[date.getMonth()]} ${day}${
    ordinalSuffix(day)
  }, ${date.getFullYear()} ${clock}`;
}

function ordinalSuffix(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

function serverErrorText(failure: HttpFailure): string {
  return failure.status === 500
    ? "We're currently experiencing high demand, which may cause temporary errors."
    : unexpectedStatus(failure, parseErrorBody(failure.body));
}

function unexpectedStatus(failure: HttpFailure, error: ErrorBody): string {
  const reason = STATUS_TEXT[failure.status] ?? failure.statusText;
  const detail = error.message ?? failure.body.trim();
  const ray = failure.headers.get("cf-ray");
  const status = reason === ""
    ? String(failure.status)
    : `${failure.status} ${reason}`;
  return `unexpected status ${status}: ${
    detail === "" ? "Unknown error" : detail
  }, url: ${redactUrl(failure.url)}${ray === null ? "" : `, cf-ray: ${ray}`}${
    requestIdSuffix(failure)
  }`;
}

/** A query string may hold a key; the path is enough to know where it went. */
function redactUrl(url: string): string {
  const index = url.indexOf("?");
  return index < 0 ? url : `${url.slice(0, index)}?…`;
}

function requestIdSuffix(failure: HttpFailure): string {
  const id = failure.headers.get("x-request-id");
  return id === null ? "" : `, request id: ${id}`;
}

/** HTTP/2 has no reason phrases, so the usual ones are kept here. */
const STATUS_TEXT: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function parseErrorBody(body: string): ErrorBody {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "error" in parsed
      ? errorFields(parsed.error)
      : {};
  } catch {
    // Not JSON: the text itself is the reason.
    return {};
  }
}

function errorFields(value: unknown): ErrorBody {
  if (typeof value === "string") return { message: value };
  if (typeof value !== "object" || value === null) return {};
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (name: string) =>
    typeof fields[name] === "string" ? fields[name] : undefined;
  const result: Record<string, unknown> = {
    message: text("message"),
    code: text("code"),
    type: text("type"),
    plan_type: text("plan_type"),
    resets_at: typeof fields.resets_at === "number"
      ? fields.resets_at
      : undefined,
  };
  for (const key of Object.keys(result)) {
    if (result[key] === undefined) delete result[key];
  }
  return result;
}
