/** Names people gave their threads: lines of a file that only grows; the last counts. */
import type { Clock, FileSystem } from "@/platform/platform.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import { appendText } from "./append.ts";
import { asObject, parseLine } from "./rollout_line.ts";

/** The names, the one given last at the end. */
export async function readNames(
  files: FileSystem,
  codexHome: string,
): Promise<ReadonlyMap<ThreadId, string>> {
  const text = await files.readTextIfExists(pathOf(codexHome));
  const names = new Map<ThreadId, string>();
  for (const line of (text ?? "").split("\n")) {
    const { id, thread_name: name } = asObject(parseLine(line));
    if (typeof id !== "string" || typeof name !== "string") continue;
    names.delete(id);
    names.set(id, name);
  }
  return names;
}

/** @throws FileError */
export async function appendName(
  { files, clock }: { readonly files: FileSystem; readonly clock: Clock },
  codexHome: string,
  id: ThreadId,
  name: string,
): Promise<void> {
  const updated_at = new Date(clock.now()).toISOString();
  const line = JSON.stringify({ id, thread_name: name, updated_at });
  await appendText(files, pathOf(codexHome), `${line}\n`);
}

function pathOf(codexHome: string): string {
  return `${codexHome}/session_index.jsonl`;
}
