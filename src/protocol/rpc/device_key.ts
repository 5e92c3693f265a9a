/** The device key part of the app-server protocol. */
import * as v from "valibot";
import { Int, Text } from "./primitives.ts";

export const DeviceKeyProtectionPolicy = v.picklist([
  "hardware_only",
  "allow_os_protected_nonextractable",
]);
export type DeviceKeyProtectionPolicy = v.InferOutput<
  typeof DeviceKeyProtectionPolicy
>;

export const DeviceKeyCreateParams = v.object({
  accountUserId: Text,
  clientId: Text,
  protectionPolicy: v.nullish(DeviceKeyProtectionPolicy),
});
export type DeviceKeyCreateParams = v.InferOutput<typeof DeviceKeyCreateParams>;

export const DeviceKeyPublicParams = v.object({ keyId: Text });
export type DeviceKeyPublicParams = v.InferOutput<typeof DeviceKeyPublicParams>;

export const RemoteControlClientConnectionAudience = v.literal(
  "remote_control_client_websocket",
);
export type RemoteControlClientConnectionAudience = v.InferOutput<
  typeof RemoteControlClientConnectionAudience
>;

export const RemoteControlClientEnrollmentAudience = v.literal(
  "remote_control_client_enrollment",
);
export type RemoteControlClientEnrollmentAudience = v.InferOutput<
  typeof RemoteControlClientEnrollmentAudience
>;

export const DeviceKeySignPayload = v.variant("type", [
  v.object({
    accountUserId: Text,
    audience: RemoteControlClientConnectionAudience,
    clientId: Text,
    nonce: Text,
    scopes: v.array(Text),
    sessionId: Text,
    targetOrigin: Text,
    targetPath: Text,
    tokenExpiresAt: Int,
    tokenSha256Base64url: Text,
    type: v.literal("remoteControlClientConnection"),
  }),
  v.object({
    accountUserId: Text,
    audience: RemoteControlClientEnrollmentAudience,
    challengeExpiresAt: Int,
    challengeId: Text,
    clientId: Text,
    deviceIdentitySha256Base64url: Text,
    nonce: Text,
    targetOrigin: Text,
    targetPath: Text,
    type: v.literal("remoteControlClientEnrollment"),
  }),
]);
export type DeviceKeySignPayload = v.InferOutput<typeof DeviceKeySignPayload>;

export const DeviceKeySignParams = v.object({
  keyId: Text,
  payload: DeviceKeySignPayload,
});
export type DeviceKeySignParams = v.InferOutput<typeof DeviceKeySignParams>;

export const DeviceKeyAlgorithm = v.literal("ecdsa_p256_sha256");
export type DeviceKeyAlgorithm = v.InferOutput<typeof DeviceKeyAlgorithm>;

export const DeviceKeyProtectionClass = v.picklist([
  "hardware_secure_enclave",
  "hardware_tpm",
  "os_protected_nonextractable",
]);
export type DeviceKeyProtectionClass = v.InferOutput<
  typeof DeviceKeyProtectionClass
>;

export const DeviceKeyCreateResponse = v.object({
  algorithm: DeviceKeyAlgorithm,
  keyId: Text,
  protectionClass: DeviceKeyProtectionClass,
  publicKeySpkiDerBase64: Text,
});
export type DeviceKeyCreateResponse = v.InferOutput<
  typeof DeviceKeyCreateResponse
>;

export const DeviceKeyPublicResponse = v.object({
  algorithm: DeviceKeyAlgorithm,
  keyId: Text,
  protectionClass: DeviceKeyProtectionClass,
  publicKeySpkiDerBase64: Text,
});
export type DeviceKeyPublicResponse = v.InferOutput<
  typeof DeviceKeyPublicResponse
>;

export const DeviceKeySignResponse = v.object({
  algorithm: DeviceKeyAlgorithm,
  signatureDerBase64: Text,
  signedPayloadBase64: Text,
});
export type DeviceKeySignResponse = v.InferOutput<typeof DeviceKeySignResponse>;
