/** The ids of device keys: the prefix says what protects a key, the rest is chance. */
import { CodexError } from "@/protocol/errors.ts";
import type { DeviceKeyProtectionClass } from "@/protocol/rpc/device_key.ts";
import { bytesOfBase64url } from "./encoding.ts";

const ID_BYTES = 32;
/** How many characters that is in base64url. */
const ID_CHARACTERS = 43;

const PREFIXES: Readonly<Record<DeviceKeyProtectionClass, string>> = {
  hardware_secure_enclave: "dk_hse_",
  hardware_tpm: "dk_tpm_",
  os_protected_nonextractable: "dk_osn_",
};

/** An id nobody can guess. */
export function newKeyId(
  protectionClass: DeviceKeyProtectionClass,
  random: (count: number) => Uint8Array,
): string {
  const id = random(ID_BYTES)
    .toBase64({ alphabet: "base64url", omitPadding: true });
  return PREFIXES[protectionClass] + id;
}

/** What protects the key. @throws CodexError `invalid_input` when it is no id */
export function classOf(keyId: string): DeviceKeyProtectionClass {
  for (const [name, prefix] of Object.entries(PREFIXES)) {
    const rest = keyId.slice(prefix.length);
    if (
      keyId.startsWith(prefix) && rest.length === ID_CHARACTERS &&
      bytesOfBase64url(rest)?.length === ID_BYTES
    ) {
      // The table's keys are the classes.
      return name as DeviceKeyProtectionClass;
    }
  }
  throw new CodexError(
    "invalid_input",
    "invalid device key payload: keyId must be dk_hse_, dk_tpm_, or dk_osn_ followed by unpadded base64url-encoded 32 bytes",
  );
}
