/**
 * Every failure someone can only report. One table maps a code to the exit code of
 * a command and the code of a JSON-RPC error; the message is written where the
 * failure is found, for the person who must act on it.
 */

/** Exit code and JSON-RPC error code of one kind of failure. */
interface ErrorRow {
  readonly exitCode: number;
  readonly rpcCode: number;
}

/** JSON-RPC 2.0, section 5.1. */
const RPC_INVALID_REQUEST = -32600;
const RPC_INTERNAL = -32603;

const ERROR_TABLE = {
  usage: { exitCode: 2, rpcCode: RPC_INVALID_REQUEST },
  invalid_config: { exitCode: 1, rpcCode: RPC_INVALID_REQUEST },
  invalid_input: { exitCode: 1, rpcCode: RPC_INVALID_REQUEST },
  not_found: { exitCode: 1, rpcCode: RPC_INVALID_REQUEST },
  untrusted_directory: { exitCode: 1, rpcCode: RPC_INVALID_REQUEST },
  missing_credentials: { exitCode: 1, rpcCode: RPC_INTERNAL },
  sandbox_unavailable: { exitCode: 1, rpcCode: RPC_INTERNAL },
  mcp_unavailable: { exitCode: 1, rpcCode: RPC_INTERNAL },
  storage: { exitCode: 1, rpcCode: RPC_INTERNAL },
  unsupported: { exitCode: 1, rpcCode: RPC_INVALID_REQUEST },
  bad_request: { exitCode: 1, rpcCode: RPC_INTERNAL },
  unauthorized: { exitCode: 1, rpcCode: RPC_INTERNAL },
  context_window_exceeded: { exitCode: 1, rpcCode: RPC_INTERNAL },
  usage_limit: { exitCode: 1, rpcCode: RPC_INTERNAL },
  quota_exceeded: { exitCode: 1, rpcCode: RPC_INTERNAL },
  server_overloaded: { exitCode: 1, rpcCode: RPC_INTERNAL },
  retry_limit: { exitCode: 1, rpcCode: RPC_INTERNAL },
  stream_disconnected: { exitCode: 1, rpcCode: RPC_INTERNAL },
  internal_server_error: { exitCode: 1, rpcCode: RPC_INTERNAL },
  step_limit: { exitCode: 1, rpcCode: RPC_INTERNAL },
  interrupted: { exitCode: 1, rpcCode: RPC_INTERNAL },
} as const satisfies Record<string, ErrorRow>;

/** The name of a kind of failure; stable, for programs. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** A failure with a stable code and a message for the person who must act on it. */
export class CodexError extends Error {
  override readonly name = "CodexError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The exit code of a command that ends with this kind of failure. */
export function exitCodeOf(code: ErrorCode): number {
  return ERROR_TABLE[code].exitCode;
}

/** The JSON-RPC error code of this kind of failure. */
export function rpcCodeOf(code: ErrorCode): number {
  return ERROR_TABLE[code].rpcCode;
}
