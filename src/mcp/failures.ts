/** What went wrong with a server, in words for the user and for the model. */
import {
  InsufficientScopeError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
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

/** The server wants a login that only the user can make. */
export class LoginNeeded extends Error {
  override readonly name = "LoginNeeded";

  constructor(server: string) {
    super(`it wants a login: run \`codex mcp login ${server}\``);
  }
}

/** The server wants to know who is there, and does not take what it was told. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof LoginNeeded || error instanceof UnauthorizedError ||
    (error instanceof SdkHttpError && error.status === 401);
}

/** Scopes as they may be shown and typed: RFC 6749, section 3.3, and no more. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const SCOPES_MAX = 500;

/** The scopes a server wants beyond those of the login; undefined for another failure. */
function missingScopes(error: unknown): string | undefined {
  if (!(error instanceof InsufficientScopeError)) return undefined;
  const scope = error.requiredScope ?? "";
  return scope.length <= SCOPES_MAX && SCOPES.test(scope) ? scope : "";
}

/** The server took the token and wants more than it allows. */
export function missesScopes(error: unknown): boolean {
  return error instanceof InsufficientScopeError;
}

/** How the user gets in, when it is a login that is missing; else undefined. */
export function loginAdvice(
  error: unknown,
  server: string,
  granted: readonly string[],
): string | undefined {
  if (isUnauthorized(error)) return new LoginNeeded(server).message;
  const missing = missingScopes(error);
  if (missing === undefined) return undefined;
  const scopes = [...new Set([...granted, ...missing.split(" ")])]
    .filter((scope) => scope !== "");
  const command = scopes.length === 0
    ? `codex mcp login ${server}`
    : `codex mcp login ${server} --scopes ${scopes.join(",")}`;
  return `it wants more than the login allows: run \`${command}\``;
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
