/**
 * Keys in software: WebCrypto keys nobody can read out, made into bytes only to be
 * wrapped (AES-GCM) by a key the system's keyring keeps. The wrapping also covers the
 * id and the public half, so no file can be passed off as another key's.
 */
import * as v from "valibot";
import { Gate } from "@/async/gate.ts";
import type { Clock, Random } from "@/platform/platform.ts";
import { Secret } from "../secret.ts";
import { derSignature } from "./encoding.ts";
import type { KeyFiles } from "./key_files.ts";
import { type DeviceKeyProvider, keyFailure } from "./provider.ts";
import type { SecretPlace } from "./wrapping_keys.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
/** NIST SP 800-38D, section 8.2: 96 bits. The wrapping key is used to wrap once. */
const IV_BYTES = 12;
const WRAPPING_BYTES = 32;

/**
 * How long a wrapping key may be used after it was fetched: a burst of requests asks the
 * keyring once, and a keyring that was locked since stops signing soon.
 */
const WRAPPING_MS = 60_000;
/** Keys of so many clients are held at a time; more are fetched again. */
const WRAPPING_KEYS_MAX = 64;
/** The keyring answers one at a time; a few ask, so that one person can answer. */
const KEYRING_AT_ONCE = 2;
/** Cryptography and files, on other threads: a burst must leave a processor to the agent. */
const WORK_AT_ONCE = 1;

const KeyFile = v.object({
  version: v.literal(1),
  publicKey: v.string(),
  iv: v.string(),
  wrapped: v.string(),
});

export interface OsProtectedPorts {
  readonly clock: Pick<Clock, "monotonic">;
  readonly random: Random;
  readonly files: KeyFiles;
  readonly place: SecretPlace;
}

interface HeldKey {
  readonly key: Promise<CryptoKey>;
  readonly until: number;
}

export class OsProtectedProvider implements DeviceKeyProvider {
  readonly protectionClass = "os_protected_nonextractable";
  readonly #ports: OsProtectedPorts;
  readonly #keyring = new Gate(KEYRING_AT_ONCE);
  readonly #work = new Gate(WORK_AT_ONCE);
  readonly #held = new Map<string, HeldKey>();

  constructor(ports: OsProtectedPorts) {
    this.#ports = ports;
  }

  problem(): Promise<string | undefined> {
    return this.#ports.place.problem();
  }

  async create(
    keyId: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const wrappingKey = await this.#newWrappingKey(keyId, signal);
    return await this.#work.run(async () => {
      const { privateKey, publicKey } = await crypto.subtle
        .generateKey(CURVE, true, ["sign", "verify"]);
      const spki = new Uint8Array(
        await crypto.subtle.exportKey("spki", publicKey),
      );
      const iv = fresh(this.#ports.random, IV_BYTES);
      const wrapped = await crypto.subtle.wrapKey(
        "pkcs8",
        privateKey,
        wrappingKey,
        wrapping(iv, keyId, spki),
      );
      await this.#ports.files.write(keyId, {
        version: 1,
        publicKey: spki.toBase64(),
        iv: iv.toBase64(),
        wrapped: new Uint8Array(wrapped).toBase64(),
      });
      return spki;
    }, signal);
  }

  async publicKey(
    keyId: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = await this.#work.run(() => this.#read(keyId), signal);
    return file?.publicKey;
  }

  async sign(
    keyId: string,
    message: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const wrappingKey = await this.#wrappingKey(keyId, signal);
    return await this.#work.run(async () => {
      const key = await this.#unwrap(keyId, wrappingKey);
      const raw = await crypto.subtle.sign(SIGNING, key, message);
      return derSignature(new Uint8Array(raw));
    }, signal);
  }

  async remove(keyId: string, signal: AbortSignal): Promise<void> {
    this.#held.delete(keyId);
    await this.#ports.files.remove(keyId);
    await this.#ports.place.remove(keyId, signal);
  }

  async #unwrap(keyId: string, wrappingKey: CryptoKey): Promise<CryptoKey> {
    const file = await this.#read(keyId);
    if (file === undefined) {
      throw keyFailure(`use device key ${keyId}`, "its file is gone");
    }
    try {
      return await crypto.subtle.unwrapKey(
        "pkcs8",
        file.wrapped,
        wrappingKey,
        wrapping(file.iv, keyId, file.publicKey),
        CURVE,
        false,
        ["sign"],
      );
    } catch (error) {
      throw keyFailure(
        `use device key ${keyId}`,
        "its file was changed, or belongs to another key; make a new key",
        error,
      );
    }
  }

  async #read(keyId: string) {
    const file = await this.#ports.files.read(keyId, KeyFile);
    return file && {
      publicKey: bytesOf(file.publicKey, keyId),
      iv: bytesOf(file.iv, keyId),
      wrapped: bytesOf(file.wrapped, keyId),
    };
  }

  /** A wrapping key nobody has used, kept before anything is wrapped by it. */
  async #newWrappingKey(
    keyId: string,
    signal: AbortSignal,
  ): Promise<CryptoKey> {
    const { random, place } = this.#ports;
    const bytes = fresh(random, WRAPPING_BYTES);
    const secret = new Secret(bytes.toBase64());
    await this.#keyring.run(async () => {
      await place.store(keyId, secret, signal);
      // Some keyrings say yes and keep nothing.
      const kept = await place.find(keyId, signal);
      if (kept?.reveal() === secret.reveal()) return;
      throw keyFailure("make a device key", "the keyring did not keep its key");
    }, signal);
    const key = importWrappingKey(bytes);
    this.#hold(keyId, key);
    return await key;
  }

  async #wrappingKey(keyId: string, signal: AbortSignal): Promise<CryptoKey> {
    const held = this.#held.get(keyId);
    if (held !== undefined && held.until > this.#ports.clock.monotonic()) {
      return await held.key;
    }
    // Whoever asks meanwhile asks with the first one, whose end ends the question.
    const key = this.#keyring.run(
      () => this.#fetchWrappingKey(keyId, signal),
      signal,
    );
    this.#hold(keyId, key);
    try {
      return await key;
    } catch (error) {
      if (this.#held.get(keyId)?.key === key) this.#held.delete(keyId);
      throw error;
    }
  }

  async #fetchWrappingKey(
    keyId: string,
    signal: AbortSignal,
  ): Promise<CryptoKey> {
    const secret = await this.#ports.place.find(keyId, signal);
    if (secret === undefined) {
      throw keyFailure(
        `use device key ${keyId}`,
        "the key that wraps it is gone; make a new key",
      );
    }
    return await importWrappingKey(bytesOf(secret.reveal(), keyId));
  }

  #hold(keyId: string, key: Promise<CryptoKey>): void {
    this.#held.delete(keyId);
    const [oldest] = this.#held.keys();
    if (this.#held.size >= WRAPPING_KEYS_MAX && oldest !== undefined) {
      this.#held.delete(oldest);
    }
    const until = this.#ports.clock.monotonic() + WRAPPING_MS;
    this.#held.set(keyId, { key, until });
  }
}

/** How a key is wrapped: what is said beside it cannot be changed either. */
function wrapping(
  iv: Uint8Array<ArrayBuffer>,
  keyId: string,
  publicKey: Uint8Array,
): AesGcmParams {
  const text = `codex-device-key/v1 ${keyId} ${publicKey.toBase64()}`;
  return {
    name: "AES-GCM",
    iv,
    additionalData: new TextEncoder().encode(text),
  };
}

function importWrappingKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [
    "wrapKey",
    "unwrapKey",
  ]);
}

function fresh(random: Random, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(random.bytes(count));
}

function bytesOf(text: string, keyId: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    // The text may be half a secret, so it is not shown.
    throw keyFailure(`use device key ${keyId}`, "what is stored is not base64");
  }
}
