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

/** How many bytes from the start are valid UTF-8, found by halving. */
function validPrefix(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (valid + 1 < invalid) {
    const middle = (valid + invalid) >> 1;
    if (isValidStart(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return sequenceStart(bytes, valid);
}

/** A sequence cut off at the end counts as valid: more may follow. */
function isValidStart(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: true,
    });
    return true;
  } catch {
    return false;
  }
}

/** The start of the sequence that the bytes up to `end` leave unfinished, else `end`. */
function sequenceStart(bytes: Uint8Array, end: number): number {
  let start = end;
  while (
    start > 0 && end - start < 3 && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80
  ) start--;
  return start > 0 && (bytes[start - 1] ?? 0) >= 0xc0 ? start - 1 : end;
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
