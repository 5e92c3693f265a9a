/** What tests of device keys share: a payload a server would ask for, and openssl. */
import type { DeviceKeySignPayload } from "@/protocol/rpc/device_key.ts";
import type { JsonEvent } from "./codex.ts";

const DIGEST = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const NONCE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export const OWNER = { accountUserId: "account-user-1", clientId: "cli_123" };

type Connection = Extract<
  DeviceKeySignPayload,
  { type: "remoteControlClientConnection" }
>;
type Enrollment = Extract<
  DeviceKeySignPayload,
  { type: "remoteControlClientEnrollment" }
>;

/** Right in everything but what is said otherwise; it expires in a minute. */
export function connectionPayload(other: Partial<Connection> = {}): Connection {
  return {
    ...OWNER,
    type: "remoteControlClientConnection",
    audience: "remote_control_client_websocket",
    nonce: NONCE,
    scopes: ["remote_control_controller_websocket"],
    sessionId: "wssess_123",
    targetOrigin: "https://chatgpt.com",
    targetPath: "/api/codex/remote/control/client",
    tokenExpiresAt: Math.floor(Date.now() / 1000) + 60,
    tokenSha256Base64url: DIGEST,
    ...other,
  };
}

export function enrollmentPayload(other: Partial<Enrollment> = {}): Enrollment {
  return {
    ...OWNER,
    type: "remoteControlClientEnrollment",
    audience: "remote_control_client_enrollment",
    nonce: NONCE,
    challengeId: "rch_123",
    challengeExpiresAt: Math.floor(Date.now() / 1000) + 60,
    deviceIdentitySha256Base64url: DIGEST,
    targetOrigin: "https://chatgpt.com",
    targetPath: "/wham/remote/control/client/enroll",
    ...other,
  };
}

/** What openssl says of a signature: somebody else's judgement. */
export async function opensslVerifies(
  publicKeySpkiDerBase64: string,
  { signedPayloadBase64, signatureDerBase64 }: JsonEvent,
): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const files = {
      "key.der": publicKeySpkiDerBase64,
      "payload": signedPayloadBase64,
      "signature": signatureDerBase64,
    };
    for (const [name, base64] of Object.entries(files)) {
      await Deno.writeFile(
        `${directory}/${name}`,
        Uint8Array.fromBase64(base64),
      );
    }
    const { stdout, stderr } = await new Deno.Command("openssl", {
      args: ["pkeyutl", "-verify", "-pubin", "-keyform", "DER"].concat(
        ["-inkey", "key.der", "-rawin", "-digest", "sha256"],
        ["-in", "payload", "-sigfile", "signature"],
      ),
      cwd: directory,
    }).output();
    const text = new TextDecoder();
    return text.decode(stdout).trim() || text.decode(stderr).trim();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** True when the machine has the program. */
export async function hasProgram(name: string): Promise<boolean> {
  for (const directory of ["/usr/bin", "/bin", "/usr/local/bin"]) {
    if (await Deno.stat(`${directory}/${name}`).catch(() => undefined)) {
      return true;
    }
  }
  return false;
}
