-- Whose a device key is. The key material lies elsewhere; a row is written once, with
-- the key, and is not made again from anything.
CREATE TABLE device_key_bindings (
  key_id TEXT PRIMARY KEY,
  account_user_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  signature TEXT NOT NULL -- base64, by the key itself over the other columns
) STRICT;
