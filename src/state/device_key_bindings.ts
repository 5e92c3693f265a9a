/** The rows of `device_key_bindings`, by key id. Nothing changes one. */
import type { Database } from "@/platform/platform.ts";
import type { DeviceKeyBinding } from "@/protocol/device_keys.ts";

export function findBinding(
  database: Database,
  keyId: string,
): DeviceKeyBinding | undefined {
  const [row] = database.all(
    "SELECT * FROM device_key_bindings WHERE key_id = ?",
    [keyId],
  );
  return row && {
    keyId: String(row.key_id),
    accountUserId: String(row.account_user_id),
    clientId: String(row.client_id),
    createdAtMs: Number(row.created_ms),
    signature: String(row.signature),
  };
}

/** @throws DatabaseError when the key is bound already */
export function addBinding(
  database: Database,
  { keyId, accountUserId, clientId, createdAtMs, signature }: DeviceKeyBinding,
): void {
  database.run(
    "INSERT INTO device_key_bindings (key_id, account_user_id, client_id, created_ms, signature) VALUES (?, ?, ?, ?, ?)",
    [keyId, accountUserId, clientId, createdAtMs, signature],
  );
}
