/**
 * Where the keys that wrap device keys lie. A project has no say in it, trusted or not:
 * a repository must not weaken what the user's machine protects.
 */
import { decode } from "@/protocol/decode.ts";
import type { Config } from "./config.ts";
import { mergeLayers } from "./layers.ts";
import { ConfigToml } from "./schema.ts";
import * as v from "valibot";

const DeviceKeySettings = v.object({
  device_keys: ConfigToml.entries.device_keys,
});

export function wrappingKeyStoreOf(
  layers: Config["layers"],
): "keyring" | "file" {
  const decoded = decode(
    DeviceKeySettings,
    mergeLayers(layers.filter(({ kind }) => kind !== "project")),
  );
  // The whole was decoded when it was loaded, so a part of it cannot be wrong.
  const settings = decoded.ok ? decoded.value.device_keys : undefined;
  return settings?.wrapping_key_store ?? "keyring";
}
