/**
 * Device keys, as the parts of the program speak of them: whoever holds key material
 * knows no account, whoever knows accounts holds no key material.
 */
import type {
  DeviceKeyCreateParams,
  DeviceKeyCreateResponse,
  DeviceKeyPublicParams,
  DeviceKeyPublicResponse,
  DeviceKeySignParams,
  DeviceKeySignResponse,
} from "./rpc/device_key.ts";

/** Whose key it is. */
export interface DeviceKeyOwner {
  readonly accountUserId: string;
  readonly clientId: string;
}

/** What is written down of a key when it is made, and never changed. */
export interface DeviceKeyBinding extends DeviceKeyOwner {
  readonly keyId: string;
  readonly createdAtMs: number;
  /** Base64: the key's own signature over all of the above. */
  readonly signature: string;
}

/** Where bindings are kept. */
export interface DeviceKeyBindingStore {
  /** @throws CodexError `storage` */
  find(
    keyId: string,
    signal: AbortSignal,
  ): Promise<DeviceKeyBinding | undefined>;
  /** Adds one; a key is bound once. @throws CodexError `storage` */
  add(binding: DeviceKeyBinding, signal: AbortSignal): Promise<void>;
}

/** What clients can ask for. */
export interface DeviceKeyService {
  create(
    params: DeviceKeyCreateParams,
    signal: AbortSignal,
  ): Promise<DeviceKeyCreateResponse>;
  public(
    params: DeviceKeyPublicParams,
    signal: AbortSignal,
  ): Promise<DeviceKeyPublicResponse>;
  sign(
    params: DeviceKeySignParams,
    signal: AbortSignal,
  ): Promise<DeviceKeySignResponse>;
  /** Lets go of what it opened. */
  close(): Promise<void>;
}
