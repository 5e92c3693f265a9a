/**
 * What a device key signs, and nothing else: two shapes of payload, each checked before
 * anybody looks for a key. The words of refusals are Codex CLI 0.124's.
 */
import { CodexError } from "@/protocol/errors.ts";
import type {
  DeviceKeyBinding,
  DeviceKeyOwner,
} from "@/protocol/device_keys.ts";
import type { DeviceKeySignPayload } from "@/protocol/rpc/device_key.ts";
import { bytesOfBase64url, canonicalBytes } from "./encoding.ts";

const NONCE_BYTES_MIN = 32;
const SHA256_BYTES = 32;
/** A proof is for the attempt that asked for it: no use of it takes longer. */
const EXPIRY_SECONDS_MAX = 15 * 60;

const SIGN_DOMAIN = "codex-device-key-sign-payload/v1";
/** A client cannot have this signed: what it asks for is signed under the other name. */
const BINDING_DOMAIN = "codex-device-key-binding/v1";

const SCOPE = "remote_control_controller_websocket";
const HOSTS = ["chatgpt.com", "chatgpt-staging.com"];
const CONNECTION_PATHS = [
  "/api/codex/remote/control/client",
  "/wham/remote/control/client",
];
const ENROLLMENT_PATHS = CONNECTION_PATHS.map((path) => `${path}/enroll`);

/** The bytes that are signed for a client. */
export function payloadBytes(
  payload: DeviceKeySignPayload,
): Uint8Array<ArrayBuffer> {
  return canonicalBytes({ domain: SIGN_DOMAIN, payload });
}

/** The bytes by which a key says whose it is. */
export function bindingBytes(
  { keyId, accountUserId, clientId, createdAtMs }: Omit<
    DeviceKeyBinding,
    "signature"
  >,
): Uint8Array<ArrayBuffer> {
  const binding = { keyId, accountUserId, clientId, createdAtMs };
  return canonicalBytes({ domain: BINDING_DOMAIN, binding });
}

/** @throws CodexError `invalid_input` */
export function checkOwner({ accountUserId, clientId }: DeviceKeyOwner): void {
  checkText("accountUserId", accountUserId);
  checkText("clientId", clientId);
}

/**
 * @param nowSeconds since the Unix epoch
 * @throws CodexError `invalid_input` with the first thing that is wrong
 */
export function checkPayload(
  payload: DeviceKeySignPayload,
  nowSeconds: number,
): void {
  if ((bytesOfBase64url(payload.nonce)?.length ?? 0) < NONCE_BYTES_MIN) {
    throw invalid(
      "nonce must be at least 32 random bytes encoded as unpadded base64url",
    );
  }
  if (payload.type === "remoteControlClientConnection") {
    checkTarget(payload, CONNECTION_PATHS);
    checkText("sessionId", payload.sessionId);
    checkOwner(payload);
    checkDigest("tokenSha256Base64url", payload.tokenSha256Base64url);
    if (payload.scopes.length !== 1 || payload.scopes[0] !== SCOPE) {
      throw invalid(`scopes must contain exactly ${SCOPE}`);
    }
    checkExpiry("remote-control token", payload.tokenExpiresAt, nowSeconds);
  } else {
    checkText("challengeId", payload.challengeId);
    checkTarget(payload, ENROLLMENT_PATHS);
    checkOwner(payload);
    checkDigest(
      "deviceIdentitySha256Base64url",
      payload.deviceIdentitySha256Base64url,
    );
    checkExpiry("enrollment challenge", payload.challengeExpiresAt, nowSeconds);
  }
}

/** @throws CodexError `invalid_input` when a payload is somebody else's */
export function checkBinding(
  payload: DeviceKeyOwner,
  binding: DeviceKeyOwner,
): void {
  if (
    payload.accountUserId === binding.accountUserId &&
    payload.clientId === binding.clientId
  ) return;
  throw invalid(
    "payload accountUserId/clientId does not match device key binding",
  );
}

function checkText(name: string, value: string): void {
  if (value === "") throw invalid(`${name} must not be empty`);
  // Half a character has no bytes of its own that could be signed.
  if (!value.isWellFormed()) throw invalid(`${name} must be Unicode text`);
}

function checkDigest(name: string, value: string): void {
  if (bytesOfBase64url(value)?.length === SHA256_BYTES) return;
  throw invalid(
    `${name} must be a SHA-256 digest encoded as unpadded base64url`,
  );
}

function checkExpiry(what: string, at: number, now: number): void {
  if (at <= now) throw invalid(`${what} is expired`);
  if (at > now + EXPIRY_SECONDS_MAX) {
    throw invalid(`${what} expires too far in the future`);
  }
}

function checkTarget(
  { targetOrigin, targetPath }: Pick<
    DeviceKeySignPayload,
    "targetOrigin" | "targetPath"
  >,
  paths: readonly string[],
): void {
  if (!isAllowedOrigin(targetOrigin)) {
    throw invalid(
      "targetOrigin must be an allowed remote-control backend origin",
    );
  }
  if (!paths.includes(targetPath)) {
    throw invalid(
      "targetPath must match the signed payload type's remote-control endpoint",
    );
  }
}

function isAllowedOrigin(text: string): boolean {
  // The one who checks the signature reads the text, so it must say what a parser reads:
  // no name before the host, no white space, no second way to write an address.
  const url = text.isWellFormed() && URL.canParse(text)
    ? new URL(text)
    : undefined;
  if (url === undefined || !isOriginOnly(text, url)) return false;
  if (url.protocol === "http:") return isLoopback(url.hostname);
  return url.protocol === "https:" &&
    (isLoopback(url.hostname) ||
      HOSTS.some((host) =>
        url.hostname === host || url.hostname.endsWith(`.${host}`)
      ));
}

function isOriginOnly(text: string, { origin }: URL): boolean {
  const given = text.toLowerCase();
  return given === origin || given === `${origin}/`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function invalid(what: string): CodexError {
  return new CodexError("invalid_input", `invalid device key payload: ${what}`);
}
