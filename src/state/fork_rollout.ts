/**
 * A thread that begins as a copy of another: its own first line, then every line of the
 * other. The copy is complete or it is not there.
 */
import { directoryOf } from "@/platform/paths.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import { DIRECTORY_MODE, FILE_MODE } from "./append.ts";
import { readLines } from "./rollout_reader.ts";
import { encodeLine } from "./rollout_writer.ts";

/** Text that is written at once: few writes, little memory. */
const BATCH_CHARS = 1 << 20;

/** @throws FileError */
export async function forkRollout(
  { files, clock }: { readonly files: FileSystem; readonly clock: Clock },
  { from, to, meta }: {
    readonly from: string;
    readonly to: string;
    readonly meta: SessionMeta;
  },
): Promise<void> {
  await files.makeDirectory(directoryOf(to), DIRECTORY_MODE);
  // Not a name a thread's file has, so nobody takes half a copy for a thread.
  const unfinished = `${to}.fork`;
  const file = await files.openAppend(unfinished, FILE_MODE);
  try {
    let batch = encodeLine({ type: "session_meta", payload: meta }, clock);
    for await (const line of readLines(files, from)) {
      batch += `${line}\n`;
      if (batch.length < BATCH_CHARS) continue;
      await file.write(batch);
      batch = "";
    }
    await file.write(batch);
    await files.rename(unfinished, to);
  } catch (error) {
    await files.remove(unfinished).catch(() => undefined);
    throw error;
  } finally {
    file.close();
  }
}
