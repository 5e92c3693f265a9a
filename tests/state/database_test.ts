/** The state database when another program is at work on it. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createPlatform } from "@/platform/deno.ts";
import { DATABASE_FILE, openStateDatabase } from "@/state/database.ts";

Deno.test("a database another program is making is waited for", async () => {
  const home = await Deno.makeTempDir();
  try {
    const platform = createPlatform();
    const other = new DatabaseSync(`${home}/${DATABASE_FILE}`);
    other.exec("BEGIN IMMEDIATE; CREATE TABLE theirs (x)");
    // SQLite refuses to change its mode now, at once and whatever its patience.
    const opening = openStateDatabase({
      ...platform,
      clock: {
        ...platform.clock,
        async sleep() {
          if (other.isTransaction) other.exec("COMMIT");
        },
      },
      sqliteHome: home,
    });
    const database = await opening;
    const [mode] = database.all("PRAGMA journal_mode");
    assert.equal(mode?.journal_mode, "wal");
    database.close();
    other.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("a database that stays locked is told of, not waited for without end", async () => {
  const home = await Deno.makeTempDir();
  try {
    const platform = createPlatform();
    const other = new DatabaseSync(`${home}/${DATABASE_FILE}`);
    other.exec("BEGIN IMMEDIATE; CREATE TABLE theirs (x)");
    const opening = openStateDatabase({
      ...platform,
      clock: { ...platform.clock, timeout: () => AbortSignal.abort() },
      sqliteHome: home,
    });
    await assert.rejects(opening, { message: /: database is locked; if/ });
    other.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
