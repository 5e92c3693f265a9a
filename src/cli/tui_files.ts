/** Files for the terminal UI's `@`. */
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { FileMatch } from "@/tui/ports.ts";

/** @throws CodexError: not there yet */
export function searchFiles(
  _platform: Platform,
  query: string,
  _cwd: string,
  _signal: AbortSignal,
): Promise<readonly FileMatch[]> {
  return Promise.reject(
    new CodexError(
      "unsupported",
      `Cannot search for "${query}": searching files is not available in this version yet`,
    ),
  );
}
