/**
 * How a command ends: failures become one message on standard error and an exit
 * code. The only place that prints an error.
 */
import { ConfigError } from "@/config/problem.ts";
import {
  BrokenPipe,
  FileError,
  HttpError,
  type Terminal,
} from "@/platform/platform.ts";
import { CodexError, exitCodeOf } from "@/protocol/errors.ts";

/** Like a program killed by SIGPIPE, which is what a shell expects here. */
const BROKEN_PIPE_EXIT_CODE = 141;
const FAILURE_EXIT_CODE = 1;

/** Reports what a command threw; the process's exit code. */
export function reportFailure(
  error: unknown,
  terminal: Pick<Terminal, "writeErr">,
): number {
  if (error instanceof BrokenPipe) return BROKEN_PIPE_EXIT_CODE;
  try {
    terminal.writeErr(`${failureText(error)}\n`);
  } catch (writeError) {
    // Nobody reads standard error any more; the exit code still tells.
    if (!(writeError instanceof BrokenPipe)) throw writeError;
  }
  return error instanceof CodexError
    ? exitCodeOf(error.code)
    : FAILURE_EXIT_CODE;
}

function failureText(error: unknown): string {
  if (error instanceof ConfigError) return error.preface + error.message;
  // Scripts look for this line as other versions print it.
  if (error instanceof CodexError && error.code === "untrusted_directory") {
    return error.message;
  }
  if (
    error instanceof CodexError || error instanceof FileError ||
    error instanceof HttpError
  ) {
    return `Error: ${error.message}`;
  }
  const details = error instanceof Error ? error.stack : String(error);
  return `Error: this is a bug in codex; please report it\n${details}`;
}
