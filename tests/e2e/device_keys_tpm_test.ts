/** Device keys in a TPM 2.0: a software one (swtpm) stands in for the chip. */
import assert from "node:assert/strict";
import { startAppClient } from "@test/support/app_client.ts";
import { makeWorkspace } from "@test/support/codex.ts";
import {
  connectionPayload,
  hasProgram,
  opensslVerifies,
  OWNER,
} from "@test/support/device_keys.ts";

const missing = (await Promise.all(
  ["swtpm", "tpm2_createprimary", "openssl"].map(async (name) =>
    await hasProgram(name) ? [] : [name]
  ),
)).flat();
const capabilities = { experimentalApi: true };

interface Tpm extends AsyncDisposable {
  /** How tpm2-tools find it. */
  readonly tcti: string;
}

/** @param state a directory: what makes this TPM another than the next */
async function startTpm(state: string): Promise<Tpm> {
  await Deno.mkdir(state, { recursive: true });
  const socket = `${state}/socket`;
  using events = Deno.watchFs(state);
  const child = new Deno.Command("swtpm", {
    args: [
      ...["socket", "--tpm2", "--tpmstate", `dir=${state}`],
      ...["--server", `type=unixio,path=${socket}`],
      ...["--ctrl", `type=unixio,path=${socket}.ctrl`],
      ...["--flags", "not-need-init,startup-clear"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // It listens once its sockets are there; it says nothing by itself.
  if (!await Deno.lstat(`${socket}.ctrl`).catch(() => undefined)) {
    for await (const event of events) {
      if (event.paths.some((path) => path.endsWith(".ctrl"))) break;
    }
  }
  return {
    tcti: `swtpm:path=${socket}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

Deno.test({
  name: "a key of a TPM" +
    (missing.length === 0 ? "" : ` (skipped: needs ${missing.join(", ")})`),
  ignore: missing.length > 0,
  async fn() {
    await using workspace = await makeWorkspace();
    const start = async (tcti: string) => {
      await Deno.writeTextFile(
        `${workspace.home}/.env`,
        `TPM2TOOLS_TCTI=${tcti}\n`,
      );
      return await startAppClient(workspace, { capabilities });
    };
    let keyId = "";
    {
      await using tpm = await startTpm(`${workspace.root}/tpm`);
      await using client = await start(tpm.tcti);
      const made = await client.request("device/key/create", OWNER);
      keyId = made.keyId;
      assert.match(keyId, /^dk_tpm_/);
      assert.equal(made.protectionClass, "hardware_tpm");
      // Hardware is better than what the policy would be content with.
      const other = await client.request("device/key/create", {
        ...OWNER,
        protectionPolicy: "allow_os_protected_nonextractable",
      });
      assert.equal(other.protectionClass, "hardware_tpm");
      assert.deepEqual(
        await client.request("device/key/public", { keyId }),
        made,
      );
      // Many at once: the chip does one thing at a time, and loses none.
      const signed = await Promise.all(
        Array.from({ length: 5 }, () =>
          client.request("device/key/sign", {
            keyId,
            payload: connectionPayload(),
          })),
      );
      for (const one of signed) {
        assert.equal(
          await opensslVerifies(made.publicKeySpkiDerBase64, one),
          "Signature Verified Successfully",
        );
      }
    }
    // Another chip knows nothing of the key, though all its files are here.
    await using tpm = await startTpm(`${workspace.root}/other`);
    await using client = await start(tpm.tcti);
    const refused = await client.refused("device/key/sign", {
      keyId,
      payload: connectionPayload(),
    });
    assert.equal(refused.code, -32603);
    assert.match(
      refused.message,
      /^Cannot use device key dk_tpm_.*: tpm2_load/,
    );
  },
});
