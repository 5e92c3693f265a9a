import assert from "node:assert/strict";
import { type BodyKind, boundBody } from "@/mcp/bounded_body.ts";

/** What comes through, or what the body failed with. */
async function through(
  kind: BodyKind,
  chunks: readonly string[],
  max = 10,
): Promise<string> {
  let overflows = 0;
  const source = ReadableStream.from(chunks).pipeThrough(
    new TextEncoderStream(),
  );
  try {
    const body = boundBody(source, kind, max, () => overflows++);
    const text = await new Response(body).text();
    assert.equal(overflows, 0);
    return text;
  } catch (error) {
    assert.equal(overflows, 1);
    return String(error);
  }
}

Deno.test("a document is one message, an event stream has one up to each empty line", async () => {
  const tooLong = /more than 0 MiB/;
  assert.equal(await through("document", ["12345", "67890"]), "1234567890");
  assert.match(await through("document", ["12345\n\n", "67890"]), tooLong);
  const fits = [
    ["a\n\nbbbbbb\n\n", "cccccccc\n\n"],
    ["aaaaaaa\n", "\nbbbbbbb\n", "\n", "ccccccc"],
    ["aaaaa\r\n", "\r", "\nbbbbbbb\r\n\r\n"],
  ];
  for (const chunks of fits) {
    assert.equal(await through("events", chunks), chunks.join(""));
  }
  const overflowing = [
    ["a\n", "b\n", "c\n", "d\n", "e\n", "f\n"],
    ["aaaaa\n\nbbbbbb", "bbbbbb"],
    ["aaaaaaaaaaa"],
  ];
  for (const chunks of overflowing) {
    assert.match(await through("events", chunks), tooLong, chunks.join("|"));
  }
});
