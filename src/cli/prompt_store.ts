/** `history.jsonl`: prompts of all sessions, in the format of both programs. */
import type { Config } from "@/config/config.ts";
import { ensureCodexHome } from "@/config/codex_home.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import type { PromptStore } from "@/tui/ports.ts";
import {
  historyLine,
  readHistoryLines,
  trimmedHistory,
} from "@/tui/composer/history_file.ts";

/** As much of the file as is looked at: years of prompts. */
const READ_BYTES_MAX = 4 * 1024 * 1024;
const PRIVATE_FILE_MODE = 0o600;

export function createPromptStore(
  { files, clock }: Pick<Platform, "files" | "clock">,
  { codexHome, history }: Pick<Config, "codexHome" | "history">,
): PromptStore {
  const path = resolvePath(codexHome, "history.jsonl");
  return {
    async read() {
      const size = (await files.stat(path))?.size;
      if (size === undefined) return [];
      const start = Math.max(0, size - READ_BYTES_MAX);
      const bytes = await files.readRange(path, start, READ_BYTES_MAX);
      return readHistoryLines(new TextDecoder().decode(bytes))
        .map(({ text }) => text);
    },
    async add(text, threadId) {
      if (history.persistence === "none") return;
      await ensureCodexHome({ files }, codexHome);
      const file = await files.openAppend(path, PRIVATE_FILE_MODE);
      try {
        const ts = Math.floor(clock.now() / 1000);
        await file.write(historyLine({ session_id: threadId, ts, text }));
      } finally {
        file.close();
      }
      if (history.maxBytes === undefined) return;
      const size = (await files.stat(path))?.size ?? 0;
      if (size <= history.maxBytes) return;
      const kept = trimmedHistory(await files.readFile(path), history.maxBytes);
      if (kept !== undefined) await files.replaceFile(path, kept);
    },
  };
}
