/**
 * SQLite, through Deno's `node:sqlite`. Loading it costs milliseconds, so this file is
 * imported only when a database is opened.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Database, DatabaseError, type SqlRow } from "./platform.ts";

/**
 * How long a statement waits for another process before it fails. Transactions take
 * milliseconds; one that takes this long is stuck.
 */
const BUSY_TIMEOUT_MS = 5_000;

/** @throws DatabaseError when the file cannot be opened */
export function openDatabase(path: string): Database {
  const db = attempt(path, () =>
    new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    }));
  const database: Database = {
    script: (sql) => attempt(path, () => db.exec(sql)),
    run: (sql, values) =>
      void attempt(path, () => db.prepare(sql).run(...bound(values))),
    all: (sql, values) =>
      // A row has the columns its statement names; whoever wrote that knows their types.
      attempt(path, () => db.prepare(sql).all(...bound(values)) as SqlRow[]),
    transaction(act) {
      database.script("BEGIN IMMEDIATE");
      try {
        const result = act();
        database.script("COMMIT");
        return result;
      } catch (error) {
        // Some failures have rolled back already.
        if (db.isTransaction) database.script("ROLLBACK");
        throw error;
      }
    },
    close: () => db.close(),
  };
  return database;
}

function bound(
  values: readonly (string | number | null)[] = [],
): SQLInputValue[] {
  return [...values];
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(path, text, { cause: error });
  }
}
