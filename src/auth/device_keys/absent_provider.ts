/**
 * Hardware this program makes no keys in: the Secure Enclave of a Mac (which answers
 * only to programs signed with an entitlement) and the TPM behind Windows' CNG. Keys
 * made there by another program are not found, and none is made.
 */
import type { HostInfo } from "@/platform/platform.ts";
import type { DeviceKeyProtectionClass } from "@/protocol/rpc/device_key.ts";
import { type DeviceKeyProvider, keyFailure } from "./provider.ts";

export function absentProvider(
  protectionClass: DeviceKeyProtectionClass,
  os: HostInfo["os"],
): DeviceKeyProvider {
  const why = WHY[protectionClass][os];
  const refuse = async () => {
    throw keyFailure("use a device key", why);
  };
  return {
    protectionClass,
    problem: async () => why,
    create: refuse,
    publicKey: async () => undefined,
    sign: refuse,
    remove: async () => {},
  };
}

const NO_ENCLAVE = "only a Mac has a Secure Enclave";
const NO_TPM_DEVICE = "this system gives programs no TPM device";

const WHY: Readonly<
  Record<DeviceKeyProtectionClass, Readonly<Record<HostInfo["os"], string>>>
> = {
  hardware_secure_enclave: {
    darwin:
      "the Secure Enclave makes keys only for programs signed with a keychain entitlement, which this one is not",
    linux: NO_ENCLAVE,
    windows: NO_ENCLAVE,
  },
  hardware_tpm: {
    darwin: NO_TPM_DEVICE,
    linux: NO_TPM_DEVICE,
    windows:
      "keys in the TPM are made through CNG on Windows, which this program does not do yet",
  },
  os_protected_nonextractable: {
    darwin: "there is no keyring",
    linux: "there is no keyring",
    windows: "this program does not use the keyring of Windows yet",
  },
};
