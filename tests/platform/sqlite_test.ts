/** SQLite behind the platform's interface. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { DatabaseError } from "@/platform/platform.ts";

const { databases } = createPlatform();

async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(`${directory}/db.sqlite`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what a transaction did is there as a whole or not at all", () =>
  withFile(async (path) => {
    const database = await databases.open(path);
    database.script("CREATE TABLE t (a TEXT, b INTEGER) STRICT");
    database.transaction(() =>
      database.run("INSERT INTO t VALUES (?, ?)", ["x", 1])
    );
    assert.throws(
      () =>
        database.transaction(() => {
          database.run("INSERT INTO t VALUES (?, ?)", ["y", null]);
          database.run("INSERT INTO nowhere VALUES (1)");
        }),
      DatabaseError,
    );
    assert.deepEqual(
      database.all("SELECT a, b FROM t").map((row) => ({
        ...row,
      })),
      [{ a: "x", b: 1 }],
    );
    database.close();
  }));

Deno.test("a database that cannot be opened says which and why", () =>
  withFile(async (path) => {
    await assert.rejects(
      databases.open(`${path}/under/a/file`),
      (error) =>
        error instanceof DatabaseError &&
        error.reason.startsWith("unable to open database file") &&
        error.path === `${path}/under/a/file`,
    );
  }));
