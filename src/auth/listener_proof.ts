/**
 * How a client of a listener of ours proves who it is: by a token everybody who may
 * connect knows, or by a token somebody signed for it (a JWT, RFC 7519, with HMAC and
 * SHA-256 and nothing else). Kept is what compares, never the token or the secret.
 */
import type { Clock } from "@/platform/platform.ts";

export type ListenerProof =
  | {
    readonly kind: "token";
    /** The SHA-256 of the token. */
    readonly digest: Uint8Array<ArrayBuffer>;
  }
  | {
    readonly kind: "signed";
    readonly key: CryptoKey;
    readonly issuer: string | undefined;
    readonly audience: string | undefined;
    /** How far the clocks of both sides may differ. */
    readonly skewSeconds: number;
  };

interface Claims {
  readonly exp: number;
  readonly nbf?: number;
  readonly iss?: string;
  readonly aud?: string | readonly string[];
}

const INVALID = "invalid websocket jwt";

/** Why an `Authorization` header is no proof; undefined when it is one. */
export async function proofProblem(
  proof: ListenerProof,
  authorization: string | undefined,
  clock: Pick<Clock, "now">,
): Promise<string | undefined> {
  if (authorization === undefined) return "missing websocket bearer token";
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) return "invalid authorization header";
  if (proof.kind === "token") {
    return isEqual(await digestOf(token), proof.digest)
      ? undefined
      : "invalid websocket bearer token";
  }
  const claims = await verifiedClaims(token, proof.key);
  return claims === undefined ? INVALID : claimsProblem(claims, proof, clock);
}

export async function digestOf(
  token: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(token);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The key of a shared secret; it verifies, and cannot be read back. */
export function signingKeyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
}

/** Takes as long wherever the first difference is. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) {
    difference |= byte ^ (other[index] ?? 0);
  }
  return difference === 0;
}

/** What a token says, once its signature has been seen to be right. */
async function verifiedClaims(
  token: string,
  key: CryptoKey,
): Promise<Claims | undefined> {
  const [header = "", payload = "", signature = "", ...more] = token.split(".");
  const signed = bytesOf(signature);
  if (more.length > 0 || signed === undefined) return undefined;
  // The algorithm is ours to choose, so a token that names another is nobody's.
  const { alg, crit } = objectOf(header) ?? {};
  if (alg !== "HS256" || crit !== undefined) return undefined;
  const isSigned = await crypto.subtle.verify(
    "HMAC",
    key,
    signed,
    new TextEncoder().encode(`${header}.${payload}`),
  );
  const claims = isSigned ? objectOf(payload) : undefined;
  return claims !== undefined && areClaims(claims) ? claims : undefined;
}

function areClaims(
  claims: Readonly<Record<string, unknown>>,
): claims is Readonly<Record<string, unknown>> & Claims {
  const { exp, nbf, iss, aud } = claims;
  const isOneOrMany = Array.isArray(aud)
    ? aud.every((one) => typeof one === "string")
    : aud == null || typeof aud === "string";
  return Number.isSafeInteger(exp) &&
    (nbf == null || Number.isSafeInteger(nbf)) &&
    (iss == null || typeof iss === "string") && isOneOrMany;
}

function claimsProblem(
  { exp, nbf, iss, aud }: Claims,
  { issuer, audience, skewSeconds }: Extract<ListenerProof, { kind: "signed" }>,
  clock: Pick<Clock, "now">,
): string | undefined {
  const now = Math.floor(clock.now() / 1000);
  if (now > exp + skewSeconds) return "expired websocket jwt";
  if (nbf != null && now < nbf - skewSeconds) {
    return "websocket jwt is not valid yet";
  }
  if (issuer !== undefined && iss !== issuer) {
    return "websocket jwt issuer mismatch";
  }
  const audiences = typeof aud === "string" ? [aud] : aud ?? [];
  return audience === undefined || audiences.includes(audience)
    ? undefined
    : "websocket jwt audience mismatch";
}

function objectOf(
  part: string,
): Readonly<Record<string, unknown>> | undefined {
  const bytes = bytesOf(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    );
    return typeof value === "object" && value !== null && !Array.isArray(value)
      // An object that came as JSON has nothing but names and values.
      ? value as Readonly<Record<string, unknown>>
      : undefined;
  } catch {
    // Not UTF-8 or not JSON: it says nothing.
    return undefined;
  }
}

/** RFC 7515, section 2: base64url without padding. */
function bytesOf(part: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return undefined;
  try {
    return Uint8Array.fromBase64(part, { alphabet: "base64url" });
  } catch {
    // Letters of base64 that are no bytes, by their number.
    return undefined;
  }
}
