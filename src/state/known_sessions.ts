/**
 * What the index of threads knows of a rollout, for those who would have to read all of
 * it. An index that is not there, is behind or cannot be used knows nothing, which is
 * never an error: the file has the answer.
 */
import { type Database, DatabaseError } from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import {
  DATABASE_FILE,
  type DatabasePorts,
  openStateDatabase,
} from "./database.ts";
import type { SeenFile } from "./sessions.ts";

/** Where a thread belongs. */
export interface SessionFacts {
  readonly provider: string;
  /** The directory it was in last. */
  readonly cwd: string;
}

export interface KnownSessions {
  /** Undefined when the file is not as it was when it was read. */
  factsOf(file: SeenFile): SessionFacts | undefined;
  close(): void;
}

/** The index, if there is one that can be used. Makes none. */
export async function openKnownSessions(
  ports: DatabasePorts,
  codexHome: string,
): Promise<KnownSessions | undefined> {
  const path = `${ports.sqliteHome}/${DATABASE_FILE}`;
  if (await ports.files.stat(path) === undefined) return undefined;
  try {
    return knownSessions(await openStateDatabase(ports), codexHome);
  } catch (error) {
    if (isUnusable(error)) return undefined;
    throw error;
  }
}

function knownSessions(database: Database, codexHome: string): KnownSessions {
  return {
    factsOf({ path, info }) {
      try {
        const [row] = database.all(
          "SELECT t.provider, t.cwd FROM threads t JOIN sources s USING (path) WHERE path = ? AND s.size = ? AND s.modified_ms = ?",
          [path.slice(codexHome.length + 1), info.size, info.modifiedMs],
        );
        return row && { provider: String(row.provider), cwd: String(row.cwd) };
      } catch (error) {
        if (isUnusable(error)) return undefined;
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function isUnusable(error: unknown): boolean {
  return error instanceof DatabaseError ||
    (error instanceof CodexError && error.code === "storage");
}
