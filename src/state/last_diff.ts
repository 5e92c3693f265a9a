/** What a stored thread changed last. */
import type { FileSystem } from "@/platform/platform.ts";
import { readLines } from "./rollout_reader.ts";

/** The diff of the last turn that changed something; undefined when none did. */
export async function readLastDiff(
  files: FileSystem,
  path: string,
): Promise<string | undefined> {
  let diff: string | undefined;
  for await (const line of readLines(files, path)) {
    // Parsing every line of a long thread would be slow.
    if (line.includes('"turn_diff"')) diff = diffOf(line) ?? diff;
  }
  return diff;
}

function diffOf(line: string): string | undefined {
  try {
    const { type, payload } = JSON.parse(line);
    if (type !== "event_msg" || payload?.type !== "turn_diff") return undefined;
    const diff: unknown = payload.unified_diff;
    return typeof diff === "string" ? diff : undefined;
  } catch {
    // A half-written line tells nothing.
    return undefined;
  }
}
