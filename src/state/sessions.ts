/**
 * Where rollouts lie and how one is found: by id, by name, or the newest that fits.
 * The files are the truth; an index only saves reading them.
 */
import { baseNameOf } from "@/platform/paths.ts";
import type { FileInfo, FileSystem } from "@/platform/platform.ts";
import { isUuid, type ThreadId } from "@/protocol/ids.ts";
import { asObject, parseLine } from "./rollout_line.ts";
import type { KnownSessions } from "./known_sessions.ts";
import { readLines } from "./rollout_reader.ts";
import { readNames } from "./thread_names.ts";

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

/** Where threads are looked for. */
export interface SearchPlaces {
  readonly files: FileSystem;
  readonly codexHome: string;
  /** What an index knows; without one the files are read. */
  readonly known?: KnownSessions | undefined;
}

export interface LatestFilter {
  readonly provider: string;
  /** Only threads last used here; undefined for any directory. */
  readonly cwd?: string;
}

/** A file that is there. */
export interface SeenFile extends SessionFile {
  readonly info: FileInfo;
}

/** Looks at files at once: asking one after the other takes several times as long. */
const LOOKS_AT_ONCE = 64;

/** What the system says of files; one that has gone since is left out. */
export async function lookAt(
  files: FileSystem,
  sessions: readonly SessionFile[],
): Promise<readonly SeenFile[]> {
  const seen: SeenFile[] = [];
  for (let start = 0; start < sessions.length; start += LOOKS_AT_ONCE) {
    const some = sessions.slice(start, start + LOOKS_AT_ONCE);
    const looks = await Promise.all(some.map(async (session) => ({
      ...session,
      info: await files.stat(session.path),
    })));
    for (const { info, ...session } of looks) {
      if (info !== undefined) seen.push({ ...session, info });
    }
  }
  return seen;
}

/** The most recently written thread of a provider, and of a directory if one is given. */
export async function findLatest(
  places: SearchPlaces,
  filter: LatestFilter,
): Promise<SessionFile | undefined> {
  const { files, codexHome } = places;
  const sessions = await Array.fromAsync(listSessions(files, codexHome));
  const dated = (await lookAt(files, sessions)).toSorted((left, right) =>
    right.info.modifiedMs - left.info.modifiedMs
  );
  for (const session of dated) {
    if (await matches(places, session, filter)) return session;
  }
  return undefined;
}

/** The thread with this name: the last one so named, within a directory if one is given. */
export async function findByName(
  places: SearchPlaces,
  name: string,
  filter: LatestFilter,
): Promise<SessionFile | undefined> {
  const { files, codexHome } = places;
  const names = await readNames(files, codexHome);
  for (const [id, threadName] of [...names].reverse()) {
    if (threadName !== name) continue;
    const session = await findSession(files, codexHome, id);
    const [seen] = session === undefined ? [] : await lookAt(files, [session]);
    if (seen !== undefined && await matches(places, seen, filter)) return seen;
  }
  return undefined;
}

/** The file of an archived thread. */
export async function findArchived(
  files: FileSystem,
  codexHome: string,
  id: ThreadId,
): Promise<SessionFile | undefined> {
  const wanted = id.toLowerCase();
  for await (const session of listArchived(files, codexHome)) {
    if (session.id === wanted) return session;
  }
  return undefined;
}

/** Where a thread's file lies once it is archived. */
export function archivedPath(codexHome: string, path: string): string {
  return `${codexHome}/archived_sessions/${baseNameOf(path)}`;
}

/** Where an archived file came from; undefined when its name does not tell a day. */
export function unarchivedPath(
  codexHome: string,
  path: string,
): string | undefined {
  const name = baseNameOf(path);
  const match = /^rollout-(\d{4})-(\d{2})-(\d{2})T/.exec(name);
  return match === null
    ? undefined
    : `${codexHome}/sessions/${match.slice(1).join("/")}/${name}`;
}

/** Every archived thread, newest first. */
export async function* listArchived(
  files: FileSystem,
  codexHome: string,
): AsyncGenerator<SessionFile, void> {
  const directory = `${codexHome}/archived_sessions`;
  for (const name of await namesDescending(files, directory)) {
    const id = threadIdOf(name);
    if (id !== undefined) yield { path: `${directory}/${name}`, id };
  }
}

/** Every stored thread that is not archived, newest day first. */
export async function* listSessions(
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
  { files, known }: SearchPlaces,
  session: SeenFile,
  filter: LatestFilter,
): Promise<boolean> {
  const { provider, cwd } = known?.factsOf(session) ??
    await readFacts(files, session);
  if (provider !== filter.provider) return false;
  return filter.cwd === undefined || cwd === filter.cwd;
}

async function readFacts(
  files: FileSystem,
  session: SessionFile,
): Promise<{ readonly provider: unknown; readonly cwd: unknown }> {
  let provider: unknown;
  let cwd: unknown;
  for await (const line of readLines(files, session.path)) {
    // Parsing every line of a long thread would be slow; these two kinds say where.
    if (!line.includes('"session_meta"') && !line.includes('"turn_context"')) {
      continue;
    }
    const entry = parseLine(line) ?? {};
    const payload = asObject(entry.payload);
    if (entry.type === "session_meta") provider ??= payload.model_provider;
    if (entry.type === "session_meta" || entry.type === "turn_context") {
      cwd = payload.cwd ?? cwd;
    }
  }
  return { provider, cwd };
}
