import assert from "node:assert/strict";
import { estimateItemTokens, TokenLedger } from "@/core/ledger.ts";
import { textMessage } from "@/protocol/response_items.ts";

function usage(input: number, output: number) {
  return {
    inputTokens: input,
    cachedInputTokens: 1,
    outputTokens: output,
    reasoningOutputTokens: 2,
    totalTokens: input + output,
  };
}

const LONG = textMessage("user", "x".repeat(4_000));

Deno.test("a ledger sums what servers counted and keeps the last count", () => {
  const ledger = new TokenLedger();
  ledger.count(usage(100, 20), 1);
  ledger.count(undefined, 2);
  ledger.count(usage(200, 30), 3);
  assert.deepEqual([ledger.total, ledger.last], [
    {
      inputTokens: 300,
      cachedInputTokens: 2,
      outputTokens: 50,
      reasoningOutputTokens: 4,
      totalTokens: 350,
    },
    usage(200, 30),
  ]);
});

Deno.test("the next request is expected to take the last count and an estimate of what came after", () => {
  const ledger = new TokenLedger();
  const before = ledger.expected([LONG]);
  assert.equal(before, estimateItemTokens(LONG));
  ledger.count(usage(100, 20), 1);
  assert.equal(ledger.expected([LONG]), 120);
  assert.equal(ledger.expected([LONG, LONG]), 120 + before);
});

Deno.test("after a compaction the note itself is all that is expected", () => {
  const ledger = new TokenLedger();
  ledger.count(usage(100_000, 20), 7);
  ledger.restart([LONG]);
  assert.equal(ledger.expected([LONG]), estimateItemTokens(LONG));
  assert.equal(ledger.total.totalTokens, 100_020);
});

Deno.test("an image counts the same whatever its bytes", () => {
  const image = (bytes: number) =>
    estimateItemTokens({
      type: "message",
      role: "user",
      content: [{
        type: "input_image",
        image_url: `data:image/png;base64,${"A".repeat(bytes)}`,
      }],
    });
  assert.equal(image(10), image(1_000_000));
  assert.ok(image(10) > 1_800);
});
