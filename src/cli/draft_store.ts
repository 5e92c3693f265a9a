/**
 * What somebody was writing when their session was cut off: a file for each session,
 * renewed while it writes and gone when it ends in order.
 */
import * as v from "valibot";
import { ensureCodexHome } from "@/config/codex_home.ts";
import type { Config } from "@/config/config.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import type { DraftStore } from "@/tui/ports.ts";

const StoredDraft = v.object({
  pid: v.number(),
  cwd: v.string(),
  text: v.string(),
});

const PRIVATE_FILE_MODE = 0o600;
const PRIVATE_DIRECTORY_MODE = 0o700;

export function createDraftStore(
  { files, host }: Pick<Platform, "files" | "host">,
  { codexHome, cwd }: Pick<Config, "codexHome" | "cwd">,
): DraftStore {
  const directory = resolvePath(codexHome, "drafts");
  const own = resolvePath(directory, `${host.pid}.json`);
  let isWritten = false;
  return {
    async keep(text) {
      if (text === "") {
        if (isWritten) await files.remove(own).catch(ignoreGone);
        isWritten = false;
        return;
      }
      await ensureCodexHome({ files }, codexHome);
      await files.makeDirectory(directory, PRIVATE_DIRECTORY_MODE);
      await files.replaceFile(
        own,
        JSON.stringify({ pid: host.pid, cwd, text }),
        PRIVATE_FILE_MODE,
      );
      isWritten = true;
    },
    async takeLost() {
      const texts: string[] = [];
      for (const { name } of await files.readDirectory(directory)) {
        const path = resolvePath(directory, name);
        const draft = await readDraft(files, path);
        if (draft === undefined || draft.cwd !== cwd) continue;
        if (draft.pid !== host.pid && host.isRunning(draft.pid)) continue;
        texts.push(draft.text);
        await files.remove(path).catch(ignoreGone);
      }
      return texts;
    },
  };
}

async function readDraft(
  files: Pick<Platform["files"], "readTextIfExists">,
  path: string,
): Promise<v.InferOutput<typeof StoredDraft> | undefined> {
  try {
    const text = await files.readTextIfExists(path);
    const draft = v.safeParse(StoredDraft, JSON.parse(text ?? ""));
    return draft.success ? draft.output : undefined;
  } catch (error) {
    // Not ours, whatever it is.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function ignoreGone(_: unknown): void {
  // Another session took it at the same time.
}
