import assert from "node:assert/strict";
import { imageFormat } from "@/text/image_format.ts";

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string"
        ? [...part].map((character) => character.charCodeAt(0))
        : part
    ),
  );
}

const PNG = bytes([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0, 0, 13], "IHDR", [
  0,
  0,
  1,
  0,
  0,
  0,
  0,
  32,
]);
const GIF = bytes("GIF89a", [0x40, 1, 0xf0, 0]);
const JPEG = bytes([
  0xff,
  0xd8,
  0xff,
  0xe0,
  0,
  4,
  0,
  0,
  0xff,
  0xc0,
  0,
  17,
  8,
  0,
  99,
  1,
  44,
  3,
]);
const WEBP = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [
  10,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0x3f,
  1,
  0,
  0xef,
  0,
  0,
]);

Deno.test("imageFormat() reads kind and size from the header", () => {
  assert.deepEqual([PNG, GIF, JPEG, WEBP].map(imageFormat), [
    { mime: "image/png", width: 256, height: 32 },
    { mime: "image/gif", width: 320, height: 240 },
    { mime: "image/jpeg", width: 300, height: 99 },
    { mime: "image/webp", width: 320, height: 240 },
  ]);
});

Deno.test("imageFormat() knows a cut-off image by its kind alone", () => {
  assert.deepEqual(imageFormat(PNG.subarray(0, 12)), {
    mime: "image/png",
    width: 0,
    height: 0,
  });
});

Deno.test("imageFormat() gives nothing for what is no image", () => {
  assert.deepEqual([bytes("hello"), bytes(), bytes("<svg>")].map(imageFormat), [
    undefined,
    undefined,
    undefined,
  ]);
});
