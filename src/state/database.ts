/**
 * The state database: opened once, its schema brought up to date in a transaction. The
 * index of threads in it can be made again from files; the bindings of device keys
 * cannot, and without them the keys are of no use.
 */
import {
  type Clock,
  type Database,
  DatabaseError,
  type Databases,
  type FileSystem,
} from "@/platform/platform.ts";
import { CodexError } from "@/protocol/errors.ts";
import { FILE_MODE } from "./append.ts";
import threadIndex from "./migrations/0001_thread_index.sql" with {
  type: "text",
};
import deviceKeyBindings from "./migrations/0002_device_key_bindings.sql" with {
  type: "text",
};

/** A name of our own: other versions of Codex refuse a file whose tables they did not make. */
export const DATABASE_FILE = "codex_deno_state.sqlite";

/** In order; the first brings a new database to version 1. */
const MIGRATIONS: readonly string[] = [threadIndex, deviceKeyBindings];

/** Changing the mode of a new file takes milliseconds. */
const WAL_RETRY_MS = 10;
/** As long as a statement waits for another program. */
const WAL_MS_MAX = 5_000;

export interface DatabasePorts {
  readonly files: FileSystem;
  readonly databases: Databases;
  readonly clock: Clock;
  /** The directory it lies in. */
  readonly sqliteHome: string;
}

/** @throws CodexError `storage` with what to do */
export async function openStateDatabase(
  { files, databases, clock, sqliteHome }: DatabasePorts,
): Promise<Database> {
  const path = `${sqliteHome}/${DATABASE_FILE}`;
  await files.makeDirectory(sqliteHome);
  // SQLite gives its files the mode of this one; previews are nobody else's business.
  (await files.openAppend(path, FILE_MODE)).close();
  return await explained(path, async () => {
    const database = await databases.open(path);
    try {
      await enterWal(database, clock);
      database.script("PRAGMA synchronous = NORMAL");
      database.transaction(() => migrate(database, path));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Programs that start together find a new file in the old mode, and each wants to
 * change it. SQLite lets one, and refuses the others without the wait it grants
 * statements; a moment later there is nothing left to change.
 */
async function enterWal(database: Database, clock: Clock): Promise<void> {
  const limit = clock.timeout(WAL_MS_MAX);
  while (true) {
    try {
      database.script("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      const isBusy = error instanceof DatabaseError && error.isBusy;
      if (!isBusy || limit.aborted) throw error;
    }
    // At the end of the time there is one more try, which has the last word.
    await clock.sleep(WAL_RETRY_MS, limit).catch(() => undefined);
  }
}

/** Runs what uses the database; its failures say what to do. */
export async function explained<T>(
  path: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new CodexError(
      "storage",
      `Cannot use the state database "${path}": ${error.reason}; if this stays so, delete the file: the index of threads is made again from the rollouts, device keys have to be made anew`,
      { cause: error },
    );
  }
}

function migrate(database: Database, path: string): void {
  const [row] = database.all("PRAGMA user_version");
  const version = Number(row?.user_version ?? 0);
  if (version > MIGRATIONS.length) {
    throw new CodexError(
      "storage",
      `Cannot use the state database "${path}": its schema ${version} is newer than ${MIGRATIONS.length}, the newest this version knows; update this program, or choose another place with sqlite_home`,
    );
  }
  for (const migration of MIGRATIONS.slice(version)) database.script(migration);
  database.script(`PRAGMA user_version = ${MIGRATIONS.length}`);
}
