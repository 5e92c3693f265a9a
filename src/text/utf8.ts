/**
 * UTF-8 facts about strings and bytes without copying them: lengths, strict
 * decoding, and where bytes stop being UTF-8.
 */

export type Utf8Text =
  | { readonly kind: "ok"; readonly text: string }
  /** `problem` is worded as the Rust standard library words it. */
  | { readonly kind: "invalid"; readonly problem: string };

/**
 * The number of bytes of `text` in UTF-8. A lone surrogate counts as the three
 * bytes of the replacement character it is written as.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else {
      bytes += 2;
      // A pair is four bytes for two units: two more than its length, not four.
      if (isPairAt(text, index)) index++;
    }
  }
  return bytes;
}

/** True when a surrogate pair starts at `index`. */
export function isPairAt(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 &&
    (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
}

/** Decodes strictly; a byte order mark stays part of the text. */
export function decodeUtf8(bytes: Uint8Array): Utf8Text {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { kind: "ok", text: decoder.decode(bytes) };
  } catch {
    return { kind: "invalid", problem: describeInvalid(bytes) };
  }
}

/** Decodes with U+FFFD for what is not UTF-8; a byte order mark stays. */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function describeInvalid(bytes: Uint8Array): string {
  let index = 0;
  while (index < bytes.length) {
    const { length, isComplete, isCut } = sequenceAt(bytes, index);
    if (isCut) return `incomplete utf-8 byte sequence from index ${index}`;
    if (!isComplete) {
      return `invalid utf-8 sequence of ${length} bytes from index ${index}`;
    }
    index += length;
  }
  return "invalid utf-8";
}

interface Sequence {
  /** The bytes of the sequence, or of its longest valid start. */
  readonly length: number;
  readonly isComplete: boolean;
  /** Valid so far, but the input ends inside it. */
  readonly isCut: boolean;
}

/** Reads one sequence by the table of well-formed bytes (Unicode, table 3-7). */
function sequenceAt(bytes: Uint8Array, index: number): Sequence {
  const first = bytes[index] ?? 0;
  const expected = expectedLength(first);
  if (expected === 0) return { length: 1, isComplete: false, isCut: false };
  for (let offset = 1; offset < expected; offset++) {
    const next = bytes[index + offset];
    if (next === undefined) {
      return { length: offset, isComplete: false, isCut: true };
    }
    const [low, high] = offset === 1 ? secondRange(first) : [0x80, 0xbf];
    if (next < low || next > high) {
      return { length: offset, isComplete: false, isCut: false };
    }
  }
  return { length: expected, isComplete: true, isCut: false };
}

function expectedLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** Overlong forms, surrogates and values past U+10FFFF show in the second byte. */
function secondRange(first: number): readonly [number, number] {
  switch (first) {
    case 0xe0:
      return [0xa0, 0xbf];
    case 0xed:
      return [0x80, 0x9f];
    case 0xf0:
      return [0x90, 0xbf];
    case 0xf4:
      return [0x80, 0x8f];
    default:
      return [0x80, 0xbf];
  }
}
