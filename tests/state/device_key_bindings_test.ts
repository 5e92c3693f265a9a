/** Bindings in the state database, also in one an older version made. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createPlatform } from "@/platform/deno.ts";
import { DATABASE_FILE, openStateDatabase } from "@/state/database.ts";
import { addBinding, findBinding } from "@/state/device_key_bindings.ts";
import threadIndex from "@/state/migrations/0001_thread_index.sql" with {
  type: "text",
};

const BINDING = {
  keyId: "dk_osn_15YUUv72Qo5jJkUs3u9nfZsASPDllMJ-xmW5Vi31_tU",
  accountUserId: "a",
  clientId: "c",
  createdAtMs: 1_800_000_000_000,
  signature: "AA==",
};

Deno.test("a key is bound once, in a database of any age", async () => {
  const home = await Deno.makeTempDir();
  try {
    const old = new DatabaseSync(`${home}/${DATABASE_FILE}`);
    old.exec(`${threadIndex}; PRAGMA user_version = 1;
      INSERT INTO sources VALUES ('x', 1, 2)`);
    old.close();
    const open = () =>
      openStateDatabase({ ...createPlatform(), sqliteHome: home });
    const database = await open();
    assert.equal(findBinding(database, BINDING.keyId), undefined);
    addBinding(database, BINDING);
    // Nobody takes over an id by binding it again.
    assert.throws(
      () => addBinding(database, { ...BINDING, accountUserId: "other" }),
      { message: /UNIQUE constraint failed/ },
    );
    database.close();
    const again = await open();
    assert.deepEqual(findBinding(again, BINDING.keyId), BINDING);
    assert.deepEqual(
      again.all("SELECT path FROM sources").map(({ path }) => path),
      ["x"],
    );
    again.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
