import assert from "node:assert/strict";
import { inputFrames, sizeFrame } from "@/sandbox/linux/terminal.ts";

Deno.test("inputFrames() puts type and length before what is typed", () => {
  assert.deepEqual(
    [...inputFrames(new Uint8Array([104, 105]))],
    [0, 2, 0, 0, 0, 104, 105],
  );
});

Deno.test("inputFrames() splits what is too long for one frame", () => {
  const frames = inputFrames(new Uint8Array(65536 + 3).fill(120));
  assert.equal(frames.length, 65536 + 3 + 2 * 5);
  assert.deepEqual([...frames.subarray(0, 6)], [0, 0, 0, 1, 0, 120]);
  assert.deepEqual([...frames.subarray(5 + 65536)], [
    0,
    3,
    0,
    0,
    0,
    120,
    120,
    120,
  ]);
});

Deno.test("sizeFrame() holds rows and columns", () => {
  assert.deepEqual(
    [...sizeFrame({ rows: 9, columns: 300 })],
    [1, 4, 0, 0, 0, 9, 0, 44, 1],
  );
});
