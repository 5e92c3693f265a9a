/** Bytes from standard input as text: UTF-8, or UTF-16 when a byte order mark says so. */

export type DecodedInput =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Decodes a prompt; the byte order mark is not part of it. */
export function decodeInput(bytes: Uint8Array): DecodedInput {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32("LE");
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32("BE");
  if (a === 0xff && b === 0xfe) return utf16(bytes, "utf-16le");
  if (a === 0xfe && b === 0xff) return utf16(bytes, "utf-16be");
  return utf8(bytes);
}

function utf8(bytes: Uint8Array): DecodedInput {
  try {
    return {
      kind: "text",
      text: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    };
  } catch {
    return {
      kind: "failed",
      reason: `input is not valid UTF-8 (invalid byte at offset ${
        validPrefix(bytes)
      }). Convert it to UTF-8 and retry (e.g., \`iconv -f <ENC> -t UTF-8 prompt.txt\`).`,
    };
  }
}

/** The bytes of the longest sequence UTF-8 has. */
const SEQUENCE_BYTES_MAX = 4;

/** How many bytes from the start are whole, valid sequences; found by halving. */
function validPrefix(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (valid + 1 < invalid) {
    const middle = (valid + invalid) >> 1;
    if (isValid(bytes.subarray(0, middle), { mayBeCut: true })) valid = middle;
    else invalid = middle;
  }
  for (let cut = 0; cut < SEQUENCE_BYTES_MAX && cut < valid; cut++) {
    const whole = bytes.subarray(0, valid - cut);
    if (isValid(whole, { mayBeCut: false })) return whole.length;
  }
  return 0;
}

/** True for valid UTF-8; `mayBeCut` lets the last sequence be unfinished. */
function isValid(
  bytes: Uint8Array,
  { mayBeCut }: { readonly mayBeCut: boolean },
): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes, { stream: mayBeCut });
    return true;
  } catch {
    return false;
  }
}

function utf16(
  bytes: Uint8Array,
  encoding: "utf-16le" | "utf-16be",
): DecodedInput {
  try {
    return {
      kind: "text",
      text: new TextDecoder(encoding, { fatal: true }).decode(bytes),
    };
  } catch {
    return {
      kind: "failed",
      reason:
        `input looked like ${encoding.toUpperCase()} but could not be decoded. ` +
        "Convert it to UTF-8 and retry.",
    };
  }
}

function utf32(order: "LE" | "BE"): DecodedInput {
  return {
    kind: "failed",
    reason:
      `input appears to be UTF-32${order}. Convert it to UTF-8 and retry.`,
  };
}
