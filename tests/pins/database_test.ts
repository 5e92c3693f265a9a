/** The state database, as programs and people find it: its place and its tables. */
import assert from "node:assert/strict";
import { createPlatform } from "@/platform/deno.ts";
import { openStateDatabase } from "@/state/database.ts";

Deno.test("the state database's file, version and tables", async () => {
  const home = await Deno.makeTempDir();
  try {
    const platform = createPlatform();
    const database = await openStateDatabase({ ...platform, sqliteHome: home });
    assert.deepEqual(
      [...Deno.readDirSync(home)].map(({ name }) => name).toSorted()[0],
      "codex_deno_state.sqlite",
    );
    const [version] = database.all("PRAGMA user_version");
    assert.equal(version?.user_version, 2);
    const tables = database.all(
      "SELECT m.name AS name, group_concat(c.name, ' ') AS columns FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name ORDER BY m.name",
    );
    assert.deepEqual(tables.map(({ name, columns }) => [name, columns]), [
      [
        "device_key_bindings",
        "key_id account_user_id client_id created_ms signature",
      ],
      ["sources", "path size modified_ms"],
      [
        "threads",
        "path id is_archived created_ms updated_ms name preview cwd provider source source_kind cli_version tokens git_sha git_branch git_origin_url forked_from_id agent_nickname agent_role",
      ],
    ]);
    database.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
