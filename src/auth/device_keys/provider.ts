/**
 * Who holds key material: makes a key, shows its public half, signs with it. A provider
 * knows no account and no client, and gives no private key to anybody.
 */
import { CodexError } from "@/protocol/errors.ts";
import type { DeviceKeyProtectionClass } from "@/protocol/rpc/device_key.ts";

export interface DeviceKeyProvider {
  readonly protectionClass: DeviceKeyProtectionClass;
  /** Why it cannot make a key on this machine; undefined when it may try. */
  problem(): Promise<string | undefined>;
  /**
   * Makes a key pair under an id nobody has used.
   *
   * @returns the public key, SPKI in DER (RFC 5480)
   * @throws CodexError with what to do
   */
  create(keyId: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Undefined when there is no such key. @throws CodexError */
  publicKey(
    keyId: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * ECDSA over P-256 with SHA-256.
   *
   * @returns the signature in DER (RFC 3279)
   * @throws CodexError
   */
  sign(
    keyId: string,
    message: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Forgets a key that was never told of. */
  remove(keyId: string, signal: AbortSignal): Promise<void>;
}

/** A key that is there and cannot be used, or a machine that does not do its part. */
export function keyFailure(
  what: string,
  why: string,
  cause?: unknown,
): CodexError {
  return new CodexError("storage", `Cannot ${what}: ${why}`, { cause });
}
