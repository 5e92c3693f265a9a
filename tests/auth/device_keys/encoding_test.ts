import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bytesOfBase64url,
  canonicalBytes,
  derSignature,
  rawSignature,
} from "@/auth/device_keys/encoding.ts";

Deno.test("a signature goes into DER and back", () => {
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 64, maxLength: 64 }),
    // Zeros in front are what the form is about.
    fc.nat(31),
    fc.nat(31),
    (bytes, first, second) => {
      bytes.fill(0, 0, first);
      bytes.fill(0, 32, 32 + second);
      assert.deepEqual(rawSignature(derSignature(bytes)), bytes);
    },
  ));
  const one = new Uint8Array(64);
  one[31] = 1;
  one[32] = 0x80;
  assert.deepEqual(
    [...derSignature(one)].slice(0, 10),
    [0x30, 38, 0x02, 1, 1, 0x02, 33, 0, 0x80, 0],
  );
});

Deno.test("what is no signature in its one form is none", () => {
  const der = derSignature(new Uint8Array(64).fill(7));
  const changed = der.slice();
  changed[1] = 3;
  for (
    const bytes of [
      new Uint8Array(0),
      der.subarray(1),
      der.subarray(0, 69),
      Uint8Array.of(...der, 0),
      changed,
    ]
  ) assert.equal(rawSignature(bytes), undefined);
});

Deno.test("one value has one text", () => {
  const text = (value: unknown) =>
    new TextDecoder().decode(canonicalBytes(value));
  assert.equal(
    text({ b: [{ d: 1, c: "é\n" }], a: null, A: true }),
    `{"A":true,"a":null,"b":[{"c":"é\\n","d":1}]}`,
  );
});

Deno.test("one text has one value", () => {
  assert.deepEqual(bytesOfBase64url("-_8"), Uint8Array.of(251, 255));
  for (const text of ["-_9", "-_8=", "+/8", "A", "A A", "é"]) {
    assert.equal(bytesOfBase64url(text), undefined, text);
  }
});
