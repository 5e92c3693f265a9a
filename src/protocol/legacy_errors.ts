/** Kinds of failures in the first Codex protocol, which rollouts are written in, too. */
import type { ErrorCode } from "./errors.ts";

export type LegacyErrorInfo =
  | string
  | Readonly<Record<string, { readonly http_status_code: number | null }>>;

/** The protocol's word for a kind of failure, where it has one. */
export function legacyErrorInfo(code: ErrorCode): LegacyErrorInfo {
  switch (code) {
    case "context_window_exceeded":
    case "server_overloaded":
    case "bad_request":
    case "internal_server_error":
      return code;
    case "usage_limit":
    case "quota_exceeded":
      return "usage_limit_exceeded";
    case "unauthorized":
    case "missing_credentials":
      return "unauthorized";
    case "sandbox_unavailable":
      return "sandbox_error";
    case "stream_disconnected":
      return { response_stream_disconnected: { http_status_code: null } };
    case "retry_limit":
      return { response_too_many_failed_attempts: { http_status_code: null } };
    default:
      return "other";
  }
}

/** What stands for a kind; kinds that no protocol of ours tells apart become one. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  context_window_exceeded: "context_window_exceeded",
  server_overloaded: "server_overloaded",
  bad_request: "bad_request",
  internal_server_error: "internal_server_error",
  usage_limit_exceeded: "usage_limit",
  unauthorized: "unauthorized",
  sandbox_error: "sandbox_unavailable",
  response_stream_disconnected: "stream_disconnected",
  response_stream_connection_failed: "stream_disconnected",
  http_connection_failed: "stream_disconnected",
  response_too_many_failed_attempts: "retry_limit",
};

/** The kind a stored word stands for; undefined when it stands for none in particular. */
export function errorCodeOf(info: unknown): ErrorCode | undefined {
  const word = typeof info === "object" && info !== null
    ? Object.keys(info)[0]
    : info;
  return typeof word === "string" && Object.hasOwn(CODES, word)
    ? CODES[word]
    : undefined;
}
