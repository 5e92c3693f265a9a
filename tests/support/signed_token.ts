/** A JWT of the claims, signed with HMAC and SHA-256 whatever its header says. */
export async function signToken(
  header: unknown,
  claims: unknown,
  secret: string,
): Promise<string> {
  const encoder = new TextEncoder();
  const text = [header, claims].map((part) =>
    base64url(encoder.encode(JSON.stringify(part)))
  ).join(".");
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return `${text}.${base64url(new Uint8Array(signature))}`;
}

function base64url(bytes: Uint8Array<ArrayBuffer>): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
