/** Lists of stored threads, answered by the index in the state database. */
import type { Database } from "@/platform/platform.ts";
import type { ThreadPage, ThreadQuery } from "@/protocol/stored_threads.ts";
import {
  DATABASE_FILE,
  type DatabasePorts,
  explained,
  openStateDatabase,
} from "./database.ts";
import { type IndexPorts, recordOf, refreshIndex } from "./thread_index.ts";
import { listStatement } from "./thread_query.ts";

export type ListPorts = IndexPorts & DatabasePorts;

/** @throws CodexError `storage` */
export async function openThreadLists(ports: ListPorts): Promise<ThreadLists> {
  return new ThreadLists(ports, await openStateDatabase(ports));
}

export class ThreadLists {
  readonly #ports: ListPorts;
  readonly #database: Database;

  constructor(ports: ListPorts, database: Database) {
    this.#ports = ports;
    this.#database = database;
  }

  close(): void {
    this.#database.close();
  }

  /** @throws CodexError `storage`, FileError, or the signal's reason */
  async list(query: ThreadQuery, signal: AbortSignal): Promise<ThreadPage> {
    const { sqliteHome, codexHome } = this.#ports;
    return await explained(`${sqliteHome}/${DATABASE_FILE}`, async () => {
      if (query.isFresh) {
        await refreshIndex(this.#ports, this.#database, signal);
      }
      const { sql, values } = listStatement(query);
      const rows = this.#database.all(sql, values);
      return {
        threads: rows.slice(0, query.limit)
          .map((row) => recordOf(codexHome, row)),
        isMore: rows.length > query.limit,
      };
    });
  }
}
