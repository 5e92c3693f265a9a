/**
 * Device keys as clients use them: made for one account and one client, and used for
 * nobody else. Which key is whose is written in the state database, signed by the key
 * itself, so that a row or a file somebody changed is no key's any more.
 */
import { Gate } from "@/async/gate.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import type {
  DeviceKeyBinding,
  DeviceKeyBindingStore,
  DeviceKeyOwner,
} from "@/protocol/device_keys.ts";
import { CodexError } from "@/protocol/errors.ts";
import type {
  DeviceKeyCreateParams,
  DeviceKeyCreateResponse,
  DeviceKeyProtectionClass,
  DeviceKeyProtectionPolicy,
  DeviceKeyPublicResponse,
  DeviceKeySignParams,
  DeviceKeySignResponse,
} from "@/protocol/rpc/device_key.ts";
import { rawSignature } from "./encoding.ts";
import { classOf, newKeyId } from "./key_id.ts";
import {
  bindingBytes,
  checkBinding,
  checkOwner,
  checkPayload,
  payloadBytes,
} from "./payload.ts";
import { type DeviceKeyProvider, keyFailure } from "./provider.ts";

const ALGORITHM = "ecdsa_p256_sha256";
const UNAVAILABLE = "hardware-backed device keys are not available";
const OS_PROTECTED = "os_protected_nonextractable";

/** Keys looked up at a time: a burst waits in line, and not on the way of everything. */
const LOOKUPS_AT_ONCE = 4;

export interface DeviceKeyPorts {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly bindings: DeviceKeyBindingStore;
  /** One for each class, the best protection first. */
  readonly providers: readonly DeviceKeyProvider[];
}

export class DeviceKeyStore {
  readonly #ports: DeviceKeyPorts;
  readonly #lookups = new Gate(LOOKUPS_AT_ONCE);

  constructor(ports: DeviceKeyPorts) {
    this.#ports = ports;
  }

  /** @throws CodexError */
  async create(
    { accountUserId, clientId, protectionPolicy }: DeviceKeyCreateParams,
    signal: AbortSignal,
  ): Promise<DeviceKeyCreateResponse> {
    const owner = { accountUserId, clientId };
    checkOwner(owner);
    const provider = await this.#choose(protectionPolicy ?? "hardware_only");
    const { protectionClass } = provider;
    const keyId = newKeyId(
      protectionClass,
      (count) => this.#ports.random.bytes(count),
    );
    try {
      const publicKey = await provider.create(keyId, signal);
      await this.#bind(provider, keyId, owner, signal);
      return infoOf(keyId, protectionClass, publicKey);
    } catch (error) {
      // Nobody was told of it. What went wrong first is what the client is told.
      await provider.remove(keyId, AbortSignal.any([])).catch(() => undefined);
      throw error;
    }
  }

  /** @throws CodexError */
  async public(
    { keyId }: { readonly keyId: string },
    signal: AbortSignal,
  ): Promise<DeviceKeyPublicResponse> {
    const protectionClass = classOf(keyId);
    const { publicKey } = await this.#lookups
      .run(() => this.#find(keyId, signal), signal);
    return infoOf(keyId, protectionClass, publicKey);
  }

  /** @throws CodexError */
  async sign(
    { keyId, payload }: DeviceKeySignParams,
    signal: AbortSignal,
  ): Promise<DeviceKeySignResponse> {
    classOf(keyId);
    checkPayload(payload, Math.floor(this.#ports.clock.now() / 1000));
    const { binding } = await this.#lookups
      .run(() => this.#find(keyId, signal), signal);
    checkBinding(payload, binding);
    const message = payloadBytes(payload);
    const provider = this.#providerOf(keyId);
    const signature = await provider.sign(keyId, message, signal);
    return {
      algorithm: ALGORITHM,
      signatureDerBase64: signature.toBase64(),
      signedPayloadBase64: message.toBase64(),
    };
  }

  /** Who makes a key under that policy. @throws CodexError `unsupported` */
  async #choose(policy: DeviceKeyProtectionPolicy): Promise<DeviceKeyProvider> {
    const problems: string[] = [];
    for (const provider of this.#ports.providers) {
      const problem = await provider.problem();
      const isAllowed = policy !== "hardware_only" ||
        provider.protectionClass !== OS_PROTECTED;
      if (problem === undefined && isAllowed) return provider;
      if (problem === undefined) throw degraded(provider.protectionClass);
      problems.push(problem);
    }
    throw new CodexError(
      "unsupported",
      policy === "hardware_only"
        ? `${UNAVAILABLE} on this platform`
        : `Cannot make a device key: ${problems.join("; ")}`,
    );
  }

  #providerOf(keyId: string): DeviceKeyProvider {
    const wanted = classOf(keyId);
    const provider = this.#ports.providers
      .find(({ protectionClass }) => protectionClass === wanted);
    if (provider === undefined) throw notFound();
    return provider;
  }

  /** Writes down whose key it is, in the key's own hand. */
  async #bind(
    provider: DeviceKeyProvider,
    keyId: string,
    owner: DeviceKeyOwner,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, bindings } = this.#ports;
    const binding = { keyId, ...owner, createdAtMs: clock.now() };
    const signature = await provider.sign(keyId, bindingBytes(binding), signal);
    await bindings.add(
      { ...binding, signature: signature.toBase64() },
      signal,
    );
  }

  /** A key that is there, and is its id's and its owner's. @throws CodexError */
  async #find(
    keyId: string,
    signal: AbortSignal,
  ): Promise<
    {
      readonly binding: DeviceKeyBinding;
      readonly publicKey: Uint8Array<ArrayBuffer>;
    }
  > {
    const [binding, publicKey] = await Promise.all([
      this.#ports.bindings.find(keyId, signal),
      this.#providerOf(keyId).publicKey(keyId, signal),
    ]);
    if (binding === undefined || publicKey === undefined) throw notFound();
    if (await isSigned(binding, publicKey)) return { binding, publicKey };
    throw keyFailure(
      `use device key ${keyId}`,
      "whose it is was changed after it was made, in the state database or in its file; make a new key",
    );
  }
}

async function isSigned(
  binding: DeviceKeyBinding,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const signature = rawSignature(Uint8Array.fromBase64(binding.signature));
    if (signature === undefined) return false;
    const key = await crypto.subtle.importKey(
      "spki",
      publicKey,
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["verify"],
    );
    return await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      key,
      signature,
      bindingBytes(binding),
    );
  } catch {
    // No base64, no key of this kind: nobody signed that.
    return false;
  }
}

function infoOf(
  keyId: string,
  protectionClass: DeviceKeyProtectionClass,
  publicKey: Uint8Array,
): DeviceKeyPublicResponse {
  return {
    algorithm: ALGORITHM,
    keyId,
    protectionClass,
    publicKeySpkiDerBase64: publicKey.toBase64(),
  };
}

function degraded(available: DeviceKeyProtectionClass): CodexError {
  return new CodexError(
    "unsupported",
    `${UNAVAILABLE}; set protectionPolicy to allow_os_protected_nonextractable to allow key protection class ${available}`,
  );
}

function notFound(): CodexError {
  return new CodexError("not_found", "device key not found");
}
