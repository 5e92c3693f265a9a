/** Bytes of device keys in the forms the protocol and its cryptography know. Pure. */

/** RFC 4648, section 5, without padding and without loose bits at the end. */
export function bytesOfBase64url(
  text: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    // The last letter may hold bits no byte has: two texts would be one value.
    const again = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    return again === text ? bytes : undefined;
  } catch {
    // So many letters are no whole bytes.
    return undefined;
  }
}

/** JSON without spaces, the names of every object in order: one text for one value. */
export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(sorted(value)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => left < right ? -1 : 1)
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** A P-256 signature as WebCrypto makes it (two numbers of 32 bytes) in DER, RFC 3279. */
export function derSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const r = derInteger(raw.subarray(0, 32));
  const s = derInteger(raw.subarray(32));
  return Uint8Array.of(0x30, r.length + s.length, ...r, ...s);
}

function derInteger(bytes: Uint8Array): readonly number[] {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? [0] : [...bytes.subarray(start)];
  // The first bit is the sign, and neither number is negative.
  const positive = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
  return [0x02, positive.length, ...positive];
}

/** Back from DER; undefined for what is no P-256 signature in its one form. */
export function rawSignature(
  der: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const raw = new Uint8Array(64);
  let offset = 2;
  for (const end of [32, 64]) {
    const length = der[offset + 1] ?? 0;
    const digits = der.subarray(offset + 2, offset + 2 + length);
    const number = digits[0] === 0 ? digits.subarray(1) : digits;
    if (number.length > 32) return undefined;
    raw.set(number, end - number.length);
    offset += 2 + length;
  }
  const again = derSignature(raw);
  const isSame = again.length === der.length &&
    again.every((byte, index) => byte === der[index]);
  return isSame ? raw : undefined;
}
