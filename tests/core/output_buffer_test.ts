import assert from "node:assert/strict";
import fc from "fast-check";
import { OutputBuffer } from "@/core/output_buffer.ts";

Deno.test("short output is kept whole, however it comes", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ maxLength: 10 }), { maxLength: 8 }),
    (pieces) => {
      const buffer = new OutputBuffer(100);
      for (const piece of pieces) buffer.push(piece);
      assert.equal(buffer.text(), pieces.join(""));
      assert.equal(buffer.take(), pieces.join(""));
      assert.equal(buffer.take(), "");
    },
  ));
});

Deno.test("long output keeps both ends and says how much is missing, however it comes", () => {
  const whole = Array.from({ length: 1_000 }, (_, n) => String(n)).join(" ");
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 90 })), (sizes) => {
      const buffer = new OutputBuffer(100);
      let at = 0;
      for (const size of sizes) {
        if (at >= whole.length) break;
        buffer.push(whole.slice(at, at + size));
        at += size;
      }
      assert.equal(
        buffer.text(),
        `${whole.slice(0, 50)}\n[… ${
          whole.length - 100
        } characters omitted …]\n${whole.slice(-50)}`,
      );
    }),
  );
});
