/** Device keys of this machine: which providers there are, and what they stand on. */
import type { Platform } from "@/platform/platform.ts";
import type { DeviceKeyBindingStore } from "@/protocol/device_keys.ts";
import { absentProvider } from "./absent_provider.ts";
import { KeyFiles } from "./key_files.ts";
import { SYSTEM_DIRECTORIES } from "./key_program.ts";
import { OsProtectedProvider } from "./os_protected_provider.ts";
import { DeviceKeyStore } from "./store.ts";
import { TpmProvider } from "./tpm_provider.ts";
import { keyringOf, secretFiles } from "./wrapping_keys.ts";

/** Where the key that wraps a software key lies. */
export type WrappingKeyStore = "keyring" | "file";

export interface DeviceKeyOptions {
  readonly platform: Pick<
    Platform,
    "files" | "processes" | "clock" | "random" | "env" | "host"
  >;
  readonly codexHome: string;
  readonly wrappingKeyStore: WrappingKeyStore;
  readonly bindings: DeviceKeyBindingStore;
}

export function createDeviceKeys(
  { platform, codexHome, wrappingKeyStore, bindings }: DeviceKeyOptions,
): DeviceKeyStore {
  const { os } = platform.host;
  const keyFiles = new KeyFiles(platform.files, codexHome);
  const programs = { ...platform, directories: SYSTEM_DIRECTORIES };
  return new DeviceKeyStore({
    ...platform,
    bindings,
    providers: [
      absentProvider("hardware_secure_enclave", os),
      os === "linux"
        ? new TpmProvider({ ...programs, keyFiles })
        : absentProvider("hardware_tpm", os),
      new OsProtectedProvider({
        ...platform,
        files: keyFiles,
        place: wrappingKeyStore === "file"
          ? secretFiles(keyFiles, os)
          : keyringOf(os, programs),
      }),
    ],
  });
}
