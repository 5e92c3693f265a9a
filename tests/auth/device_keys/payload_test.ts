/** What a device key signs and what it does not: the table, and attacks on it. */
import assert from "node:assert/strict";
import { checkPayload } from "@/auth/device_keys/payload.ts";
import type { DeviceKeySignPayload } from "@/protocol/rpc/device_key.ts";
import {
  connectionPayload,
  enrollmentPayload,
} from "@test/support/device_keys.ts";

const NOW = 1_800_000_000;

function problemOf(payload: DeviceKeySignPayload): string | undefined {
  try {
    checkPayload(payload, NOW);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace("invalid device key payload: ", "")
      : "";
  }
}

const connection = (other: Parameters<typeof connectionPayload>[0]) =>
  problemOf(connectionPayload({ tokenExpiresAt: NOW + 1, ...other }));
const enrollment = (other: Parameters<typeof enrollmentPayload>[0]) =>
  problemOf(enrollmentPayload({ challengeExpiresAt: NOW + 1, ...other }));

const NONCE =
  "nonce must be at least 32 random bytes encoded as unpadded base64url";
const ORIGIN = "targetOrigin must be an allowed remote-control backend origin";
const PATH =
  "targetPath must match the signed payload type's remote-control endpoint";
const SCOPES =
  "scopes must contain exactly remote_control_controller_websocket";

Deno.test("payloads that are right are taken", () => {
  assert.deepEqual([connection({}), enrollment({})], [undefined, undefined]);
});

Deno.test("every field of a connection is checked", () => {
  const digest =
    "tokenSha256Base64url must be a SHA-256 digest encoded as unpadded base64url";
  assert.deepEqual(
    [
      connection({ nonce: "AA" }),
      connection({ nonce: "" }),
      connection({ nonce: `${"A".repeat(43)}=` }),
      connection({ nonce: "+".repeat(43) }),
      connection({ targetPath: "/x" }),
      connection({ targetPath: "/api/codex/remote/control/client/enroll" }),
      connection({ sessionId: "" }),
      connection({ accountUserId: "" }),
      connection({ clientId: "" }),
      connection({ accountUserId: "\ud800" }),
      connection({ tokenSha256Base64url: "zz" }),
      connection({ tokenSha256Base64url: "A".repeat(44) }),
      connection({ scopes: [] }),
      connection({ scopes: ["remote_control_controller_websocket", "more"] }),
      connection({ tokenExpiresAt: NOW }),
      connection({ tokenExpiresAt: NOW + 900 }),
      connection({ tokenExpiresAt: NOW + 901 }),
    ],
    [
      NONCE,
      NONCE,
      NONCE,
      NONCE,
      PATH,
      PATH,
      "sessionId must not be empty",
      "accountUserId must not be empty",
      "clientId must not be empty",
      "accountUserId must be Unicode text",
      digest,
      digest,
      SCOPES,
      SCOPES,
      "remote-control token is expired",
      undefined,
      "remote-control token expires too far in the future",
    ],
  );
});

Deno.test("every field of an enrollment is checked", () => {
  assert.deepEqual(
    [
      enrollment({ nonce: "AA" }),
      enrollment({ challengeId: "" }),
      enrollment({ targetPath: "/wham/remote/control/client" }),
      enrollment({ accountUserId: "" }),
      enrollment({ deviceIdentitySha256Base64url: "zz" }),
      enrollment({ challengeExpiresAt: NOW }),
      enrollment({ challengeExpiresAt: NOW + 901 }),
    ],
    [
      NONCE,
      "challengeId must not be empty",
      PATH,
      "accountUserId must not be empty",
      "deviceIdentitySha256Base64url must be a SHA-256 digest encoded as unpadded base64url",
      "enrollment challenge is expired",
      "enrollment challenge expires too far in the future",
    ],
  );
});

Deno.test("signatures are made for the vendor's servers and this machine only", () => {
  const allowed = [
    "https://chatgpt.com",
    "https://chatgpt.com/",
    "https://api.chatgpt.com",
    "https://chatgpt-staging.com",
    "https://a.b.chatgpt-staging.com",
    "http://localhost:3000",
    "https://127.0.0.1:8443",
    "http://[::1]:80",
    "http://127.1.2.3",
  ].filter((targetOrigin) => connection({ targetOrigin }) !== undefined);
  // The one with a port its scheme has anyway is not written as origins are.
  assert.deepEqual(allowed, ["http://[::1]:80"]);
  const refused = [
    "",
    "chatgpt.com",
    "http://chatgpt.com",
    "wss://chatgpt.com",
    "https://evil.com",
    "https://chatgpt.com.evil.com",
    "https://evilchatgpt.com",
    "https://chatgpt.com@evil.com",
    "https://user:word@chatgpt.com",
    "https://chatgpt.com#@evil.com",
    "https://chatgpt.com?x",
    "https://chatgpt.com/path",
    "https://chatgpt.com\\@evil.com",
    " https://chatgpt.com",
    "https://chatgpt.com\n",
    "https://chatgpt.com.",
    "https://chаtgpt.com",
    "http://0.0.0.0",
    "http://localhost.evil.com",
    "http://10.0.0.1",
    "http://2130706433",
    "file:///chatgpt.com",
    "\ud800https://chatgpt.com",
  ];
  assert.deepEqual(
    refused.map((targetOrigin) => connection({ targetOrigin })),
    refused.map(() => ORIGIN),
  );
});
