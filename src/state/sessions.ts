/**
 * Where rollouts lie and how one is found: by id, by name, or the newest that fits.
 * The files are the truth; nothing here needs an index.
 */
import { baseNameOf } from "@/platform/paths.ts";
import type { FileSystem } from "@/platform/platform.ts";
import { isUuid, type ThreadId } from "@/protocol/ids.ts";
import { readLines } from "./rollout_reader.ts";

/** The path of a new thread's file; the date parts are local time. */
export function rolloutPath(
  codexHome: string,
  id: ThreadId,
  startedMs: number,
): string {
  const date = new Date(startedMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [
    date.getFullYear(),
    two(date.getMonth() + 1),
    two(date.getDate()),
  ];
  const time = [
    two(date.getHours()),
    two(date.getMinutes()),
    two(date.getSeconds()),
  ];
  return `${codexHome}/sessions/${day.join("/")}/rollout-${day.join("-")}T${
    time.join("-")
  }-${id}.jsonl`;
}

/** One stored thread, as its file's name and date tell. */
export interface SessionFile {
  readonly path: string;
  readonly id: ThreadId;
}

/** The file of a thread, archived ones left out. */
export async function findSession(
  files: FileSystem,
  codexHome: string,
  id: ThreadId,
): Promise<SessionFile | undefined> {
  const wanted = id.toLowerCase();
  for await (const session of listSessions(files, codexHome)) {
    if (session.id === wanted) return session;
  }
  return undefined;
}

export interface LatestFilter {
  readonly provider: string;
  /** Only threads last used here; undefined for any directory. */
  readonly cwd?: string;
}

/** The most recently written thread of a provider, and of a directory if one is given. */
export async function findLatest(
  files: FileSystem,
  codexHome: string,
  filter: LatestFilter,
): Promise<SessionFile | undefined> {
  const dated: {
    readonly session: SessionFile;
    readonly modifiedMs: number;
  }[] = [];
  for await (const session of listSessions(files, codexHome)) {
    const info = await files.stat(session.path);
    if (info !== undefined) {
      dated.push({ session, modifiedMs: info.modifiedMs });
    }
  }
  dated.sort((left, right) => right.modifiedMs - left.modifiedMs);
  for (const { session } of dated) {
    if (await matches(files, session, filter)) return session;
  }
  return undefined;
}

/** The thread with this name: the last one so named, within a directory if one is given. */
export async function findByName(
  files: FileSystem,
  codexHome: string,
  name: string,
  filter: LatestFilter,
): Promise<SessionFile | undefined> {
  const index = await files.readTextIfExists(
    `${codexHome}/session_index.jsonl`,
  );
  const names = new Map<ThreadId, string>();
  for (const line of (index ?? "").split("\n")) {
    const entry = parseObject(line);
    if (typeof entry.id === "string" && typeof entry.thread_name === "string") {
      names.delete(entry.id);
      names.set(entry.id, entry.thread_name);
    }
  }
  for (const [id, threadName] of [...names].reverse()) {
    if (threadName !== name) continue;
    const session = await findSession(files, codexHome, id);
    if (session !== undefined && await matches(files, session, filter)) {
      return session;
    }
  }
  return undefined;
}

/** Every stored thread, newest day first. */
async function* listSessions(
  files: FileSystem,
  codexHome: string,
): AsyncGenerator<SessionFile, void> {
  const root = `${codexHome}/sessions`;
  for (const year of await namesDescending(files, root)) {
    for (const month of await namesDescending(files, `${root}/${year}`)) {
      for (
        const day of await namesDescending(files, `${root}/${year}/${month}`)
      ) {
        const directory = `${root}/${year}/${month}/${day}`;
        for (const name of await namesDescending(files, directory)) {
          const id = threadIdOf(name);
          if (id !== undefined) yield { path: `${directory}/${name}`, id };
        }
      }
    }
  }
}

async function namesDescending(
  files: FileSystem,
  path: string,
): Promise<readonly string[]> {
  const names = (await files.readDirectory(path)).map((entry) => entry.name);
  return names.sort((left, right) => left < right ? 1 : -1);
}

function threadIdOf(fileName: string): ThreadId | undefined {
  const match = /^rollout-.*-([0-9a-f-]{36})\.jsonl$/i.exec(
    baseNameOf(fileName),
  );
  const id = match?.[1]?.toLowerCase();
  return id !== undefined && isUuid(id) ? id : undefined;
}

async function matches(
  files: FileSystem,
  session: SessionFile,
  filter: LatestFilter,
): Promise<boolean> {
  let provider: unknown;
  let cwd: unknown;
  for await (const line of readLines(files, session.path)) {
    // Parsing every line of a long thread would be slow; these two kinds say where.
    if (!line.includes('"session_meta"') && !line.includes('"turn_context"')) {
      continue;
    }
    const entry = parseObject(line);
    const payload = parseFields(entry.payload);
    if (entry.type === "session_meta") provider ??= payload.model_provider;
    if (entry.type === "session_meta" || entry.type === "turn_context") {
      cwd = payload.cwd ?? cwd;
    }
  }
  if (provider !== filter.provider) return false;
  return filter.cwd === undefined || cwd === filter.cwd;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseFields(JSON.parse(text));
  } catch {
    // A line another program is still writing tells nothing yet.
    return {};
  }
}

function parseFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
}
