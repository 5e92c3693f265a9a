/**
 * Adds whole lines to a file that only grows. Other processes may add to it at the
 * same time: each addition is one write at the end.
 */
import { directoryOf } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";

/** Conversations hold source code and secrets: only their owner may read them. */
export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;

/** @throws FileError */
export async function appendText(
  files: FileSystem,
  path: string,
  lines: string,
): Promise<void> {
  await files.makeDirectory(directoryOf(path), DIRECTORY_MODE);
  const file = await files.openAppend(path, FILE_MODE);
  try {
    await file.write(await separator(files, path) + lines);
  } finally {
    file.close();
  }
}

/** What makes the next line one of its own when the file ends in half a line. */
export async function separator(
  files: FileSystem,
  path: string,
): Promise<string> {
  const size = (await files.stat(path))?.size ?? 0;
  if (size === 0) return "";
  const last = await files.readRange(path, size - 1, 1);
  return last[0] === 0x0a ? "" : "\n";
}
