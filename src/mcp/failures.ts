/** What went wrong with a server, in words for the user and for the model. */
import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from "@modelcontextprotocol/client";
import { FileError, HttpError } from "@/platform/platform.ts";

/** JSON-RPC 2.0: the method does not exist. */
const METHOD_NOT_FOUND = -32601;

/** A request that was given up because its time was over. */
export class RequestTimeout extends Error {
  override readonly name = "RequestTimeout";

  constructor(method: string, afterMs: number) {
    super(`timed out awaiting ${method} after ${duration(afterMs)}`);
  }
}

/** The reason, as far as the server or the machine gave one. */
export function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.osText;
  if (error instanceof HttpError) return rootMessage(error);
  if (error instanceof ProtocolError) {
    const data = error.data === undefined
      ? ""
      : `(${JSON.stringify(error.data)})`;
    return `Mcp error: ${error.code}: ${error.message}${data}`;
  }
  return error instanceof Error ? error.message : String(error);
}

export function isMethodNotFound(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === METHOD_NOT_FOUND;
}

/** The server answered, if only to say no; it did not just end. */
export function isAnswer(error: unknown): boolean {
  return error instanceof ProtocolError ||
    (error instanceof SdkError && error.code !== SdkErrorCode.ConnectionClosed);
}

/** The server wants to know who is there. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 401;
}

/** The server has forgotten the session, so it did nothing of what was asked. */
export function isSessionExpired(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404;
}

/** `500ms`, `1.5s`, `120s` */
export function duration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

/** What `fetch` says first is only that it failed. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error
    ? rootMessage(error.cause)
    : error.message;
}
