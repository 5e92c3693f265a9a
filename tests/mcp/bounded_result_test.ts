import assert from "node:assert/strict";
import { boundResult } from "@/mcp/bounded_result.ts";

const text = (value: string) => ({ type: "text", text: value });

Deno.test("a result within bounds is left alone", () => {
  const result = {
    content: [text("a"), { type: "image", data: "AAAA" }],
    structuredContent: { v: 1 },
    isError: false,
  };
  assert.deepEqual(boundResult(result, 1_000), result);
});

Deno.test("long text is cut in its middle, other parts are left out, and it is said", () => {
  const { content } = boundResult({
    content: [
      text("x".repeat(5_000)),
      { type: "image", data: "A".repeat(5_000) },
      text("more"),
    ],
    isError: true,
  }, 1_000);
  assert.match(JSON.stringify(content), /x…\d+ chars truncated…x/);
  assert.match(JSON.stringify(content), /2 parts were left out/);
  assert.ok(JSON.stringify(content).length < 1_500);
  const [image] = boundResult({
    content: [{ type: "image", data: "A".repeat(5_000) }],
    isError: false,
  }, 1_000).content;
  assert.deepEqual(image, {
    type: "text",
    text:
      "[The result was too large: a part of 5026 characters was left out. " +
      "Ask for less at a time.]",
  });
});

Deno.test("structured content that is too long gives way to a note", () => {
  const result = boundResult({
    content: [text("short")],
    structuredContent: { data: "x".repeat(5_000) },
    isError: false,
  }, 1_000);
  assert.equal("structuredContent" in result, false);
  assert.match(
    JSON.stringify(result.content),
    /the structured content \(5011 characters\) was left out/,
  );
});
