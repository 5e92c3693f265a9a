import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8, decodeUtf8Lossy, utf8Length } from "@/text/utf8.ts";

Deno.test("utf8Length() is the length of the encoded text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
  }));
  assert.equal(utf8Length("\ud83d"), 3);
  assert.equal(utf8Length("aé€😀"), 10);
});

Deno.test("decodeUtf8() gives back any text, byte order mark included", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), fc.string(), (a, b) => {
      const text = `\ufeff${a}${b}`;
      const decoded = decodeUtf8(new TextEncoder().encode(text));
      assert.deepEqual(decoded, { kind: "ok", text });
    }),
  );
});

Deno.test("decodeUtf8() says where and how bytes stop being text", () => {
  const problems: readonly [readonly number[], string][] = [
    [[0x61, 0xff], "invalid utf-8 sequence of 1 bytes from index 1"],
    [[0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [[0xc0, 0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [[0xe2, 0x82], "incomplete utf-8 byte sequence from index 0"],
    [[0xe2, 0x82, 0x61], "invalid utf-8 sequence of 2 bytes from index 0"],
    [[0xed, 0xa0, 0x80], "invalid utf-8 sequence of 1 bytes from index 0"],
    [
      [0xf0, 0x9f, 0x98, 0x61],
      "invalid utf-8 sequence of 3 bytes from index 0",
    ],
    [
      [0xf4, 0x90, 0x80, 0x80],
      "invalid utf-8 sequence of 1 bytes from index 0",
    ],
    [[0xc3, 0xa9, 0xf0], "incomplete utf-8 byte sequence from index 2"],
  ];
  for (const [bytes, problem] of problems) {
    assert.deepEqual(decodeUtf8(Uint8Array.from(bytes)), {
      kind: "invalid",
      problem,
    });
  }
});

Deno.test("decodeUtf8Lossy() replaces what is not text", () => {
  assert.equal(decodeUtf8Lossy(Uint8Array.of(0x61, 0xff, 0x62)), "a\ufffdb");
});
