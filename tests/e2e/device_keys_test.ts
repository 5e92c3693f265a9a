/** Device keys over the real app-server, with the wrapping key in a file. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { startAppClient } from "@test/support/app_client.ts";
import { startAppListener } from "@test/support/app_listener.ts";
import { makeWorkspace, type Workspace } from "@test/support/codex.ts";
import {
  connectionPayload,
  enrollmentPayload,
  hasProgram,
  opensslVerifies,
  OWNER,
} from "@test/support/device_keys.ts";

const IN_FILE = `device_keys.wrapping_key_store = "file"`;
const OS_PROTECTED = "allow_os_protected_nonextractable" as const;
const UNKNOWN = "dk_osn_15YUUv72Qo5jJkUs3u9nfZsASPDllMJ-xmW5Vi31_tU";

const hasTpm = new Deno.Command("test", { args: ["-e", "/dev/tpmrm0"] })
  .outputSync().success;
const hasOpenssl = await hasProgram("openssl");
const capabilities = { experimentalApi: true };

async function makeKey(
  workspace: Workspace,
  owner = OWNER,
): Promise<{ keyId: string; publicKeySpkiDerBase64: string }> {
  await using client = await startAppClient(workspace, { capabilities });
  return await client.request("device/key/create", {
    ...owner,
    protectionPolicy: OS_PROTECTED,
  });
}

function fileOf({ home }: Workspace, keyId: string): string {
  return `${home}/device_keys/${keyId}.json`;
}

Deno.test("a key is made, shown and signed with, and outlives the process", async () => {
  await using workspace = await makeWorkspace(undefined, IN_FILE);
  const made = await makeKey(workspace);
  assert.match(made.keyId, /^dk_osn_[A-Za-z0-9_-]{43}$/);
  await using client = await startAppClient(workspace, { capabilities });
  const shown = await client.request("device/key/public", {
    keyId: made.keyId,
  });
  assert.deepEqual(shown, made);
  assert.deepEqual(
    { ...shown, keyId: "", publicKeySpkiDerBase64: "" },
    {
      algorithm: "ecdsa_p256_sha256",
      keyId: "",
      protectionClass: "os_protected_nonextractable",
      publicKeySpkiDerBase64: "",
    },
  );
  const payload = connectionPayload();
  const signed = await client.request("device/key/sign", {
    keyId: made.keyId,
    payload,
  });
  assert.equal(signed.algorithm, "ecdsa_p256_sha256");
  // The order of names is the point: whoever checks makes the same bytes.
  assert.equal(
    new TextDecoder().decode(
      Uint8Array.fromBase64(signed.signedPayloadBase64),
    ),
    `{"domain":"codex-device-key-sign-payload/v1","payload":{"accountUserId":"account-user-1","audience":"remote_control_client_websocket","clientId":"cli_123","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","scopes":["remote_control_controller_websocket"],"sessionId":"wssess_123","targetOrigin":"https://chatgpt.com","targetPath":"/api/codex/remote/control/client","tokenExpiresAt":${payload.tokenExpiresAt},"tokenSha256Base64url":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","type":"remoteControlClientConnection"}}`,
  );
  const files = [...Deno.readDirSync(`${workspace.home}/device_keys`)];
  for (const { name } of files) {
    const { mode } = await Deno.lstat(`${workspace.home}/device_keys/${name}`);
    assert.equal((mode ?? 0) & 0o777, 0o600, name);
  }
  const { mode } = await Deno.lstat(`${workspace.home}/device_keys`);
  assert.equal((mode ?? 0) & 0o777, 0o700);
});

Deno.test({
  name: "openssl agrees with the signatures" +
    (hasOpenssl ? "" : " (skipped: needs openssl)"),
  ignore: !hasOpenssl,
  async fn() {
    await using workspace = await makeWorkspace(undefined, IN_FILE);
    await using client = await startAppClient(workspace, { capabilities });
    const { keyId, publicKeySpkiDerBase64 } = await client.request(
      "device/key/create",
      { ...OWNER, protectionPolicy: OS_PROTECTED },
    );
    for (const payload of [connectionPayload(), enrollmentPayload()]) {
      const signed = await client.request("device/key/sign", {
        keyId,
        payload,
      });
      assert.equal(
        await opensslVerifies(publicKeySpkiDerBase64, signed),
        "Signature Verified Successfully",
      );
      const other = btoa(`${atob(signed.signedPayloadBase64)} `);
      assert.match(
        await opensslVerifies(publicKeySpkiDerBase64, {
          ...signed,
          signedPayloadBase64: other,
        }),
        /Failure/,
      );
    }
  },
});

Deno.test("what the reference refuses is refused in its words", async () => {
  await using workspace = await makeWorkspace();
  await using client = await startAppClient(workspace, { capabilities });
  const invalid = (what: string) => `invalid device key payload: ${what}`;
  const idShape = invalid(
    "keyId must be dk_hse_, dk_tpm_, or dk_osn_ followed by unpadded base64url-encoded 32 bytes",
  );
  const cases: readonly (readonly [string, unknown, string])[] = [
    [
      "create",
      { accountUserId: "", clientId: "cli_1" },
      invalid(
        "accountUserId must not be empty",
      ),
    ],
    [
      "create",
      { accountUserId: "a", clientId: "" },
      invalid(
        "clientId must not be empty",
      ),
    ],
    [
      "create",
      { accountUserId: "a", clientId: "b", protectionPolicy: "bogus" },
      "Invalid request: unknown variant `bogus`, expected `hardware_only` or `allow_os_protected_nonextractable`",
    ],
    ["public", { keyId: UNKNOWN }, "device key not found"],
    ["public", { keyId: "foo" }, idShape],
    ["public", { keyId: "dk_tpm_short" }, idShape],
    // The last letter holds bits no byte has.
    ["public", { keyId: UNKNOWN.replace(/U$/, "V") }, idShape],
    [
      "sign",
      { keyId: UNKNOWN, payload: connectionPayload() },
      "device key not found",
    ],
    // The shape of the id comes first, then the payload, then the key.
    [
      "sign",
      { keyId: "foo", payload: connectionPayload({ nonce: "AA" }) },
      idShape,
    ],
    [
      "sign",
      { keyId: UNKNOWN, payload: connectionPayload({ nonce: "AA" }) },
      invalid(
        "nonce must be at least 32 random bytes encoded as unpadded base64url",
      ),
    ],
  ];
  for (const [method, params, message] of cases) {
    assert.deepEqual(
      await client.refused(`device/key/${method}`, params),
      { code: -32600, message },
    );
  }
});

Deno.test("a key is of use to its account and its client only", async () => {
  await using workspace = await makeWorkspace(undefined, IN_FILE);
  const { keyId } = await makeKey(workspace);
  await using client = await startAppClient(workspace, { capabilities });
  for (const other of [{ accountUserId: "other" }, { clientId: "other" }]) {
    assert.deepEqual(
      await client.refused("device/key/sign", {
        keyId,
        payload: connectionPayload(other),
      }),
      {
        code: -32600,
        message:
          "invalid device key payload: payload accountUserId/clientId does not match device key binding",
      },
    );
  }
});

Deno.test({
  name:
    "without hardware a key in hardware is refused in the reference's words" +
    (hasTpm ? " (skipped: there is a TPM)" : ""),
  ignore: hasTpm,
  async fn() {
    await using workspace = await makeWorkspace(undefined, IN_FILE);
    await using client = await startAppClient(workspace, { capabilities });
    for (const policy of [{}, { protectionPolicy: "hardware_only" }]) {
      assert.deepEqual(
        await client.refused("device/key/create", { ...OWNER, ...policy }),
        {
          code: -32600,
          message:
            "hardware-backed device keys are not available; set protectionPolicy to allow_os_protected_nonextractable to allow key protection class os_protected_nonextractable",
        },
      );
    }
  },
});

Deno.test("nobody who comes over a network gets a device key", async () => {
  await using workspace = await makeWorkspace(undefined, IN_FILE);
  await using listener = await startAppListener(workspace);
  await using client = await listener.connect({ capabilities });
  const params = { keyId: UNKNOWN, payload: connectionPayload(), ...OWNER };
  for (const method of ["create", "public", "sign"]) {
    assert.deepEqual(await client.refused(`device/key/${method}`, params), {
      code: -32600,
      message: `device/key/${method} is not available over remote transports`,
    });
  }
});

/** What somebody does to the files of a key, and what its user is told then. */
const ATTACKS: readonly {
  readonly name: string;
  act(workspace: Workspace, keyId: string): Promise<void>;
  readonly told: RegExp;
}[] = [
  {
    name: "another key's file in its place",
    async act(workspace, keyId) {
      const other = await makeKey(workspace);
      await Deno.copyFile(
        fileOf(workspace, other.keyId),
        fileOf(workspace, keyId),
      );
    },
    told: /whose it is was changed after it was made/,
  },
  {
    name: "another key's files and row in its place",
    async act(workspace, keyId) {
      const other = await makeKey(workspace);
      for (const end of [".json", ".wrapping.json"]) {
        const path = (id: string) =>
          `${workspace.home}/device_keys/${id}${end}`;
        await Deno.copyFile(path(other.keyId), path(keyId));
      }
      changeRows(
        workspace,
        "UPDATE device_key_bindings SET signature = (SELECT signature FROM device_key_bindings WHERE key_id = ?) WHERE key_id = ?",
        [other.keyId, keyId],
      );
    },
    told: /whose it is was changed after it was made/,
  },
  {
    name: "a file others may read",
    act: (workspace, keyId) => Deno.chmod(fileOf(workspace, keyId), 0o644),
    told: /others of this machine may use it \(mode 644\); .*chmod 600/,
  },
  {
    name: "a directory others may enter",
    act: ({ home }) => Deno.chmod(`${home}/device_keys`, 0o755),
    told: /others of this machine may enter .*\(mode 755\); run chmod 700/,
  },
  {
    name: "a link in place of the file",
    async act(workspace, keyId) {
      const path = fileOf(workspace, keyId);
      await Deno.rename(path, `${workspace.root}/moved`);
      await Deno.symlink(`${workspace.root}/moved`, path);
    },
    told: /it is not a file of its own/,
  },
  {
    name: "a link in place of the directory",
    async act({ home, root }) {
      await Deno.rename(`${home}/device_keys`, `${root}/moved`);
      await Deno.symlink(`${root}/moved`, `${home}/device_keys`);
    },
    told: /device_keys" is not a directory of its own/,
  },
  {
    name: "a wrapping key that is gone",
    act: ({ home }, keyId) =>
      Deno.remove(`${home}/device_keys/${keyId}.wrapping.json`),
    told: /the key that wraps it is gone; make a new key/,
  },
  {
    name: "another wrapping key",
    async act(workspace, keyId) {
      const other = await makeKey(workspace);
      const path = (id: string) =>
        `${workspace.home}/device_keys/${id}.wrapping.json`;
      await Deno.copyFile(path(other.keyId), path(keyId));
    },
    told: /its file was changed, or belongs to another key/,
  },
  {
    name: "a file cut short",
    act: (workspace, keyId) => Deno.truncate(fileOf(workspace, keyId), 20),
    told: /it is not what this program wrote there/,
  },
  {
    name: "a row that names another account",
    async act(workspace, keyId) {
      changeRows(
        workspace,
        "UPDATE device_key_bindings SET account_user_id = 'account-user-1' WHERE key_id = ?",
        [keyId],
      );
    },
    told: /whose it is was changed after it was made, in the state database/,
  },
  {
    name: "a row of another key's under its id",
    async act(workspace, keyId) {
      const other = await makeKey(workspace);
      changeRows(
        workspace,
        "DELETE FROM device_key_bindings WHERE key_id = ?",
        [keyId],
      );
      changeRows(
        workspace,
        "UPDATE device_key_bindings SET key_id = ? WHERE key_id = ?",
        [keyId, other.keyId],
      );
    },
    told: /whose it is was changed after it was made/,
  },
  {
    name: "no row",
    async act(workspace, keyId) {
      changeRows(
        workspace,
        "DELETE FROM device_key_bindings WHERE key_id = ?",
        [keyId],
      );
    },
    told: /^device key not found$/,
  },
];

function changeRows(
  { home }: Workspace,
  sql: string,
  values: readonly string[],
): void {
  const database = new DatabaseSync(`${home}/codex_deno_state.sqlite`);
  database.prepare(sql).run(...values);
  database.close();
}

for (const { name, act, told } of ATTACKS) {
  Deno.test(`nothing is signed after an attack: ${name}`, async () => {
    await using workspace = await makeWorkspace(undefined, IN_FILE);
    // Made for one account, and asked for by another.
    const owner = name.includes("account")
      ? { ...OWNER, accountUserId: "victim" }
      : OWNER;
    const { keyId } = await makeKey(workspace, owner);
    await act(workspace, keyId);
    await using client = await startAppClient(workspace, { capabilities });
    const { message } = await client.refused("device/key/sign", {
      keyId,
      payload: connectionPayload(),
    });
    assert.match(message, told);
  });
}

Deno.test("a database somebody holds keeps nobody else waiting", async () => {
  await using workspace = await makeWorkspace(undefined, IN_FILE);
  const { keyId } = await makeKey(workspace);
  const other = new DatabaseSync(`${workspace.home}/codex_deno_state.sqlite`);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
  await using client = await startAppClient(workspace, { capabilities });
  const order: string[] = [];
  const made = client.request("device/key/create", {
    ...OWNER,
    protectionPolicy: OS_PROTECTED,
  }).then(() => order.push("made"));
  // The key waits for the database; neither an answer nor a refusal waits for the key.
  await client.request("model/list").then(() => order.push("listed"));
  await client.refused("device/key/public", { keyId: "foo" })
    .then(() => order.push("refused"));
  other.exec("COMMIT");
  other.close();
  await made;
  assert.deepEqual(order, ["listed", "refused", "made"]);
  await client.request("device/key/public", { keyId });
});
