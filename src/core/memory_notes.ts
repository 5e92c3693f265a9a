/**
 * Writes notes for later sessions when a thread ends, if the user asked for that: one
 * more question to the model, and one file that only the agent writes. A session that
 * was told things by others (the web, MCP servers) leaves none unless the user says so,
 * because what it was told would then steer sessions to come.
 */
import type { Config } from "@/config/config.ts";
import type { ModelClient, ModelRequest } from "@/model/model.ts";
import { resolvePath } from "@/platform/paths.ts";
import type { Platform } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadId, TurnId } from "@/protocol/ids.ts";
import {
  messageText,
  type ResponseItem,
  textMessage,
} from "@/protocol/response_items.ts";
import { redactSecrets } from "@/text/redact.ts";
import { truncateMiddle } from "@/text/truncate.ts";
import { pairCalls } from "./history.ts";
import { memoriesDirectory, NOTES_DIRECTORY } from "./memories.ts";
import prompt from "./prompts/memory_notes.md" with { type: "text" };
import type { CompletedTurn, TurnNotice } from "./turn_notice.ts";

/** How long the end of a session may wait for its notes. */
const TIMEOUT_MS = 60_000;
/** Ten lines; more is no note. */
const NOTE_BYTES_MAX = 4_096;

export interface NotePorts {
  readonly platform: Pick<Platform, "files" | "clock" | "log">;
  readonly config: Pick<Config, "codexHome" | "memories">;
  readonly model: ModelClient;
  readonly threadId: ThreadId;
  /** The user may have changed their mind about this one thread. */
  isWanted(): boolean;
  history(): readonly ResponseItem[];
  /** A request without tools. */
  request(turnId: TurnId, input: readonly ResponseItem[]): ModelRequest;
}

export class MemoryNotes implements TurnNotice {
  readonly #ports: NotePorts;
  #last: CompletedTurn | undefined;

  constructor(ports: NotePorts) {
    this.#ports = ports;
  }

  async tell(turn: CompletedTurn): Promise<void> {
    this.#last = turn;
  }

  async close(): Promise<void> {
    const { platform, config } = this.#ports;
    const turn = this.#last;
    const history = this.#ports.history();
    if (turn === undefined || !isTurnLast(history)) return;
    if (!this.#ports.isWanted()) return;
    if (config.memories.skipsExternalContext && hasExternalContext(history)) {
      return;
    }
    try {
      const note = await this.#ask(turn, platform.clock.timeout(TIMEOUT_MS));
      if (note !== undefined) await this.#write(turn, note);
    } catch (error) {
      // The session itself went well; only its notes are missing.
      const reason = error instanceof Error ? error.message : String(error);
      platform.log.error(
        "codex::memories",
        () => `no notes were kept of this session: ${reason}`,
      );
    }
  }

  async #ask(
    { turnId }: CompletedTurn,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { model, history, request } = this.#ports;
    const input = [...pairCalls(history()), textMessage("user", prompt.trim())];
    let text = "";
    for await (const event of model.stream(request(turnId, input), signal)) {
      if (event.type !== "itemDone" || event.item.type !== "message") continue;
      if (event.item.role === "assistant") text = messageText(event.item);
    }
    const note = redactSecrets(text.trim());
    return note === "" || /^NOTHING\b/.test(note)
      ? undefined
      : truncateMiddle(note, { unit: "bytes", max: NOTE_BYTES_MAX });
  }

  async #write({ cwd }: CompletedTurn, note: string): Promise<void> {
    const { files, clock } = this.#ports.platform;
    const directory = memoriesDirectory(this.#ports.config.codexHome);
    const notes = resolvePath(directory, NOTES_DIRECTORY);
    for (const path of [directory, notes]) {
      if (!(await files.lstat(path))?.isSymlink) continue;
      throw new CodexError(
        "storage",
        `"${path}" is a link; notes are only written into CODEX_HOME itself`,
      );
    }
    const time = new Date(clock.now()).toISOString();
    const name = `${
      time.slice(0, 19).replaceAll(":", "-")
    }-${this.#ports.threadId}.md`;
    await files.makeDirectory(notes, 0o700);
    await files.replaceFile(
      resolvePath(notes, name),
      `## ${time.slice(0, 10)}, in ${cwd}\n\n${note}\n`,
      0o600,
    );
  }
}

/** A turn that was stopped or failed after the last completed one is no end. */
function isTurnLast(history: readonly ResponseItem[]): boolean {
  const last = history.at(-1);
  return last?.type === "message" && last.role === "assistant";
}

function hasExternalContext(history: readonly ResponseItem[]): boolean {
  return history.some((item) =>
    item.type === "web_search_call" ||
    (item.type === "function_call" && item.namespace !== undefined)
  );
}
