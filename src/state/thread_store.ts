/**
 * The stored threads of a `CODEX_HOME`: found, read and changed as files, with nothing
 * running. The rollout is the truth about a thread; its name lies in a file of names.
 */
import { directoryOf } from "@/platform/paths.ts";
import {
  type Clock,
  type Databases,
  FileError,
  type FileSystem,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { RolloutEntry, SessionMeta } from "@/protocol/rollout.ts";
import type {
  GitChange,
  StoredTurn,
  ThreadStore,
} from "@/protocol/stored_threads.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { appendText, DIRECTORY_MODE } from "./append.ts";
import { parseLine } from "./rollout_line.ts";
import { readLines, readRollout } from "./rollout_reader.ts";
import { encodeLine } from "./rollout_writer.ts";
import {
  archivedPath,
  findArchived,
  findSession,
  unarchivedPath,
} from "./sessions.ts";
import type { ThreadLists } from "./thread_lists.ts";
import { appendName, readNames } from "./thread_names.ts";
import { summarize } from "./thread_summary.ts";
import { TurnFold } from "./turn_fold.ts";

export interface StorePorts {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly databases: Databases;
  readonly codexHome: string;
  /** Where the state database lies. */
  readonly sqliteHome: string;
}

export function createThreadStore(ports: StorePorts): ThreadStore {
  const { files, codexHome } = ports;
  let index: Promise<ThreadLists> | undefined;
  return {
    find: (id) => attempt(`read thread ${id}`, () => find(ports, id)),
    turns: (id) =>
      attempt(`read the turns of thread ${id}`, async () => {
        const path = await pathOf(ports, id);
        return path === undefined ? undefined : await readTurns(files, path);
      }),
    list: (query, signal) =>
      attempt("list threads", async () => {
        // Only who lists threads needs a database, and pays for loading SQLite.
        index ??= import("./thread_lists.ts").then(({ openThreadLists }) =>
          openThreadLists(ports)
        );
        const opened = await index.catch((error: unknown) => {
          // The next one who asks may find it mended.
          index = undefined;
          throw error;
        });
        return await opened.list(query, signal);
      }),
    rename: (id, name) =>
      attempt(
        `name thread ${id}`,
        () => appendName(ports, codexHome, id, name),
      ),
    changeGit: (id, change) =>
      attempt(
        `change thread ${id}`,
        () =>
          changeMeta(
            ports,
            id,
            ({ git }) => ({ git: changedGit(git, change) }),
          ),
      ),
    setMemoryMode: (id, mode) =>
      attempt(
        `change thread ${id}`,
        () => changeMeta(ports, id, () => ({ memory_mode: mode })),
      ),
    archive: (id) =>
      attempt(`archive thread ${id}`, async () => {
        const session = await findSession(files, codexHome, id);
        if (session === undefined) throw notFound("rollout", id);
        await move(files, session.path, archivedPath(codexHome, session.path));
      }),
    unarchive: (id) =>
      attempt(`unarchive thread ${id}`, async () => {
        const session = await findArchived(files, codexHome, id);
        const to = session && unarchivedPath(codexHome, session.path);
        if (session === undefined || to === undefined) {
          throw notFound("archived rollout", id);
        }
        await move(files, session.path, to);
      }),
    async close() {
      // An index that could not be opened has been told of, and is not open.
      (await index?.catch(() => undefined))?.close();
    },
  };
}

async function find(
  ports: StorePorts,
  id: ThreadId,
): Promise<ThreadRecord | undefined> {
  const path = await pathOf(ports, id);
  const summary = path && await summarize(ports.files, path);
  if (!summary) return undefined;
  const name = (await readNames(ports.files, ports.codexHome)).get(id);
  return name === undefined ? summary.record : { ...summary.record, name };
}

async function pathOf(
  { files, codexHome }: StorePorts,
  id: ThreadId,
): Promise<string | undefined> {
  const session = await findSession(files, codexHome, id) ??
    await findArchived(files, codexHome, id);
  return session?.path;
}

async function readTurns(
  files: FileSystem,
  path: string,
): Promise<readonly StoredTurn[]> {
  const fold = new TurnFold();
  for await (const line of readLines(files, path)) {
    // Messages can be huge, and are told by events as well.
    if (!/"event_msg"|_call|"turn_context"|"session_meta"/.test(line)) continue;
    const parsed = parseLine(line);
    if (parsed !== undefined) fold.take(parsed);
  }
  return fold.turns();
}

/** A later line about a thread changes what its first line says. */
async function changeMeta(
  ports: StorePorts,
  id: ThreadId,
  change: (meta: SessionMeta) => Partial<SessionMeta>,
): Promise<void> {
  const path = await pathOf(ports, id);
  const stored = path && await readRollout(ports.files, path);
  if (!path || !stored) throw notFound("rollout", id);
  const { meta } = stored;
  const entry: RolloutEntry = {
    type: "session_meta",
    payload: { ...meta, ...change(meta) },
  };
  await appendText(ports.files, path, encodeLine(entry, ports.clock));
}

function changedGit(
  git: SessionMeta["git"],
  { sha, branch, originUrl }: GitChange,
): NonNullable<SessionMeta["git"]> {
  const pick = (changed: string | null | undefined, old: string | undefined) =>
    changed === undefined ? old : changed ?? undefined;
  const commit = pick(sha, git?.commit_hash);
  const name = pick(branch, git?.branch);
  const url = pick(originUrl, git?.repository_url);
  return {
    ...(commit === undefined ? {} : { commit_hash: commit }),
    ...(name === undefined ? {} : { branch: name }),
    ...(url === undefined ? {} : { repository_url: url }),
  };
}

/** Moves a file to where nothing is; a thread must never replace another. */
async function move(
  files: FileSystem,
  from: string,
  to: string,
): Promise<void> {
  await files.makeDirectory(directoryOf(to), DIRECTORY_MODE);
  if (await files.lstat(to) !== undefined) {
    throw new FileError("exists", to, `"${to}" exists already`);
  }
  await files.rename(from, to);
}

function notFound(what: string, id: ThreadId): CodexError {
  return new CodexError("not_found", `no ${what} found for thread id ${id}`);
}

async function attempt<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CodexError("storage", `Cannot ${what}: ${error.message}`, {
      cause: error,
    });
  }
}
