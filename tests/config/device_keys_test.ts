/** Who may say where wrapping keys lie. */
import assert from "node:assert/strict";
import type { ConfigLayer } from "@/config/config.ts";
import { wrappingKeyStoreOf } from "@/config/device_keys.ts";

const table = { device_keys: { wrapping_key_store: "file" } };

Deno.test("wrapping keys lie in the keyring unless the user says otherwise", () => {
  const user: ConfigLayer = { kind: "user", path: "/h/config.toml", table };
  const project: ConfigLayer = {
    kind: "project",
    path: "/p/.codex/config.toml",
    table,
  };
  assert.equal(wrappingKeyStoreOf([]), "keyring");
  assert.equal(wrappingKeyStoreOf([user]), "file");
  // A repository that was trusted for its work is not trusted with this.
  assert.equal(wrappingKeyStoreOf([project]), "keyring");
  assert.equal(wrappingKeyStoreOf([user, project]), "file");
});
