/**
 * Writes a thread's rollout: append-only, one complete line at a time, made at the
 * first line and not before. A line is in the file when `append` resolves, so a
 * killed process loses nothing it had shown.
 */
import { directoryOf } from "@/platform/paths.ts";
import {
  type AppendFile,
  type Clock,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { encodeResponseItem } from "@/protocol/response_items.ts";
import type { RolloutEntry } from "@/protocol/rollout.ts";
import { DIRECTORY_MODE, FILE_MODE, separator } from "./append.ts";

/** Where the lines of a thread go. */
export interface RolloutWriter {
  /** The file's path; undefined when the thread is not kept. */
  readonly path: string | undefined;
  /** @throws CodexError `storage` when the disk refuses */
  append(entries: readonly RolloutEntry[]): Promise<void>;
  close(): void;
}

/** A writer to the file at `path`, which may exist (resume) or not. */
export function createRolloutWriter(
  ports: { readonly files: FileSystem; readonly clock: Clock },
  path: string,
): RolloutWriter {
  let file: AppendFile | undefined;
  // A crash, or a full disk, can leave half a line: the next one starts on its own.
  let mayEndInHalfLine = true;
  return {
    path,
    async append(entries) {
      try {
        file ??= await openForAppending(ports.files, path);
        const prefix = mayEndInHalfLine
          ? await separator(ports.files, path)
          : "";
        mayEndInHalfLine = true;
        await file.write(
          prefix +
            entries.map((entry) => encodeLine(entry, ports.clock)).join(""),
        );
        mayEndInHalfLine = false;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        throw new CodexError(
          "storage",
          `Cannot save the thread to "${path}": ${error.osText}; what was saved before can be resumed`,
          { cause: error },
        );
      }
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}

/** A writer that keeps nothing, for ephemeral threads. */
export const ephemeralWriter: RolloutWriter = {
  path: undefined,
  append: () => Promise.resolve(),
  close() {},
};

/** One line of the file, with its line feed. */
export function encodeLine(entry: RolloutEntry, clock: Clock): string {
  const timestamp = new Date(clock.now()).toISOString();
  return `${
    JSON.stringify({
      timestamp,
      type: entry.type,
      payload: encodePayload(entry),
    })
  }\n`;
}

function encodePayload(entry: RolloutEntry): unknown {
  switch (entry.type) {
    case "response_item":
      return encodeResponseItem(entry.payload);
    case "compacted":
      return {
        message: entry.payload.message,
        replacement_history: entry.payload.replacement_history.map(
          encodeResponseItem,
        ),
      };
    default:
      return entry.payload;
  }
}

async function openForAppending(
  files: FileSystem,
  path: string,
): Promise<AppendFile> {
  await files.makeDirectory(directoryOf(path), DIRECTORY_MODE);
  return await files.openAppend(path, FILE_MODE);
}
