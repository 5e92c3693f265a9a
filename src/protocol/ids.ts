/**
 * Identifiers. Threads and turns are UUIDv7 (RFC 9562 section 5.7): sortable by
 * the time they were made, so a directory listing is a history.
 */

/** A thread's id, a UUIDv7 in lower case. */
export type ThreadId = string;
/** A turn's id, a UUIDv7 in lower case. */
export type TurnId = string;
/** An id the model gives to a tool call; opaque. */
export type CallId = string;

const UUID_PATTERN =
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True when the text has the shape of a UUID of any version. */
export function isUuid(text: string): boolean {
  return UUID_PATTERN.test(text);
}

/**
 * A UUIDv7 from a time and ten random bytes.
 *
 * @param nowMs milliseconds since the Unix epoch
 * @param random at least ten bytes from a cryptographic source
 */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  // 48 bits of time do not fit the 32-bit shift operators, hence the division.
  for (let index = 0; index < 6; index++) {
    bytes[index] = Math.floor(nowMs / 2 ** (8 * (5 - index))) & 0xff;
  }
  bytes.set(random.subarray(0, 10), 6);
  return formatUuid(bytes, 7);
}

/** A UUIDv4 from sixteen random bytes. */
export function uuidV4(random: Uint8Array): string {
  return formatUuid(random.slice(0, 16), 4);
}

function formatUuid(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
