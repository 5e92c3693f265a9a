import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeInput } from "@/exec/decode_input.ts";
import { anyText } from "@test/support/arbitraries.ts";

const encoder = new TextEncoder();

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) {
    view.setUint16(index * 2, text.charCodeAt(index), littleEndian);
  }
  return bytes;
}

/** A mark at the start of a text is the encoding's, not the text's. */
const text = anyText().filter((value) => !value.startsWith("\uFEFF"));

Deno.test("any text comes back from UTF-8, with or without a byte order mark", () => {
  fc.assert(fc.property(text, (value) => {
    const expected = { kind: "text", text: value };
    assert.deepEqual(decodeInput(encoder.encode(value)), expected);
    assert.deepEqual(decodeInput(encoder.encode(`\uFEFF${value}`)), expected);
  }));
});

Deno.test("any text comes back from UTF-16 with a byte order mark", () => {
  // A NUL behind the little-endian mark is the mark of UTF-32.
  const likely = text.filter((value) => !value.startsWith("\0"));
  fc.assert(fc.property(likely, fc.boolean(), (value, littleEndian) => {
    const bytes = utf16(`\uFEFF${value}`, littleEndian);
    assert.deepEqual(decodeInput(bytes), { kind: "text", text: value });
  }));
});

Deno.test("for any bytes there is a text or a reason, and the offset is where valid text ends", () => {
  const start = fc.uint8Array({ maxLength: 24 }).filter((bytes) =>
    (bytes[0] ?? 0) < 0xfe
  );
  const mixed = fc.tuple(text, start).map(([valid, rest]) =>
    Uint8Array.from([...encoder.encode(valid), ...rest])
  ).filter((bytes) => (bytes[0] ?? 0) < 0xfe);
  fc.assert(fc.property(fc.oneof(start, mixed), (bytes) => {
    const result = decodeInput(bytes);
    if (result.kind === "text") return;
    const offset = /invalid byte at offset (\d+)\)/.exec(result.reason)?.[1];
    // UTF-32 marks of zeros are told apart before.
    if (offset === undefined) return assert.match(result.reason, /UTF-32/);
    assert.equal(Number(offset), longestValidPrefix(bytes));
  }));
});

/** How many bytes from the start are whole, valid sequences: by trying each length. */
function longestValidPrefix(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let length = bytes.length; length > 0; length--) {
    try {
      decoder.decode(bytes.subarray(0, length));
      return length;
    } catch {
      // Shorter, then.
    }
  }
  return 0;
}

Deno.test("what looks like UTF-16 or UTF-32 and is not is said to be so", () => {
  const failures = [
    Uint8Array.of(0xff, 0xfe, 0x00, 0xd8),
    Uint8Array.of(0xff, 0xfe, 0x41),
    Uint8Array.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0),
    Uint8Array.of(0, 0, 0xfe, 0xff),
  ].map((bytes) => {
    const result = decodeInput(bytes);
    return result.kind === "failed" ? result.reason : result.text;
  });
  assert.deepEqual(failures, [
    "input looked like UTF-16LE but could not be decoded. Convert it to UTF-8 and retry.",
    "input looked like UTF-16LE but could not be decoded. Convert it to UTF-8 and retry.",
    "input appears to be UTF-32LE. Convert it to UTF-8 and retry.",
    "input appears to be UTF-32BE. Convert it to UTF-8 and retry.",
  ]);
});
