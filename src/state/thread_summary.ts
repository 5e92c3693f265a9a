/** What lists say of a stored thread, read out of its rollout line by line. */
import type { FileSystem } from "@/platform/platform.ts";
import type { SessionMeta } from "@/protocol/rollout.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { asObject, parseLine } from "./rollout_line.ts";
import { readLines } from "./rollout_reader.ts";
import { mergeMeta } from "./session_meta.ts";

export interface ThreadSummary {
  /** Without its name, which is kept elsewhere. */
  readonly record: ThreadRecord;
  readonly tokens: number;
}

/** The kinds of line that tell; parsing every line of a long thread would be slow. */
const TELLING = /"(?:session_meta|turn_context|user_message|token_count)"/;

/**
 * Undefined for a file that is not there or has no readable first line.
 *
 * @throws FileError
 */
export async function summarize(
  files: FileSystem,
  path: string,
): Promise<ThreadSummary | undefined> {
  const info = await files.stat(path);
  if (info === undefined) return undefined;
  const summary = new Summary();
  for await (const line of readLines(files, path)) {
    if (TELLING.test(line)) summary.take(line);
  }
  return summary.result(path, info.modifiedMs);
}

class Summary {
  #meta: SessionMeta | undefined;
  #cwd: string | undefined;
  #preview = "";
  #tokens = 0;

  take(line: string): void {
    const { type, payload } = parseLine(line) ?? {};
    const fields = asObject(payload);
    if (type === "session_meta") this.#meta = mergeMeta(this.#meta, fields);
    if (type === "turn_context" && typeof fields.cwd === "string") {
      this.#cwd = fields.cwd;
    }
    if (type === "event_msg") this.#event(fields);
  }

  result(path: string, modifiedMs: number): ThreadSummary | undefined {
    const meta = this.#meta;
    if (meta === undefined) return undefined;
    const createdAtMs = Date.parse(meta.timestamp);
    const { git } = meta;
    return {
      tokens: this.#tokens,
      record: {
        id: meta.id,
        preview: this.#preview,
        cwd: this.#cwd ?? meta.cwd,
        modelProvider: meta.model_provider,
        createdAtMs: Number.isNaN(createdAtMs) ? modifiedMs : createdAtMs,
        updatedAtMs: modifiedMs,
        path,
        cliVersion: meta.cli_version,
        source: meta.source,
        ...(git == null ? {} : {
          git: {
            ...(git.commit_hash == null ? {} : { sha: git.commit_hash }),
            ...(git.branch == null ? {} : { branch: git.branch }),
            ...(git.repository_url == null
              ? {}
              : { originUrl: git.repository_url }),
          },
        }),
        ...(meta.forked_from_id == null
          ? {}
          : { forkedFromId: meta.forked_from_id }),
        ...(meta.agent_nickname == null
          ? {}
          : { agentNickname: meta.agent_nickname }),
        ...(meta.agent_role == null ? {} : { agentRole: meta.agent_role }),
      },
    };
  }

  #event(event: Readonly<Record<string, unknown>>): void {
    if (event.type === "user_message" && this.#preview === "") {
      this.#preview = typeof event.message === "string" ? event.message : "";
    }
    if (event.type !== "token_count") return;
    const total = asObject(asObject(event.info).total_token_usage).total_tokens;
    if (typeof total === "number") this.#tokens = total;
  }
}
